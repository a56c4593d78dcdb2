"""Messages between trustees: signed for everybody to check, and shares sealed for one of them.

The signature is the format's (specification 4.6, "sigmsg").  The sealing is ours, for it is in no public record: an
ElGamal key agreement, HKDF-SHA256 and AES-256-GCM, all of which a browser has built in.
"""

from __future__ import annotations

import base64
import random
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from gmpy2 import mpz, powmod
from msgspec import Struct

from ballots.protocol.group import SYSTEM, G, P, Q, is_member, random_exponent
from ballots.protocol.proofs import message_signature_holds, sign_message
from ballots.protocol.records import Element, SignedMessage

_NONCE_BYTES = 12
_EXPONENT = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)


class SealedShare(Struct, frozen=True, forbid_unknown_fields=True):
    """A share for `recipient` (an encryption key) alone; nonce and data in base64url."""

    recipient: Element
    ephemeral: Element
    nonce: str
    data: str


def signed(secret: mpz, message: bytes, rng: random.Random = SYSTEM) -> SignedMessage:
    """The message under the signature of g^secret."""
    text = message.decode()
    return SignedMessage(text, sign_message(secret, text, rng))


def is_signed_by(public_key: str, message: SignedMessage) -> bool:
    """Whether the owner of this key signed exactly this message."""
    return message_signature_holds(public_key, message.message, message.signature)


def seal_share(share: mpz, recipient: str, place: str, rng: random.Random = SYSTEM) -> SealedShare:
    """Encrypt a share for one recipient; `place` says in which dealing, from whom and to whom."""
    r = random_exponent(rng)
    key = _key(powmod(mpz(recipient), r, P), place)
    nonce = rng.randbytes(_NONCE_BYTES)
    data = AESGCM(key).encrypt(nonce, str(share).encode(), None)
    return SealedShare(recipient, str(powmod(G, r, P)), _written(nonce), _written(data))


def unseal_share(sealed: SealedShare, secret: mpz, place: str) -> mpz | None:
    """The share inside, or None when it was not sealed for this place and key."""
    ephemeral = mpz(sealed.ephemeral)
    if not is_member(ephemeral):
        return None
    key = _key(powmod(ephemeral, secret, P), place)
    try:
        text = AESGCM(key).decrypt(_read(sealed.nonce), _read(sealed.data), None).decode()
    except (InvalidTag, ValueError):
        return None
    if not _EXPONENT.fullmatch(text) or mpz(text) >= Q:
        return None
    return mpz(text)


def _key(agreed: mpz, place: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=bytes(32), info=f"yaksok-share|{place}".encode())
    return derivation.derive(str(agreed).encode())


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
