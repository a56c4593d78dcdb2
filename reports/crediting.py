"""Whose votes they are: the votes of a joint task are credited to the bodies that keep it, by the shares they signed.

A share counts where both contracts say so: the leading body states it, and the partner carries the task with the same
shares.  What no partner has signed for stays with the leading body, so that no vote is lost and none counts twice.

Votes and tasks are both divided: an agency's votes are its votes by its tasks, `Σ share·votes / Σ share`.  Keeping a
task together therefore neither raises nor lowers the mean of a body whose tasks are all equally liked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.terms.joint import WHOLE, joint_tasks, linked_tasks
from contracts.terms.tree import ContractTree
from office.decimals import half_up

ALONE = Fraction(1)
SHARE_PLACES = 4


@dataclass(frozen=True, slots=True)
class Option:
    """A task on the ballot with the votes it received."""

    agency_code: str
    task_code: str
    title: str
    votes: int


@dataclass(frozen=True, slots=True)
class Credit:
    """An agency's share in an option, 1 for a task of its own."""

    option: Option
    share: Fraction

    @property
    def votes(self) -> Fraction:
        """The votes credited, exact."""
        return self.share * self.option.votes

    @property
    def percent(self) -> Decimal:
        """The share in per cent, as it was signed."""
        return half_up(self.share * Fraction(WHOLE), SHARE_PLACES)


def credits_of(trees: Sequence[ContractTree], options: Iterable[Option]) -> dict[str, tuple[Credit, ...]]:
    """What every agency is credited with, by agency code; the shares of an option add up to 1."""
    led = joint_tasks(trees)
    signed = {(tree.agency_code, task.code): task.shares for tree in trees for task in linked_tasks(tree)}
    found: dict[str, list[Credit]] = {tree.agency_code: [] for tree in trees}
    for option in options:
        task = led.get((option.agency_code, option.task_code))
        rest = ALONE
        for partner, percent in task.shares[1:] if task else ():
            if task and signed.get((partner, option.task_code)) == task.shares:
                share = Fraction(percent) / Fraction(WHOLE)
                found[partner].append(Credit(option, share))
                rest -= share
        found[option.agency_code].append(Credit(option, rest))
    return {code: tuple(sorted(each, key=_most_liked_first)) for code, each in found.items()}


def mean_votes(credits: Sequence[Credit]) -> Fraction | None:
    """An agency's votes by its tasks, exact; `None` without a task on the ballot."""
    tasks = sum((credit.share for credit in credits), Fraction())
    return sum((credit.votes for credit in credits), Fraction()) / tasks if tasks else None


def _most_liked_first(credit: Credit) -> tuple[int, str, str]:
    return -credit.option.votes, credit.option.task_code, credit.option.agency_code
