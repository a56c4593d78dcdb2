"""Everything that must not be accepted, by name: boards, and ballots with the election they are meant for.

    for name, raw in board_mutations(): ...           # each made from the board `finished()` or `grouped()`
    for name, vote, ballot in ballot_mutations(): ... # `posted(vote, ballot)` is the board with it

Names are unique and begin with their family.  `originals()`, `finished()` and `grouped()` are what must be accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ballots.protocol.board import add_ballot
from tests.ballots import (
    honest_ballots,
    mutated_ballots,
    mutated_boards,
    mutated_counts,
    mutated_groups,
    mutated_setups,
)
from tests.ballots.boards import Vote, question

BOARD_FAMILIES = (
    mutated_boards.as_file,
    mutated_boards.loose_records,
    mutated_boards.in_its_links,
    mutated_boards.in_its_order,
    mutated_setups.in_its_setup,
    mutated_counts.in_its_tally,
    mutated_counts.in_its_shares,
    mutated_counts.in_its_result,
)


GROUP_FAMILIES = (mutated_groups.in_its_group, mutated_groups.in_its_answers)


@cache
def finished() -> Vote:
    """Three voters of different weights, the first of whom voted twice; counted and announced."""
    vote = Vote((question(3, 1, 2),), (1, 1, 2), seed=61)
    for voter, picks in ((0, (0,)), (1, (1, 2)), (2, (1,)), (0, (0, 1))):
        vote.cast(voter, picks)
    vote.finish()
    return vote


@cache
def grouped() -> Vote:
    """A vote whose key three trustees hold, of whom the first and the third have answered."""
    vote = Vote((question(3, 1, 2),), (1, 1), seed=62, threshold=2)
    for voter, picks in ((0, (0,)), (1, (1, 2))):
        vote.cast(voter, picks)
    vote.close()
    vote.open((1, 3))
    return vote


def board_mutations() -> Iterator[tuple[str, bytes]]:
    """Every way to spoil the boards `finished()` and `grouped()`."""
    seen = {finished().raw, grouped().raw}
    for vote, families in ((finished(), BOARD_FAMILIES), (grouped(), GROUP_FAMILIES)):
        for family in families:
            for name, raw in family(vote):
                if raw not in seen:
                    seen.add(raw)
                    yield f"{family.__name__}: {name}", raw


def ballot_mutations() -> Iterator[tuple[str, Vote, bytes]]:
    """Every way to spoil a ballot, with the open election it is meant for."""
    seen: set[bytes] = set()
    for name, vote, raw in mutated_ballots.families():
        if raw not in seen:
            seen.add(raw)
            yield name, vote, raw


def originals() -> list[tuple[str, Vote, bytes]]:
    """Honest ballots of the same elections."""
    return honest_ballots.originals()


def posted(vote: Vote, ballot: bytes) -> bytes:
    """The open board of the vote with this ballot on it, whatever it is."""
    return vote.raw + add_ballot(vote.head, ballot).raw
