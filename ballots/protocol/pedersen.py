"""A threshold group as the board shows it (specification 4.6.7): certificates, commitments, keys, and how shares combine.

Members are numbered from 1 in the order of their certificates; A are the commitments to a member's polynomial.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from gmpy2 import invert, mpz, powmod
from msgspec import Struct

from ballots.protocol.group import P, Q, is_member
from ballots.protocol.proofs import possession_holds
from ballots.protocol.records import Element, Pedersen, SignedMessage, TrusteeKey, decode
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.sealing import is_signed_by
from office.i18n import N_

_Kind = TypeVar("_Kind")


class Certificate(Struct, frozen=True, forbid_unknown_fields=True):
    """The keys a member signs with and receives shares under."""

    verification: Element
    encryption: Element


class Commitments(Struct, frozen=True, forbid_unknown_fields=True):
    """g to the power of every coefficient of a member's polynomial, the constant one first."""

    coefexps: tuple[Element, ...]


@dataclass(frozen=True)
class Group:
    """A checked group: `keys[j - 1]` belongs to member j; any `threshold` of them open what `public_key` closed."""

    threshold: int
    keys: tuple[TrusteeKey, ...]
    public_key: mpz


def check_group(record: Pedersen) -> Group:
    """Check a group as it stands on the board: signatures, commitments, and every key against all of them."""
    members = len(record.certs)
    if not record.threshold <= members == len(record.coefexps) == len(record.verification_keys):
        raise Invalid(Reason.TRUSTEES, what=N_("모임의 사람 수와 기록 수가 맞지 않습니다"))
    certificates = [certificate_of(cert, j) for j, cert in enumerate(record.certs, start=1)]
    if len({each.verification for each in certificates}) < members or (
        len({each.encryption for each in certificates}) < members
    ):
        raise Invalid(Reason.TRUSTEES, what=N_("두 개표관리인의 열쇠가 같습니다"))
    commitments = [
        commitments_of(message, own, j, record.threshold)
        for j, (message, own) in enumerate(zip(record.coefexps, certificates, strict=True), start=1)
    ]
    for j, key in enumerate(record.verification_keys, start=1):
        check_key(key, j, commitments)
    return Group(record.threshold, record.verification_keys, product(mpz(each[0]) for each in commitments))


def lagrange(member: int, answering: Sequence[int]) -> mpz:
    """The exponent a member's factor gets among those who answered (4.19)."""
    coefficient = mpz(1)
    for k in answering:
        if k != member:
            coefficient = coefficient * k * invert(k - member, Q) % Q
    return coefficient


def certificate_of(message: SignedMessage, member: int) -> Certificate:
    """A member's certificate, signed by the key it names."""
    certificate = decoded(message.message.encode(), Certificate, member)
    keys = (certificate.verification, certificate.encryption)
    if "1" in keys or not all(is_member(mpz(key)) for key in keys):
        refuse(member, N_("정해진 군에 속하지 않는 열쇠입니다"))
    if not is_signed_by(certificate.verification, message):
        refuse(member, N_("서명이 맞지 않습니다"))
    return certificate


def commitments_of(message: SignedMessage, own: Certificate, member: int, threshold: int) -> tuple[str, ...]:
    """A member's commitments, signed with its certificate and as many as the threshold."""
    if not is_signed_by(own.verification, message):
        refuse(member, N_("서명이 맞지 않습니다"))
    coefexps = decoded(message.message.encode(), Commitments, member).coefexps
    if len(coefexps) != threshold or not all(is_member(mpz(a)) for a in coefexps):
        refuse(member, N_("약속값의 수나 범위가 맞지 않습니다"))
    return coefexps


def check_key(key: TrusteeKey, member: int, commitments: Iterable[Sequence[str]]) -> None:
    """A member's key must be what everybody committed to, and its owner must know the secret."""
    expected = product(committed(each, member) for each in commitments)
    if mpz(key.public_key) != expected:
        refuse(member, N_("공개 열쇠가 모두의 약속값과 맞지 않습니다"))
    if key.public_key == "1" or not possession_holds(key.public_key, key.pok):
        raise Invalid(Reason.TRUSTEE_PROOF)


def committed(coefexps: Sequence[str], member: int) -> mpz:
    """g^f(member), from the commitments to f."""
    return product(powmod(mpz(a), member**k, P) for k, a in enumerate(coefexps))


def product(numbers: Iterable[mpz]) -> mpz:
    """The product in the group."""
    total = mpz(1)
    for number in numbers:
        total = total * number % P
    return total


def decoded(raw: bytes, kind: type[_Kind], member: int) -> _Kind:
    """A part of the ceremony, read strictly; a refusal names the member."""
    try:
        return decode(raw, kind)
    except Invalid:
        refuse(member, N_("형식이 맞지 않습니다"))


def refuse(member: int, what: str) -> NoReturn:
    """Refuse a member's part of the ceremony."""
    raise Invalid(Reason.CEREMONY, member=member, what=what)
