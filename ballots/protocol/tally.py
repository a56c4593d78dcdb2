"""Adding up without opening: the encrypted tally, and the totals once the trustees have answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

from gmpy2 import invert, mpz, powmod

from ballots.protocol.ballot import read_ballot
from ballots.protocol.election import ElectionContext
from ballots.protocol.group import G, P
from ballots.protocol.pedersen import lagrange, product
from ballots.protocol.records import (
    Ballot,
    Ciphertext,
    EncryptedTally,
    PartialDecryption,
    Result,
    SizedTally,
    count,
    decode,
    encode,
    number_of,
    sha256_hex,
)
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.trustees import Trustees
from office.i18n import N_


@dataclass(frozen=True)
class Tally:
    """The two records of the EncryptedTally event, and what they say."""

    raw: bytes
    sized: bytes
    num_tallied: int
    total_weight: int


def encrypted_tally(context: ElectionContext, ballots: Iterable[bytes]) -> Tally:
    """Multiply the last ballot of every credential, each to the power of its weight (4.15, 4.16).

    `ballots` are checked ballots in the order of the board.
    """
    last: dict[str, Ballot] = {}
    for raw in ballots:
        ballot = read_ballot(context, raw)
        last[ballot.credential] = ballot
    return tally_of(context, last)


def tally_of(context: ElectionContext, last: dict[str, Ballot]) -> Tally:
    """The tally of the ballots that count, by credential."""
    by_weight: dict[int, list[Ballot]] = defaultdict(list)
    for credential, ballot in last.items():
        if credential not in context.weights:
            raise Invalid(Reason.UNKNOWN_CREDENTIAL)
        by_weight[context.weights[credential]].append(ballot)

    totals = [[(mpz(1), mpz(1))] * question.width for question in context.election.questions]
    for weight, group in by_weight.items():
        for i, row in enumerate(totals):
            for j in range(len(row)):
                pairs = [ballot.answers[i].choices[j] for ballot in group]
                alpha = powmod(product(mpz(pair.alpha) for pair in pairs), weight, P)
                beta = powmod(product(mpz(pair.beta) for pair in pairs), weight, P)
                row[j] = row[j][0] * alpha % P, row[j][1] * beta % P

    raw = encode([[Ciphertext(str(alpha), str(beta)) for alpha, beta in row] for row in totals])
    total_weight = sum(weight * len(group) for weight, group in by_weight.items())
    sized = SizedTally(len(last), count(total_weight), sha256_hex(raw))
    return Tally(raw, encode(sized), len(last), total_weight)


def opened(encrypted: bytes, trustees: Trustees, shares: Mapping[int, bytes]) -> list[list[mpz]]:
    """g^m of every total: beta over the trustees' factors, those of a group under Lagrange coefficients (4.19).

    `shares`: checked partial decryptions by owner number; of a group's the first that suffice are taken.  Raises
    `Invalid(RESULT)` while too few have answered.
    """
    factors = []
    for party in trustees.parties:
        answering = party.answering(shares)
        if answering is None:
            raise Invalid(Reason.RESULT, what=N_("부분 개표를 하지 않은 개표관리인이 있습니다"))
        places = [party.members.index(owner) + 1 for owner in answering]
        for owner, place in zip(answering, places, strict=True):
            factors.append(
                (decode(shares[owner], PartialDecryption).decryption_factors, lagrange(place, places))
            )
    return [
        [
            mpz(pair.beta)
            * invert(product(powmod(mpz(rows[i][j]), power, P) for rows, power in factors), P)
            % P
            for j, pair in enumerate(row)
        ]
        for i, row in enumerate(decode(encrypted, EncryptedTally))
    ]


def result_record(
    encrypted: bytes, trustees: Trustees, shares: Mapping[int, bytes], total_weight: int
) -> bytes:
    """The result from checked partial decryptions by owner number; totals are at most `total_weight`."""
    rows = opened(encrypted, trustees, shares)
    logs = iter(discrete_logs([value for row in rows for value in row], total_weight))
    return encode(Result(tuple(tuple(count(next(logs)) for _ in row) for row in rows)))


def read_result(raw: bytes) -> list[list[int]]:
    """The totals of a result record, the blank count first where the question allows blank."""
    return [[number_of(total) for total in row] for row in decode(raw, Result).result]


def discrete_logs(values: Sequence[mpz], bound: int) -> list[int]:
    """m in [0, bound] with g^m = value, for each value: baby steps once, giant steps each.

    Raises `Invalid(RESULT)` where there is none.
    """
    steps = isqrt(max(1, bound * max(1, len(values)))) + 1  # more baby steps where many values share them
    baby: dict[mpz, int] = {}
    power = mpz(1)
    for m in range(steps):
        baby.setdefault(power, m)
        power = power * G % P
    giant = invert(power, P)

    def log(value: mpz) -> int:
        for jump in range(bound // steps + 1):
            m = baby.get(value)
            if m is not None and jump * steps + m <= bound:
                return jump * steps + m
            value = value * giant % P
        raise Invalid(Reason.RESULT, what=N_("합계를 풀 수 없습니다"))

    return [log(value) for value in values]
