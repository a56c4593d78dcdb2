"""Who could sit where: every contract its evaluators, nobody barred, the load even, the field fitting; the same each time.

Places are filled one after another in rounds (every contract its first, then every contract its second, …), each by the
least loaded evaluator that an alternating path can reach.  Ending a shortest path there keeps the sum of squared loads the
smallest possible (Harvey, Ladner, Lovász & Tamir 2006, optimal semi-matchings; Frank & Murota 2018), so loads differ by at
most one wherever any assignment lets them.  Then evaluators are exchanged along cycles until no exchange brings more
evaluators to contracts of their field.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

Pair = tuple[int, int]
"""A contract and an evaluator, by number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be filled.

    `each` evaluators for every contract; `serving` are those it already has, who stay; `barred` pairs never meet;
    `fitting` pairs share a field; nobody gets more than `most` contracts (`None`: no limit), counting those they have.
    """

    contracts: tuple[int, ...]
    evaluators: tuple[int, ...]
    each: int
    serving: Mapping[int, Collection[int]] = field(default_factory=dict)
    barred: frozenset[Pair] = frozenset()
    fitting: frozenset[Pair] = frozenset()
    most: int | None = None
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Short:
    """A contract that cannot get its evaluators: how many it has in the end, and what became of all the others."""

    contract: int
    has: int
    wanted: int
    barred: tuple[int, ...]
    full: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The pairs to be added, the load of everybody afterwards, and what stays short."""

    pairs: tuple[Pair, ...]
    loads: Mapping[int, int]
    short: tuple[Short, ...]
    fitting: int

    @property
    def spread(self) -> int:
        """The difference between the greatest and the smallest load."""
        return max(self.loads.values(), default=0) - min(self.loads.values(), default=0)


def drawn(numbers: Iterable[int], seed: str, what: str) -> list[int]:
    """The numbers in an order that the seed alone decides: by SHA-256 of `seed/what/number`."""
    return sorted(numbers, key=lambda number: (sha256(f"{seed}/{what}/{number}".encode()).digest(), number))


def balanced(wanted: Wanted) -> Plan:
    """Fill every place that can be filled.

    The number of places filled is the greatest possible, then the loads as even as possible, then as many fitting pairs
    as possible.  A contract's present evaluators stay where they are.
    """
    table = _Table(wanted)
    order = drawn(wanted.contracts, wanted.seed, "contract")
    for place in range(wanted.each):
        for contract in order:
            if len(table.present.get(contract, ())) <= place < wanted.each:
                table.seat(contract)
    table.exchange()
    pairs = tuple((contract, one) for contract in wanted.contracts for one in sorted(table.added[contract]))
    return Plan(
        pairs,
        dict(table.load),
        tuple(table.shortage(contract) for contract in wanted.contracts if table.lacking(contract)),
        sum(pair in wanted.fitting for pair in pairs),
    )


def replacement(
    contract: int, evaluators: Sequence[int], loads: Mapping[int, int], wanted: Wanted
) -> int | None:
    """The least loaded evaluator who is free for a contract, one of its field before others; `None` where nobody is."""
    has = wanted.serving.get(contract, ())
    free = [
        one
        for one in drawn(evaluators, wanted.seed, "evaluator")
        if one not in has
        and (contract, one) not in wanted.barred
        and (wanted.most is None or loads.get(one, 0) < wanted.most)
    ]
    return min(free, key=lambda one: (loads.get(one, 0), (contract, one) not in wanted.fitting), default=None)


class _Table:
    """The places as they are filled."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.people = drawn(wanted.evaluators, wanted.seed, "evaluator")
        self.present = {
            contract: frozenset(wanted.serving.get(contract, ())) for contract in wanted.contracts
        }
        self.added: dict[int, list[int]] = {contract: [] for contract in wanted.contracts}
        self.moved: dict[int, list[int]] = {one: [] for one in self.people}
        self.load = dict.fromkeys(wanted.evaluators, 0)
        for people in wanted.serving.values():
            for one in people:
                if one in self.load:
                    self.load[one] += 1

    def free(self, contract: int, one: int) -> bool:
        """Whether this evaluator may still come to this contract."""
        return (
            one not in self.present[contract]
            and one not in self.added[contract]
            and (contract, one) not in self.wanted.barred
        )

    def room(self, one: int) -> bool:
        return self.wanted.most is None or self.load[one] < self.wanted.most

    def lacking(self, contract: int) -> bool:
        return len(self.present[contract]) + len(self.added[contract]) < self.wanted.each

    def seat(self, contract: int) -> None:
        """One more evaluator for a contract; others change places where that keeps the loads even."""
        came_by: dict[int, tuple[int, int | None]] = {}
        waiting: deque[int] = deque()
        for one in self.people:
            if self.free(contract, one):
                came_by[one] = (contract, None)
                waiting.append(one)
        least = min((self.load[one] for one in self.people if self.room(one)), default=None)
        if least is None:
            return
        if not any(self.room(one) and self.load[one] == least for one in came_by):
            while waiting:
                here = waiting.popleft()
                for other in self.moved[here]:
                    for one in self.people:
                        if one not in came_by and self.free(other, one):
                            came_by[one] = (other, here)
                            waiting.append(one)
        ends = [one for one in came_by if self.room(one)]
        if not ends:
            return
        end = min(
            ends,
            key=lambda one: (self.load[one], (came_by[one][0], one) not in self.wanted.fitting),
        )
        self.load[end] += 1
        last: int | None = end
        while last is not None:
            taken, before = came_by[last]
            if before is not None:
                self._leave(taken, before)
            self._come(taken, last)
            last = before

    def _come(self, contract: int, one: int) -> None:
        self.added[contract].append(one)
        self.moved[one].append(contract)

    def _leave(self, contract: int, one: int) -> None:
        self.added[contract].remove(one)
        self.moved[one].remove(contract)

    def exchange(self) -> None:
        """Exchange places along cycles as long as that makes more pairs fitting and leaves the loads as even."""
        if not self.wanted.fitting:
            return
        while (cycle := self._better_cycle()) is not None:
            for one, contract, other in cycle:
                if contract is not None:
                    self._leave(contract, one)
                    self._come(contract, other)
                    self.load[one] -= 1
                    self.load[other] += 1

    def _better_cycle(self) -> list[tuple[int, int | None, int]] | None:
        """Steps (from, contract, to) around a cycle that gains; without a contract: loads that differ by one change owners."""
        people, fitting = self.people, self.wanted.fitting
        arcs: list[tuple[int, int, int, int | None]] = []
        for one in people:
            for other in people:
                if one == other:
                    continue
                best: tuple[int, int] | None = None
                for contract in self.moved[one]:
                    if self.free(contract, other):
                        gain = ((contract, other) in fitting) - ((contract, one) in fitting)
                        if best is None or gain > best[0]:
                            best = (gain, contract)
                if best is not None:
                    arcs.append((one, other, best[0], best[1]))
                if self.load[other] == self.load[one] + 1:
                    arcs.append((one, other, 0, None))
        gained = dict.fromkeys(people, 0)
        by: dict[int, tuple[int, int | None]] = {}
        changed: int | None = None
        for _ in people:
            changed = None
            for one, other, gain, moved in arcs:
                if gained[one] + gain > gained[other]:
                    gained[other] = gained[one] + gain
                    by[other] = (one, moved)
                    changed = other
            if changed is None:
                return None
        if changed is None:
            return None
        here = changed
        for _ in people:
            here = by[here][0]
        steps: list[tuple[int, int | None, int]] = []
        at = here
        while True:
            before, moved = by[at]
            steps.append((before, moved, at))
            at = before
            if at == here:
                return steps

    def shortage(self, contract: int) -> Short:
        wanted = self.wanted
        there = {*self.present[contract], *self.added[contract]}
        barred = tuple(
            one for one in wanted.evaluators if one not in there and (contract, one) in wanted.barred
        )
        full = tuple(one for one in wanted.evaluators if one not in there and one not in barred)
        return Short(contract, len(there), wanted.each, barred, full)
