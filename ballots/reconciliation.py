"""Reconciliation: the numbers of a closed vote, and the equations that must hold between them.

Everything here is recomputed by a reader from the public record alone; nothing in it names a voter or a choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from msgspec import Struct

from contracts.terms.canonical import canonical_bytes
from office.i18n import N_, translate

FORMAT: Final = "yaksok-reconciliation-1"
FEWEST_APART = 10
"""Voters a booth must have to stand by its own name (security.md, Small cells)."""


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """Which vote this is."""

    uuid: str
    title: str
    fingerprint: str


class RollCount(Struct, frozen=True, forbid_unknown_fields=True):
    """The roll at the close.

    `credentials` are those on the board since the opening.  `changes` counts entries that are not as they were then,
    `unchanged` is whether the roll's fingerprint still is the one on the board.  `voted_weight` is what the ballots
    of those who voted weigh.
    """

    listed: int
    credentials: int
    voted: int
    not_voted: int
    voided: int
    voted_weight: int
    changes: int
    unchanged: bool


class BallotCount(Struct, frozen=True, forbid_unknown_fields=True):
    """Ballots: accepted, put on the board, replaced by a later one of the same voter, opened to be checked."""

    accepted: int
    on_board: int
    replaced: int
    opened: int
    opened_and_cast: int


class Origin(Struct, frozen=True, forbid_unknown_fields=True):
    """Voters by where the ballot that counts was cast; `place` is empty for links of one's own and for merged booths."""

    kind: Literal["link", "booth", "booths"]
    place: str
    voters: int


class Messages(Struct, frozen=True, forbid_unknown_fields=True):
    """Messages that did not arrive, people whose voting link did not, and what their ballots would have weighed."""

    undelivered: int
    without_link: int
    without_link_weight: int


class BoardHead(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the public board stood: SHA-256 of its last event and the number of its events."""

    head: str
    height: int


class Certificate(Struct, frozen=True, forbid_unknown_fields=True):
    """What the two officers who closed a vote put their names to; times are UTC in ISO 8601."""

    format: Literal["yaksok-reconciliation-1"]
    election: Named
    roll: RollCount
    ballots: BallotCount
    origins: tuple[Origin, ...]
    messages: Messages
    board: BoardHead
    closed_at: str
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """One thing that must hold, with its numbers filled in."""

    code: str
    name: str
    sides: str
    holds: bool

    def said(self) -> str:
        """Name and numbers in the language of the request."""
        return f"{translate(self.name)}: {self.sides}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the board says once it is counted: voters and weight of the tally, totals by question, rules of the choice."""

    voters: int
    weight: int
    blank: int
    votes: tuple[int, ...]
    ratings: tuple[tuple[str, int], ...]
    """(agency, weight of those who rated it)"""
    min_picks: int
    max_picks: int


def encode(certificate: Certificate) -> bytes:
    """The record's only form: canonical JSON, so that its SHA-256 can be signed."""
    return canonical_bytes(msgspec.to_builtins(certificate))


def decode(raw: bytes) -> Certificate:
    """Read a record that `encode` wrote; `ValueError` for anything else."""
    certificate = msgspec.json.decode(raw, type=Certificate)
    if encode(certificate) != raw:
        raise ValueError("not a certificate in its canonical form")
    return certificate


def equations(certificate: Certificate) -> list[Equation]:
    """What must hold at the close; the vote is not closed where it does not."""
    roll, ballots = certificate.roll, certificate.ballots
    origins = [origin.voters for origin in certificate.origins]
    return [
        _equal(
            "roll",
            N_("명부 = 투표 + 투표하지 않음 + 무효 처리"),
            [roll.listed],
            [roll.voted, roll.not_voted, roll.voided],
        ),
        _equal("credentials", N_("명부 = 게시판에 공개한 자격키"), [roll.listed], [roll.credentials]),
        _equal("board", N_("접수한 투표지 = 게시판의 투표지"), [ballots.accepted], [ballots.on_board]),
        _equal(
            "replaced",
            N_("접수한 투표지 = 투표한 사람 + 다시 투표해 바뀐 투표지"),
            [ballots.accepted],
            [roll.voted, ballots.replaced],
        ),
        _equal("origins", N_("투표한 사람 = 투표한 곳별 사람의 합"), [roll.voted], origins),
        _equal("opened", N_("열어서 확인한 투표지 가운데 접수된 것은 없음"), [ballots.opened_and_cast], [0]),
    ]


def equations_after(certificate: Certificate, opened: Opened) -> list[Equation]:
    """What must hold between the certificate and the opened totals."""
    roll, chose = certificate.roll, opened.weight - opened.blank
    picked = sum(opened.votes)
    found = [
        _equal("voters", N_("투표한 사람 = 게시판에서 개표한 투표지"), [roll.voted], [opened.voters]),
        _equal("weight", N_("투표한 사람의 가중치 = 개표한 가중치"), [roll.voted_weight], [opened.weight]),
        _at_most("blank", N_("선택하지 않은 표 ≤ 개표한 표"), opened.blank, opened.weight),
        _at_most("picks", N_("고른 과제의 합 ≤ 고른 표 × 많아야 고를 수"), picked, chose * opened.max_picks),
        _at_most("fewest", N_("고른 표 × 적어도 고를 수 ≤ 고른 과제의 합"), chose * opened.min_picks, picked),
    ]
    if opened.ratings:
        most = max(raters for _, raters in opened.ratings)
        found.append(
            _at_most("ratings", N_("기관마다 평가 수 ≤ 개표한 표(가장 많은 기관)"), most, opened.weight)
        )
    return found


def margin(votes: Sequence[int]) -> int | None:
    """By how many votes the first place is ahead of the next option; None where there is nothing to be ahead of."""
    ordered = sorted(votes, reverse=True)
    return ordered[0] - ordered[1] if len(ordered) > 1 else None


def origins(links: int, booths: Mapping[str, int]) -> tuple[Origin, ...]:
    """Voters by origin: links of one's own, then every booth; booths with few voters are counted together.

    Where the few would still be few together, the next smallest booth joins them.
    """
    by_size = sorted(booths.items(), key=lambda item: (item[1], item[0]))
    merged = [item for item in by_size if item[1] < FEWEST_APART]
    rest = by_size[len(merged) :]
    while merged and rest and sum(voters for _, voters in merged) < FEWEST_APART:
        merged.append(rest.pop(0))
    found = [Origin("link", "", links)]
    found += [Origin("booth", place, voters) for place, voters in sorted(rest)]
    if merged:
        found.append(Origin("booths", "", sum(voters for _, voters in merged)))
    return tuple(found)


def _equal(code: str, name: str, left: Sequence[int], right: Sequence[int]) -> Equation:
    sides = f"{_sum(left)} {'=' if sum(left) == sum(right) else '≠'} {_sum(right)}"
    return Equation(code, name, sides, sum(left) == sum(right))


def _at_most(code: str, name: str, left: int, right: int) -> Equation:
    return Equation(code, name, f"{left:,} {'≤' if left <= right else '>'} {right:,}", left <= right)


def _sum(terms: Sequence[int]) -> str:
    return " + ".join(f"{term:,}" for term in terms)
