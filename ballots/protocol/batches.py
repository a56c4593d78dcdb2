"""The order in which waiting ballots go on the public board: in batches, drawn at random, so that order and time tell nothing.

A batch holds ballots of at least five voters (the last one, at the close, whatever is left).  Within it every order is
equally likely, but for one rule: the ballots of one voter keep theirs, since the last one counts.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from secrets import SystemRandom
from typing import TypeVar

BATCH = 5
"""Different voters whose ballots go on the board together; fewer wait."""
LARGEST = 100
"""Ballots that make one batch while people vote, unless they are of fewer than `BATCH` voters."""

Voter = TypeVar("Voter", bound=Hashable)
Item = TypeVar("Item")


def next_batch(
    waiting: Sequence[tuple[Voter, Item]], *, everything: bool = False, rng: random.Random | None = None
) -> list[Item]:
    """The next batch, in the order drawn for it; empty while too few voters' ballots wait.

    `waiting` is (voter, ballot) in the order of acceptance.  With `everything` all of it is the batch, however little.
    `rng` is the system's own unless a test brings another.
    """
    batch = list(waiting) if everything else _front(waiting)
    voters = [voter for voter, _ in batch]
    (rng or SystemRandom()).shuffle(voters)
    in_turn: dict[Voter, deque[Item]] = defaultdict(deque)
    for voter, item in batch:
        in_turn[voter].append(item)
    return [in_turn[voter].popleft() for voter in voters]


def _front(waiting: Sequence[tuple[Voter, Item]]) -> list[tuple[Voter, Item]]:
    """What was accepted first, as much as makes one batch; nothing if all of it does not."""
    voters: set[Voter] = set()
    for taken, (voter, _) in enumerate(waiting, start=1):
        voters.add(voter)
        if taken >= LARGEST and len(voters) >= BATCH:
            return list(waiting[:taken])
    return list(waiting) if len(voters) >= BATCH else []
