"""The performance office's look at a round of marks: who, what, how far apart, and where to look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.reading import contracts_of, tree_of
from contracts.terms.head import titles_of as titles_by_code
from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.marks import POINTS
from evaluation.arithmetic.panels import Judged, Panels, panels_of
from evaluation.figures import Strip
from evaluation.marking.given import GivenMark, given_marks
from office.errors import NotFound
from office.i18n import N_
from office.people import Person

LATEST = 0
"""Of every sheet its last filed round: the marks that count."""


@dataclass(frozen=True, slots=True)
class RoundReport:
    """One round of a cycle: the panels with the names the office knows."""

    round: int
    rounds: tuple[int, ...]
    panels: Panels
    contracts: Mapping[str, Contract]
    agencies: Mapping[str, Agency]
    names: Mapping[int, str]

    def of(self, agency_code: str) -> tuple[Judged, ...]:
        """The indicators of one agency."""
        return tuple(each for each in self.panels.judged if each.thing[0] == agency_code)

    def evaluators_of(self, agency_code: str) -> int:
        """How many filed a sheet for an agency in this round."""
        return len({who for each in self.of(agency_code) for who, _ in each.grades})

    def hints_for(self, agency_code: str) -> int:
        """How many hints point at an agency's marks."""
        far = sum(each.thing[0] == agency_code for each in self.panels.far)
        return far + sum(each.agency_code == agency_code for each in self.panels.favourites)


async def round_report(session: AsyncSession, cycle: Cycle, round: int = LATEST) -> RoundReport:
    """Everything the filed marks of a round say; `NotFound` for a round that nobody has filed."""
    marks = await given_marks(session, cycle)
    rounds = tuple(sorted({mark.round for mark in marks}))
    if round != LATEST and round not in rounds:
        raise NotFound(N_("이 차수에 제출한 평정이 없습니다"))
    chosen = latest_of(marks) if round == LATEST else [mark for mark in marks if mark.round == round]
    found = await asyncio.to_thread(
        panels_of, [(mark.agency_code, mark.indicator_code, mark.evaluator_id, mark.grade) for mark in chosen]
    )
    pairs = await contracts_of(session, cycle)
    query = select(Person.id, Person.name).where(col(Person.id).in_({mark.evaluator_id for mark in chosen}))
    names = {person: name for person, name in (await session.exec(query)).all() if person is not None}
    return RoundReport(
        round,
        rounds,
        found,
        {agency.code: contract for contract, agency in pairs},
        {agency.code: agency for _, agency in pairs},
        names,
    )


def latest_of(marks: Sequence[GivenMark]) -> list[GivenMark]:
    """Of every evaluator's marks on an indicator the last filed one."""
    latest = {
        (mark.agency_code, mark.indicator_code, mark.evaluator_id): mark
        for mark in sorted(marks, key=lambda mark: mark.round)
    }
    return list(latest.values())


async def titles_of(session: AsyncSession, contract: Contract) -> dict[str, str]:
    """The titles of a contract's indicators, by code."""
    return titles_by_code(await tree_of(session, contract))


def strips_of(judged: Sequence[Judged], titles: Mapping[str, str]) -> list[Strip]:
    """The strip plot of some indicators: trimmed marks hollow, hinted ones with a cross, a bar for the trimmed mean."""
    strips = []
    for each in judged:
        given = each.given
        strips.append(
            Strip(
                titles.get(each.thing[1], each.thing[1]),
                tuple(POINTS[grade] for _, grade in given),
                frozenset(place for place, (who, _) in enumerate(given) if who in each.dropped),
                each.by_rule[Combining.TRIMMED],
                frozenset(place for place, (who, _) in enumerate(given) if who in each.far),
            )
        )
    return strips
