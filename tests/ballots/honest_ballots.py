"""Elections with nobody's ballot on the board yet, and honest ballots for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from tests.ballots.boards import Vote, question
from tests.ballots.forging import made


@dataclass(frozen=True)
class Ballots:
    """An open election with nobody's ballot on its board, and honest ballots of its voters, not posted."""

    vote: Vote
    first: bytes
    again: bytes  # the same voter, the same choice
    other: bytes  # another voter, the same choice


@cache
def plain() -> Ballots:
    """One question of three options."""
    return _made(Vote((question(3, 1, 2),), (1, 2), seed=71), [(0, 2)])


@cache
def blank() -> Ballots:
    """A question with a blank vote, and a second one without."""
    return _made(Vote((question(3, 1, 2, blank=True), question(2, 0, 1)), (1, 2), seed=72), [(1,), (0,)])


def _made(vote: Vote, picks: list[tuple[int, ...]]) -> Ballots:
    return Ballots(vote, vote.make(0, *picks), vote.make(0, *picks), vote.make(1, *picks))


def originals() -> list[tuple[str, Vote, bytes]]:
    """The honest ballots all of these were made from, and a few more: each must be accepted."""
    vote, both = plain().vote, blank().vote
    found = [
        (name, b.vote, raw)
        for name, b in (("plain", plain()), ("blank", blank()))
        for raw in (b.first, b.again, b.other)
    ]
    found += [(f"picks {picks}", vote, vote.make(1, picks)) for picks in ((0,), (2,), (0, 1))]
    found += [(f"picks {picks}", both, both.make(1, *picks)) for picks in ((None, ()), ((0, 2), (1,)))]
    found += [
        ("forged in nothing", vote, made(vote, 0, [(1, 0, 1)])),
        ("blank", both, made(both, 0, [(1, 0, 0, 0), (0, 0)])),
    ]
    return found


def roomy(vote: Vote) -> Vote:
    """The same election with no limit of size, so that a longer ballot meets the check behind it."""
    copy = Vote.__new__(Vote)
    copy.__dict__.update(vote.__dict__)
    copy.context = replace(vote.context, ballot_limit=10_000_000)
    return copy


def some_picks(vote: Vote) -> list[tuple[int, ...]]:
    return [(0,) if asked.max else () for asked in vote.questions]
