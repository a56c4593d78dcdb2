"""A key in several hands, any t of which suffice: the ceremony after Pedersen (specification 4.6), both sides of it.

Three steps, each public and signed: every member shows a certificate (1), deals shares of a secret polynomial to all of
them (2), and confirms that the shares it received fit what their dealers committed to (3), or complains.  Nobody ever
holds the group's key.  Members are numbered from 1 in the order of their certificates; symbols as in the specification:
A commitments to the coefficients, s the share of a member, t the threshold.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Annotated

from gmpy2 import mpz, powmod
from msgspec import Meta, Struct

from ballots.protocol.group import SYSTEM, G, P, Q
from ballots.protocol.pedersen import (
    Certificate,
    Commitments,
    certificate_of,
    check_group,
    check_key,
    commitments_of,
    committed,
    decoded,
    refuse,
)
from ballots.protocol.proofs import prove_possession
from ballots.protocol.records import Hex, Pedersen, SignedMessage, TrusteeKey, decode, encode, sha256_hex
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.sealing import SealedShare, is_signed_by, seal_share, signed, unseal_share
from ballots.protocol.seeds import coefficients, receiving_secret, signing_secret
from office.i18n import N_


class SealedShares(Struct, frozen=True, forbid_unknown_fields=True):
    """Step 2, for the members: a share for each in their order, in the dealing that `context` names."""

    context: Hex
    shares: tuple[SealedShare, ...]


class Dealing(Struct, frozen=True, forbid_unknown_fields=True):
    """Step 2 whole."""

    coefexps: SignedMessage
    shares: SignedMessage


class Transcript(Struct, frozen=True, forbid_unknown_fields=True):
    """What a member signs in step 3: the certificates and the dealings, by their hashes."""

    context: Hex
    transcript: Hex


class Confirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """Step 3: the key of a member's own share, and its signature under everything that led there."""

    key: TrusteeKey
    transcript: SignedMessage


class Complaint(Struct, frozen=True, forbid_unknown_fields=True):
    """Instead of step 3: the member whose share does not fit its commitments."""

    context: Hex
    against: Annotated[int, Meta(ge=1, le=100)]


# --- step 1


def make_certificate(seed: str, uuid: str, rng: random.Random = SYSTEM) -> bytes:
    """Show the keys one signs with and receives shares under, signed with the first."""
    secret = signing_secret(seed, uuid)
    keys = Certificate(str(powmod(G, secret, P)), str(powmod(G, receiving_secret(seed, uuid), P)))
    return encode(signed(secret, encode(keys), rng))


def read_certificate(raw: bytes, member: int = 0) -> Certificate:
    """Read and check a certificate.  Raises `Invalid`; `member` is whom a refusal names."""
    return certificate_of(decoded(raw, SignedMessage, member), member)


def context_of(certificates: Sequence[bytes]) -> str:
    """The name of a dealing: the hash of its members' certificates, in their order."""
    return sha256_hex(b"[" + b",".join(certificates) + b"]")


# --- step 2


def make_dealing(
    seed: str, uuid: str, certificates: Sequence[bytes], threshold: int, rng: random.Random = SYSTEM
) -> bytes:
    """Deal a share of one's polynomial to every member, oneself included."""
    context, me = context_of(certificates), _member(seed, uuid, certificates)
    polynomial = coefficients(seed, context, threshold)
    sealed = tuple(
        seal_share(
            _value(polynomial, i), read_certificate(raw, i).encryption, f"{uuid}|{context}|{me}|{i}", rng
        )
        for i, raw in enumerate(certificates, start=1)
    )
    commitments = Commitments(tuple(str(powmod(G, a, P)) for a in polynomial))
    secret = signing_secret(seed, uuid)
    return encode(
        Dealing(
            coefexps=signed(secret, encode(commitments), rng),
            shares=signed(secret, encode(SealedShares(context, sealed)), rng),
        )
    )


def read_dealing(raw: bytes, *, member: int, certificates: Sequence[bytes], threshold: int) -> Dealing:
    """Read a dealing and check all of it that is public.  Raises `Invalid` naming the member."""
    dealing = decoded(raw, Dealing, member)
    own = read_certificate(certificates[member - 1], member)
    commitments_of(dealing.coefexps, own, member, threshold)
    if not is_signed_by(own.verification, dealing.shares):
        refuse(member, N_("서명이 맞지 않습니다"))
    shares = decoded(dealing.shares.message.encode(), SealedShares, member)
    recipients = [read_certificate(each, i).encryption for i, each in enumerate(certificates, start=1)]
    if shares.context != context_of(certificates) or [s.recipient for s in shares.shares] != recipients:
        refuse(member, N_("조각을 받을 사람들이 다릅니다"))
    return dealing


# --- step 3


def receive(
    seed: str, uuid: str, certificates: Sequence[bytes], dealings: Sequence[bytes], threshold: int
) -> int:
    """The member's own share of the group's key: the sum of what was dealt to it, each part checked.

    Raises `Invalid(WRONG_SHARE)` whose value `member` is the dealer to complain of.
    """
    me, context = _member(seed, uuid, certificates), context_of(certificates)
    secret, total = receiving_secret(seed, uuid), mpz(0)
    for i, raw in enumerate(dealings, start=1):
        dealing = read_dealing(raw, member=i, certificates=certificates, threshold=threshold)
        sealed = decode(dealing.shares.message.encode(), SealedShares).shares[me - 1]
        share = unseal_share(sealed, secret, f"{uuid}|{context}|{i}|{me}")
        coefexps = decode(dealing.coefexps.message.encode(), Commitments).coefexps
        if share is None or powmod(G, share, P) != committed(coefexps, me):
            raise Invalid(Reason.WRONG_SHARE, member=i)
        total += share
    return int(total % Q)


def make_confirmation(
    seed: str,
    uuid: str,
    certificates: Sequence[bytes],
    dealings: Sequence[bytes],
    threshold: int,
    name: str | None = None,
    rng: random.Random = SYSTEM,
) -> bytes:
    """Check what was dealt, and show the public key of one's share under a signed transcript."""
    share = mpz(receive(seed, uuid, certificates, dealings, threshold))
    public_key = str(powmod(G, share, P))
    key = TrusteeKey(pok=prove_possession(share, public_key, rng), public_key=public_key, name=name)
    transcript = Transcript(context_of(certificates), transcript_of(dealings))
    return encode(Confirmation(key, signed(signing_secret(seed, uuid), encode(transcript), rng)))


def read_confirmation(
    raw: bytes, *, member: int, certificates: Sequence[bytes], dealings: Sequence[bytes], threshold: int
) -> TrusteeKey:
    """The key of a member, checked against everybody's commitments and the signed transcript."""
    confirmation = decoded(raw, Confirmation, member)
    own = read_certificate(certificates[member - 1], member)
    if not is_signed_by(own.verification, confirmation.transcript):
        refuse(member, N_("서명이 맞지 않습니다"))
    transcript = decoded(confirmation.transcript.message.encode(), Transcript, member)
    if transcript != Transcript(context_of(certificates), transcript_of(dealings)):
        refuse(member, N_("확인한 과정이 다릅니다"))
    read = [
        read_dealing(each, member=i, certificates=certificates, threshold=threshold)
        for i, each in enumerate(dealings, start=1)
    ]
    commitments = [decode(dealing.coefexps.message.encode(), Commitments).coefexps for dealing in read]
    check_key(confirmation.key, member, commitments)
    return confirmation.key


def transcript_of(dealings: Sequence[bytes]) -> str:
    """The hash of all dealings in the order of the members."""
    return sha256_hex(b"[" + b",".join(dealings) + b"]")


def make_complaint(
    seed: str, uuid: str, certificates: Sequence[bytes], against: int, rng: random.Random = SYSTEM
) -> bytes:
    """Say, signed, that a member's share does not fit what it committed to."""
    complaint = Complaint(context_of(certificates), against)
    return encode(signed(signing_secret(seed, uuid), encode(complaint), rng))


def read_complaint(raw: bytes, *, member: int, certificates: Sequence[bytes]) -> int:
    """Whom the member accuses."""
    message = decoded(raw, SignedMessage, member)
    if not is_signed_by(read_certificate(certificates[member - 1], member).verification, message):
        refuse(member, N_("서명이 맞지 않습니다"))
    complaint = decoded(message.message.encode(), Complaint, member)
    if complaint.context != context_of(certificates) or complaint.against > len(certificates):
        refuse(member, N_("다른 과정에 대한 이의입니다"))
    return complaint.against


# --- the finished group


def group_record(
    certificates: Sequence[bytes], dealings: Sequence[bytes], confirmations: Sequence[bytes], threshold: int
) -> Pedersen:
    """What the board shows of a finished ceremony; every step is checked once more."""
    keys = tuple(
        read_confirmation(raw, member=j, certificates=certificates, dealings=dealings, threshold=threshold)
        for j, raw in enumerate(confirmations, start=1)
    )
    record = Pedersen(
        threshold=threshold,
        certs=tuple(decode(raw, SignedMessage) for raw in certificates),
        coefexps=tuple(decode(raw, Dealing).coefexps for raw in dealings),
        verification_keys=keys,
    )
    check_group(record)
    return record


# --- parts


def _value(polynomial: Sequence[mpz], member: int) -> mpz:
    total = mpz(0)
    for coefficient in reversed(polynomial):
        total = (total * member + coefficient) % Q
    return total


def _member(seed: str, uuid: str, certificates: Sequence[bytes]) -> int:
    """Which member the owner of this seed is."""
    own = str(powmod(G, signing_secret(seed, uuid), P))
    for i, raw in enumerate(certificates, start=1):
        if read_certificate(raw, i).verification == own:
            return i
    raise Invalid(Reason.TRUSTEES, what=N_("이 열쇠의 주인은 모임에 없습니다"))
