"""The file that keeps a trustee's seed, encrypted with a passphrase: the same format as the trustees' page writes.

A trustee's browser makes it and reads it; this side is for rehearsals, and for opening a file where no browser will.
"""

from __future__ import annotations

import base64
import json
import secrets
import unicodedata
from hashlib import pbkdf2_hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ballots.protocol.seeds import normalise_seed

FORMAT: Final = "yaksok-trustee-key"
VERSION: Final = 2
DERIVATION: Final = "PBKDF2-SHA256"
ITERATIONS: Final = 600_000
MOST_ITERATIONS: Final = 10_000_000
SHORTEST_PASSPHRASE: Final = 10


class Unreadable(ValueError):
    """`reason` is key-file, key-file-election, passphrase or passphrase-short."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write(*, election: str, trustee: str, seed: str, passphrase: str) -> str:
    """The text of a key file: `election` its uuid, `trustee` whose it is.  Raises `Unreadable` for a short passphrase."""
    phrase = _prepared(passphrase)
    if len(phrase) < SHORTEST_PASSPHRASE:
        raise Unreadable("passphrase-short")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = pbkdf2_hmac("sha256", phrase.encode(), salt, ITERATIONS)
    sealed = AESGCM(key).encrypt(nonce, normalise_seed(seed).encode(), election.encode())
    content = {
        "format": FORMAT,
        "version": VERSION,
        "election": election,
        "trustee": trustee,
        "kdf": {"name": DERIVATION, "iterations": ITERATIONS, "salt": _written(salt)},
        "nonce": _written(nonce),
        "seed": _written(sealed),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read(text: str, *, election: str, passphrase: str) -> str:
    """The seed in a key file of this election.  Raises `Unreadable` with its reason."""
    try:
        content = json.loads(text)
        kdf = content["kdf"]
        known = (content["format"], content["version"], kdf["name"]) == (FORMAT, VERSION, DERIVATION)
        iterations, salt = kdf["iterations"], _read(kdf["salt"])
        nonce, sealed, whose = _read(content["nonce"]), _read(content["seed"]), content["election"]
    except (ValueError, TypeError, KeyError):
        raise Unreadable("key-file") from None
    if not known or type(iterations) is not int or not 0 < iterations <= MOST_ITERATIONS:
        raise Unreadable("key-file")
    if whose != election:
        raise Unreadable("key-file-election")
    key = pbkdf2_hmac("sha256", _prepared(passphrase).encode(), salt, iterations)
    try:
        return normalise_seed(AESGCM(key).decrypt(nonce, sealed, election.encode()).decode())
    except (InvalidTag, ValueError):
        raise Unreadable("passphrase") from None


def _prepared(passphrase: str) -> str:
    """The passphrase as it is used, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
