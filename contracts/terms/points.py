"""The points of a contract: whether they add up at every level, and how blank ones are shared out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from contracts.terms.tree import ROOT_WEIGHT, ContractTree, Kind, Node, indicators, walk
from office.decimals import plain
from office.i18n import N_, translate

UNIT = Decimal("0.01")
"""Blank weights are shared in hundredths of a point."""


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A node whose points are not the sum of the points below it; an empty path is the whole contract."""

    path: tuple[str, ...]
    code: str
    stated: Decimal
    summed: Decimal

    @property
    def message(self) -> str:
        """The Korean sentence with its named fields still open."""
        if not self.path:
            return N_("과제 배점의 합이 {stated}점이어야 하는데 {summed}점입니다")
        return N_("{path}: 배점은 {stated}점인데 아래 항목의 합은 {summed}점입니다")

    @property
    def values(self) -> dict[str, str]:
        """What goes into the named fields."""
        return {"path": " › ".join(self.path), "stated": plain(self.stated), "summed": plain(self.summed)}

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **self.values)


def unbalanced(tree: ContractTree) -> tuple[Imbalance, ...]:
    """Every node whose children do not add up to its points, the root (100) first.

    A goal or task with nothing below it weighs 0: a promise that only stands on the ballot.  A task that another body
    leads has its points without anything below: it is measured in that body's contract.
    Blank weights are filled before this is asked (`with_blank_weights_filled`); `ValueError` otherwise.
    """
    found = []
    total = sum((_points(node) for node in tree.children), Decimal())
    if total != ROOT_WEIGHT:
        found.append(Imbalance((), "", ROOT_WEIGHT, total))
    for path, node in walk(tree):
        if node.kind is Kind.INDICATOR or node.is_linked(tree.agency_code):
            continue
        summed = sum((_points(child) for child in node.children), Decimal())
        if summed != _points(node):
            found.append(Imbalance(path, node.code, _points(node), summed))
    return tuple(found)


def _points(node: Node) -> Decimal:
    if node.weight is None:
        raise ValueError(f"the weight of {node.code} is blank")
    return node.weight


def largest_remainder(total: Decimal, parts: Sequence[Decimal], unit: Decimal = UNIT) -> tuple[Decimal, ...]:
    """Share `total` in proportion to `parts`, in whole units, so that the shares add up to it exactly.

    Every share is cut to the unit; the units left over go to the largest cut-off remainders, the earlier of equals
    first (Hare-Niemeyer).  `ValueError` where `total` is no multiple of the unit, or no part is positive.
    """
    whole = Fraction(sum(parts, Decimal()))
    units = Fraction(total) / Fraction(unit)
    if any(part < 0 for part in parts) or whole <= 0 or units.denominator != 1 or units < 0:
        raise ValueError("nothing to share by")
    quotas = [units * Fraction(part) / whole for part in parts]
    shares = [quota.numerator // quota.denominator for quota in quotas]
    left_over = int(units) - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - quotas[i], i))
    for i in by_remainder[:left_over]:
        shares[i] += 1
    return tuple(share * unit for share in shares)


def equal_shares(total: Decimal, n: int, unit: Decimal = UNIT) -> tuple[Decimal, ...]:
    """`total` in `n` parts that differ by at most one unit and add up exactly; the larger ones come first."""
    return largest_remainder(total, [Decimal(1)] * n, unit) if n else ()


def with_blank_weights_filled(tree: ContractTree) -> ContractTree:
    """Fill in weights that were left blank.

    All blank: the indicators share 100 points equally and what is above them is their sum (0 without indicators).
    A node left blank above weighted children is their sum; children all left blank below a weighted node share it
    equally.  Some blank among weighted brothers: they weigh 0 where nothing is below them, otherwise the blank stays
    for the caller to refuse.  Bonus and penalty weigh 0 and share nothing.
    """
    tree = replace(tree, children=tuple(_beside_at_zero(node) for node in tree.children))
    summed = tuple(_summed(node) for node in tree.children)
    if all(node.weight is None for _, node in walk(tree) if not node.is_beside):
        sharing = [node for node in indicators(tree) if not node.is_beside]
        shares = iter(equal_shares(ROOT_WEIGHT, len(sharing)))
        summed = tuple(_summed(_dealt(node, shares)) for node in tree.children)
    return replace(tree, children=tuple(_shared(node) for node in summed))


def _beside_at_zero(node: Node) -> Node:
    if node.is_beside and node.weight is None:
        return replace(node, weight=Decimal())
    return replace(node, children=tuple(_beside_at_zero(child) for child in node.children))


def _dealt(node: Node, shares: Iterator[Decimal]) -> Node:
    """The branch with the next shares given to its indicators."""
    if node.is_beside:
        return node
    if node.kind is Kind.INDICATOR:
        return replace(node, weight=next(shares))
    return replace(node, children=tuple(_dealt(child, shares) for child in node.children))


def _summed(node: Node) -> Node:
    """The branch with every blank node above fully weighted children made their sum."""
    if node.kind is Kind.INDICATOR:
        return node
    children = tuple(_summed(child) for child in node.children)
    weights = [child.weight for child in children if child.weight is not None]
    weight = node.weight
    if weight is None and len(weights) == len(children):
        weight = sum(weights, Decimal())
    return replace(node, weight=weight, children=children)


def _shared(node: Node) -> Node:
    """The branch with children that are all blank sharing their parent's points."""
    children = node.children
    sharing = [child for child in children if not child.is_beside]
    if sharing and node.weight is not None and all(child.weight is None for child in sharing):
        shares = iter(equal_shares(node.weight, len(sharing)))
        children = tuple(
            child if child.is_beside else replace(child, weight=next(shares)) for child in children
        )
    return replace(node, children=tuple(_shared(child) for child in children))
