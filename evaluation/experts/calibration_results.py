"""What came of a calibration: how the grades fell, without names, and for the office how strict each evaluator was."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle
from contracts.terms.head import titles_of
from evaluation.arithmetic.marks import POINTS, Grade
from evaluation.arithmetic.severity import additive
from evaluation.experts.assigning import graded
from evaluation.experts.calibration import CALIBRATING, FEWEST, Chosen, calibration_sheets, chosen
from evaluation.model import OWN, Assignment, Mark, Standing
from office.people import Person


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the grades of one indicator fell, without names; `own` is the reader's."""

    title: str
    counts: Mapping[Grade, int]
    absent: int
    own: Grade | None


@dataclass(frozen=True, slots=True)
class Severity:
    """How strict one evaluator was in the calibration: points above (+) or below the fair mark, `None` if unknown."""

    person: Person
    filed: int
    of: int
    mean: Fraction | None
    leniency: Fraction | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the calibration; the distribution is empty until everybody has filed, or nobody can any more."""

    complete: bool
    filed: int
    of: int
    distribution: Mapping[int, tuple[Distribution, ...]]
    severity: tuple[Severity, ...]


async def outcome(session: AsyncSession, cycle: Cycle, reader: Person | None = None) -> Outcome:
    """The calibration of a cycle; the grades of others only once all have filed who can, and three or more sheets are there."""
    contracts = await chosen(session, cycle)
    sheets = [
        sheet
        for sheet in await calibration_sheets(session, [each.contract.id or 0 for each in contracts])
        if sheet.serves
    ]
    filed = [sheet for sheet in sheets if sheet.standing is Standing.FILED]
    complete = bool(filed) and (len(filed) == len(sheets) or cycle.phase not in CALIBRATING)
    marks: dict[tuple[int, int, str], Grade | None] = {}
    by_id = {sheet.id: sheet for sheet in filed}
    query = select(Mark).where(col(Mark.assignment_id).in_(by_id), col(Mark.round) == OWN)
    for mark in await session.exec(query):
        sheet = by_id[mark.assignment_id]
        marks[sheet.contract_id, sheet.evaluator_id, mark.indicator_code] = mark.grade
    distribution = {}
    for each in contracts:
        of = [sheet.evaluator_id for sheet in filed if sheet.contract_id == each.contract.id]
        if complete and len(of) >= FEWEST:
            distribution[each.contract.id or 0] = _fallen(each, of, marks, reader)
    people = {
        person.id: person
        for person in await session.exec(
            select(Person).where(col(Person.id).in_({sheet.evaluator_id for sheet in sheets}))
        )
    }
    return Outcome(
        complete,
        len(filed),
        len(sheets),
        distribution,
        tuple(_severities(contracts, sheets, people, marks)),
    )


def _fallen(
    chosen_: Chosen,
    evaluators: Sequence[int],
    marks: Mapping[tuple[int, int, str], Grade | None],
    reader: Person | None,
) -> tuple[Distribution, ...]:
    number = chosen_.contract.id or 0
    titles = titles_of(chosen_.tree)
    found = []
    for code in graded(chosen_.tree):
        given = [marks.get((number, one, code)) for one in evaluators]
        counts = Counter(grade for grade in given if grade is not None)
        own = marks.get((number, reader.id or 0, code)) if reader else None
        found.append(
            Distribution(
                titles[code],
                {grade: counts[grade] for grade in Grade},
                sum(grade is None for grade in given),
                own,
            )
        )
    return tuple(found)


def _severities(
    contracts: Sequence[Chosen],
    sheets: Sequence[Assignment],
    people: Mapping[int | None, Person],
    marks: Mapping[tuple[int, int, str], Grade | None],
) -> list[Severity]:
    """Strictness by the additive model (F23) over all calibration indicators; marks of unfiled sheets are not used."""
    things = [(each.contract.id or 0, code) for each in contracts for code in graded(each.tree)]
    everybody = list(dict.fromkeys(sheet.evaluator_id for sheet in sheets))
    table: list[list[Fraction | None]] = []
    for number, code in things:
        row: list[Fraction | None] = []
        for one in everybody:
            grade = marks.get((number, one, code))
            row.append(None if grade is None else Fraction(POINTS[grade]))
        table.append(row)
    judged = [row for row in table if any(mark is not None for mark in row)]
    voices = [j for j in range(len(everybody)) if any(row[j] is not None for row in judged)]
    adjusted = additive([[row[j] for j in voices] for row in judged]) if len(voices) > 1 else None
    lenient = dict(zip(voices, adjusted.leniency, strict=True)) if adjusted else {}
    found = []
    for j, one in enumerate(everybody):
        own = [sheet for sheet in sheets if sheet.evaluator_id == one]
        given = [mark for row in judged if (mark := row[j]) is not None]
        found.append(
            Severity(
                people[one],
                sum(sheet.standing is Standing.FILED for sheet in own),
                len(own),
                sum(given, Fraction()) / len(given) if given else None,
                lenient.get(j),
            )
        )
    return found
