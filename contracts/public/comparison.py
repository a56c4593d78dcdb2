"""A contract beside its body's own past years and beside similar bodies, and what of it cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from contracts.files.columns import word
from contracts.terms.doubt import Doubt
from contracts.terms.standing import Standing, kept, standing_of
from contracts.terms.tree import ContractTree, Direction, Method, Node, indicators
from office.decimals import half_up
from office.i18n import N_, translate

BY_CODE, BY_TITLE = N_("번호로 이음"), N_("이름으로 이음")


@dataclass(frozen=True, slots=True)
class Year:
    """One year's contract of a body."""

    year: int
    public_id: str
    tree: ContractTree
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    """The doubted figures, by code."""
    over: bool = True
    """Whether its figures are outcomes already."""

    @property
    def standing(self) -> Standing:
        return standing_of([self.tree], self.doubts)


@dataclass(frozen=True, slots=True)
class Then:
    """An indicator as it stood in another year: how it was found again, and why it cannot be compared (empty if it can)."""

    year: int
    title: str
    how: str
    unit: str
    target: Decimal | None
    actual: Decimal | None
    reached: bool | None
    reason: str
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class Kept:
    """An indicator of this year with what it was in each past year where it is found again, the newest year first."""

    node: Node
    then: tuple[Then, ...]


@dataclass(frozen=True, slots=True)
class OwnYears:
    """A body's years, the newest first; `fresh` indicators are in no past year, `gone` ones were in the last but are not now."""

    years: tuple[Year, ...]
    kept: tuple[Kept, ...]
    fresh: tuple[Node, ...]
    gone: tuple[Node, ...]


def own_years(this: Year, past: Sequence[Year]) -> OwnYears:
    """This year beside the years before it; indicators are found again by their code, then by their title."""
    earlier = sorted((each for each in past if each.year < this.year), key=lambda each: -each.year)
    found = {each.year: _matches(indicators(this.tree), indicators(each.tree)) for each in earlier}
    kept, fresh = [], []
    for node in indicators(this.tree):
        then = tuple(
            _then(each, node, *found[each.year][node.code])
            for each in earlier
            if node.code in found[each.year]
        )
        if then:
            kept.append(Kept(node, then))
        else:
            fresh.append(node)
    gone: tuple[Node, ...] = ()
    if earlier:
        again = {old.code for old, _ in found[earlier[0].year].values()}
        gone = tuple(node for node in indicators(earlier[0].tree) if node.code not in again)
    return OwnYears((this, *earlier), tuple(kept), tuple(fresh), gone)


def _matches(now: Sequence[Node], then: Sequence[Node]) -> dict[str, tuple[Node, str]]:
    """By code of this year: the old indicator and how it was found; each old one is taken once."""
    of_code = {node.code: node for node in then}
    found = {node.code: (of_code[node.code], BY_CODE) for node in now if node.code in of_code}
    taken = {old.code for old, _ in found.values()}
    of_title: dict[str, Node] = {}
    for node in then:
        if node.code not in taken:
            of_title.setdefault(word(node.title), node)
    for node in now:
        if node.code not in found and (old := of_title.pop(word(node.title), None)):
            found[node.code] = (old, BY_TITLE)
    return found


def _then(year: Year, node: Node, old: Node, how: str) -> Then:
    measure, before = node.measure, old.measure
    if measure is None or before is None:
        raise ValueError(f"{node.code} is an indicator without a measure")
    doubt = year.doubts.get(old.code)
    return Then(
        year.year,
        old.title,
        how,
        before.unit,
        before.target,
        before.actual,
        kept(before, doubted=doubt is not None) if year.over else None,
        incomparable(
            (measure.unit, measure.direction, measure.method), (before.unit, before.direction, before.method)
        ),
        doubt,
    )


Nature = tuple[str, Direction, Method]
"""What has to be alike for figures to be compared: unit, direction, and whether experts grade it."""


def incomparable(one: Nature, other: Nature) -> str:
    """Why the figures of two indicators cannot be laid side by side, in the language of the request; empty if they can."""
    if Method.NINE_GRADE in (one[2], other[2]):
        return translate(N_("평가위원이 평정하는 지표라 견줄 숫자가 없습니다"))
    if word(one[0]) != word(other[0]):
        return translate(
            N_("단위가 다릅니다({one}, {other})"),
            one=one[0] or translate(N_("없음")),
            other=other[0] or translate(N_("없음")),
        )
    if one[1] != other[1]:
        return translate(N_("좋아지는 방향이 다릅니다"))
    return ""


def share(standing: Standing) -> Decimal | None:
    """Reached targets in per cent of the indicators that have one, half-up to one place; `None` where none has."""
    if not standing.with_target:
        return None
    return half_up(Fraction(100 * standing.met, standing.with_target), 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of shares: whose, how long, and whether it is one's own."""

    name: str
    value: Decimal
    own: bool


def shares(
    own: tuple[str, Standing], others: Sequence[tuple[str, Standing]], *, together: Standing, most: int = 15
) -> list[Bar]:
    """Bars of the reached shares: everybody where they are few, otherwise one's own, the highest and the lowest.

    The last bar but for one's own is all of them together.  Bodies that have reported nothing are left out: their
    share would be a nought that means nothing yet.
    """
    own_share = share(own[1])
    bars = [
        Bar(name, value, own=False)
        for name, standing in others
        if standing.reported and (value := share(standing)) is not None
    ]
    if len(bars) > most:
        ordered = sorted(bars, key=lambda bar: bar.value)
        bars = [ordered[-1], ordered[0]]
    if own[1].reported and own_share is not None:
        bars.insert(0, Bar(own[0], own_share, own=True))
    whole = share(together)
    if bars and whole is not None:
        bars.append(Bar(translate(N_("모두 모아")), whole, own=False))
    return bars
