"""What a round of marks says together: every indicator combined by every rule, evaluators' leniency, agreement, hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.arithmetic.agreement import Scale, Table, intraclass, kendall_w, krippendorff_alpha
from evaluation.arithmetic.combining import Combining, combined
from evaluation.arithmetic.hints import (
    AlikePair,
    FarMark,
    Favourite,
    Thing,
    alike_pairs,
    far_marks,
    favourites,
)
from evaluation.arithmetic.marks import POINTS, Grade, trimmed_positions
from evaluation.arithmetic.severity import additive
from office.decimals import half_up
from office.i18n import N_


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A measure of agreement, or why it is not defined (Korean source text)."""

    name: str
    value: Fraction | None
    reason: str = ""


TOO_FEW_THINGS = N_("지표가 둘 이상이어야 합니다")
TOO_FEW_SHARED = N_("두 위원 이상이 평정한 지표가 둘 이상이어야 합니다")
TOO_FEW_EVALUATORS = N_("같은 지표를 평정한 위원이 둘 이상이어야 합니다")
INCOMPLETE = N_("빠진 평정이 있어 정의되지 않습니다. 알파를 보아 주십시오")
ALL_ALIKE = N_("모든 평정이 같아 정의되지 않습니다. 일치가 완전하다는 뜻도, 없다는 뜻도 아닙니다")
NO_SPREAD = N_("평정이 달라지지 않아 나눌 값이 0입니다")


def agreement_of(table: Table) -> tuple[Coefficient, ...]:
    """Krippendorff's α (ordinal, interval), ICC(2,1), ICC(2,k) and Kendall's W; a missing value always has its reason.

    F24-F26.  α takes gaps; the others need every evaluator's mark on everything.
    """
    alpha_reason = _no_alpha(table)
    found = [
        Coefficient(name, None if alpha_reason else krippendorff_alpha(table, scale), alpha_reason)
        for name, scale in (
            (N_("크리펜도르프 α(순서)"), Scale.ORDINAL),
            (N_("크리펜도르프 α(간격)"), Scale.INTERVAL),
        )
    ]
    reason = _no_complete(table)
    classes = None if reason else intraclass(table)
    without = reason or (NO_SPREAD if classes is None else "")
    found.append(Coefficient("ICC(2,1)", classes.two_1 if classes else None, without))
    found.append(Coefficient("ICC(2,k)", classes.two_k if classes else None, without))
    order = None if reason else kendall_w(table)
    without = reason or (ALL_ALIKE if order is None else "")
    found.append(Coefficient(N_("켄들 W"), order.w if order else None, without))
    return tuple(found)


def _no_alpha(table: Table) -> str:
    units = [[mark for mark in row if mark is not None] for row in table]
    units = [marks for marks in units if len(marks) > 1]
    if not units:
        return TOO_FEW_EVALUATORS
    if len(units) == 1:
        # Observed and expected disagreement are then the same pairs: the formula gives 0 whatever the marks are.
        return TOO_FEW_SHARED
    return ALL_ALIKE if len({mark for marks in units for mark in marks}) == 1 else ""


def _no_complete(table: Table) -> str:
    width = max((len(row) for row in table), default=0)
    if len(table) < 2:
        return TOO_FEW_THINGS
    if width < 2:
        return TOO_FEW_EVALUATORS
    return INCOMPLETE if any(mark is None for row in table for mark in row) else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One indicator with its marks (by evaluator id, `None`: given none) under every rule; `adjusted` by F23."""

    thing: Thing
    grades: tuple[tuple[int, Grade | None], ...]
    by_rule: Mapping[Combining, Fraction | None]
    adjusted: Fraction | None
    dropped: frozenset[int]
    far: frozenset[int]

    @property
    def given(self) -> tuple[tuple[int, Grade], ...]:
        """The marks that were given."""
        return tuple((who, grade) for who, grade in self.grades if grade is not None)


@dataclass(frozen=True, slots=True)
class Leniency:
    """How an evaluator marks: how many, their mean, and how far above (or below) the others after F23."""

    evaluator: int
    marks: int
    mean: Fraction
    beta: Fraction | None


@dataclass(frozen=True, slots=True)
class Panels:
    """A round looked at from every side."""

    judged: tuple[Judged, ...]
    evaluators: tuple[Leniency, ...]
    agreement: tuple[Coefficient, ...]
    by_agency: Mapping[str, tuple[Coefficient, ...]]
    connected: bool
    far: tuple[FarMark, ...] = ()
    alike: tuple[AlikePair, ...] = ()
    favourites: tuple[Favourite, ...] = ()


Given = tuple[str, str, int, Grade | None]
"""Agency code, indicator code, evaluator id, grade."""


def panels_of(marks: Sequence[Given]) -> Panels:
    """Everything a round of filed marks says; their order is irrelevant."""
    grades: dict[Thing, dict[int, Grade | None]] = {}
    for agency, indicator, evaluator, grade in sorted(marks, key=lambda mark: mark[:3]):
        grades.setdefault((agency, indicator), {})[evaluator] = grade
    points = {
        thing: {who: Fraction(POINTS[grade]) for who, grade in given.items() if grade is not None}
        for thing, given in grades.items()
    }
    marked = [thing for thing, given in points.items() if given]
    evaluators = sorted({who for given in points.values() for who in given})
    table = [[points[thing].get(who) for who in evaluators] for thing in marked]
    adjusted = additive(table) if table else None
    fair = dict(zip(marked, adjusted.fair, strict=True)) if adjusted else {}
    leniency = dict(zip(evaluators, adjusted.leniency, strict=True)) if adjusted else {}
    far = far_marks(points)
    far_of: dict[Thing, set[int]] = {}
    for each in far:
        far_of.setdefault(each.thing, set()).add(each.evaluator)
    agencies = sorted({agency for agency, _ in grades})
    return Panels(
        judged=tuple(
            _judged(thing, given, fair.get(thing), far_of.get(thing, set()))
            for thing, given in grades.items()
        ),
        evaluators=tuple(_leniency(who, points, leniency.get(who)) for who in evaluators),
        agreement=agreement_of(table),
        by_agency={agency: agreement_of(_table_of(points, agency)) for agency in agencies},
        connected=adjusted is not None,
        far=far,
        alike=alike_pairs(points),
        favourites=favourites(points),
    )


def _table_of(points: Mapping[Thing, Mapping[int, Fraction]], agency: str) -> Table:
    """The marks of one agency's indicators, one column for everybody who marked any of them."""
    things = [thing for thing in points if thing[0] == agency]
    evaluators = sorted({who for thing in things for who in points[thing]})
    return [[points[thing].get(who) for who in evaluators] for thing in things]


def _judged(thing: Thing, given: Mapping[int, Grade | None], fair: Fraction | None, far: set[int]) -> Judged:
    grades = tuple(given.items())
    marks = [None if grade is None else POINTS[grade] for _, grade in grades]
    dropped = trimmed_positions(marks)
    return Judged(
        thing,
        grades,
        {rule: combined(marks, rule) for rule in Combining},
        fair,
        frozenset(who for place, (who, _) in enumerate(grades) if place in dropped),
        frozenset(far),
    )


def _leniency(who: int, points: Mapping[Thing, Mapping[int, Fraction]], beta: Fraction | None) -> Leniency:
    own = [given[who] for given in points.values() if who in given]
    return Leniency(who, len(own), sum(own, Fraction()) / len(own), beta)


def shown_value(value: Fraction | None, places: int = 2) -> str:
    """A value as the page shows it: half-up; a dash where there is none."""
    return "–" if value is None else f"{half_up(value, places)}"
