"""Hints for the performance office: marks far from the others, pairs too alike, a favourite too constant.

A hint says where to look and nothing else.  No mark is ever left out because of one; people ask and decide.  The rules
are stated in full beside every hint, and all arithmetic is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb

Thing = tuple[str, str]
"""Agency code and indicator code."""
Marks = Mapping[Thing, Mapping[int, Fraction]]
"""The marks of every thing, by evaluator id; absent ones are not there."""

FEWEST_MARKS = 4
FAR = 3
LEAST_SPREAD = Fraction(10)
"""One grade: a panel that agrees entirely would otherwise make every other mark an outlier."""
FEWEST_SHARED = 6
IMPROBABLE_PAIR = Fraction(1, 1000)
IMPROBABLE_ROW = Fraction(1, 100)
FEWEST_OWN, FEWEST_OTHERS = 2, 4


@dataclass(frozen=True, slots=True)
class FarMark:
    """A mark that lies far from the middle one of its indicator."""

    thing: Thing
    evaluator: int
    mark: Fraction
    middle: Fraction
    spread: Fraction


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two evaluators who gave the same grade more often than the others do, too often for chance."""

    first: int
    second: int
    shared: int
    same: int
    usual: Fraction
    chance: Fraction


@dataclass(frozen=True, slots=True)
class Favourite:
    """An evaluator above all others' mean on everything of one agency, below it on everything else."""

    evaluator: int
    agency_code: str
    above: int
    below: int
    chance: Fraction


def far_marks(marks: Marks) -> tuple[FarMark, ...]:
    """Marks at least three times the spread from the middle, where four or more marked the same thing.

    `|x − median| ≥ 3 · max(MAD, 10)`, MAD the median of the distances from the median: one mark cannot move either.
    """
    found = []
    for thing, given in marks.items():
        if len(given) < FEWEST_MARKS:
            continue
        middle = _middle(list(given.values()))
        spread = max(_middle([abs(mark - middle) for mark in given.values()]), LEAST_SPREAD)
        found += [
            FarMark(thing, evaluator, mark, middle, spread)
            for evaluator, mark in sorted(given.items())
            if abs(mark - middle) >= FAR * spread
        ]
    return tuple(found)


def alike_pairs(marks: Marks) -> tuple[AlikePair, ...]:
    """Pairs whose grades are the same improbably often, the least probable first.

    The measure is not chance alone but how often *other* pairs agree, since good panels agree: with that rate c, n
    shared things and e equal grades, P(X ≥ e) of a binomial(n, c) is at most 0.1 % divided by the number of pairs
    compared.  At least six shared things.
    """
    counts: dict[tuple[int, int], list[int]] = {}
    for given in marks.values():
        for (one, a), (two, b) in combinations(sorted(given.items()), 2):
            pair = counts.setdefault((one, two), [0, 0])
            pair[0] += 1
            pair[1] += a == b
    shared, same = (sum(each[place] for each in counts.values()) for place in (0, 1))
    compared = {pair: count for pair, count in counts.items() if count[0] >= FEWEST_SHARED}
    found = []
    for (one, two), (n, equal) in compared.items():
        if shared == n:
            continue  # nobody else to compare with
        usual = Fraction(same - equal, shared - n)
        chance = at_least(equal, n, usual)
        if chance * len(compared) <= IMPROBABLE_PAIR:
            found.append(AlikePair(one, two, n, equal, usual, chance))
    return tuple(sorted(found, key=lambda pair: (pair.chance, pair.first, pair.second)))


def favourites(marks: Marks) -> tuple[Favourite, ...]:
    """Evaluators who always stand above the others' mean for one agency and always below it for all the rest.

    At least two things of that agency and four others, none in between; the chance of such a row of signs by the toss of
    a coin, `2^−(above + below)`, at most 1 % divided by the number of agencies the evaluator marked.
    """
    signs: dict[int, list[tuple[str, int]]] = {}
    for (agency, _), given in marks.items():
        for evaluator, mark in given.items():
            others = [other for who, other in given.items() if who != evaluator]
            if others:
                mean = sum(others, Fraction()) / len(others)
                signs.setdefault(evaluator, []).append((agency, (mark > mean) - (mark < mean)))
    found = []
    for evaluator, row in sorted(signs.items()):
        agencies = sorted({agency for agency, _ in row})
        for agency in agencies:
            own = [sign for of, sign in row if of == agency]
            rest = [sign for of, sign in row if of != agency]
            chance = Fraction(1, 2 ** len(row))
            enough = len(own) >= FEWEST_OWN and len(rest) >= FEWEST_OTHERS
            rare = chance * len(agencies) <= IMPROBABLE_ROW
            if enough and rare and set(own) == {1} and set(rest) == {-1}:
                found.append(Favourite(evaluator, agency, len(own), len(rest), chance))
    return tuple(found)


def at_least(successes: int, trials: int, rate: Fraction) -> Fraction:
    """P(X ≥ successes) of a binomial distribution, exact."""
    return sum(
        (comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(successes, trials + 1)),
        Fraction(),
    )


def _middle(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def in_ten_thousands(chance: Fraction) -> Decimal:
    """A small probability as people can read it: so many in ten thousand, to one place, rounded up."""
    tenths = -(-chance.numerator * 100_000 // chance.denominator)
    return Decimal(tenths) / 10
