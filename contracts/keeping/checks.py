"""The external check of figures: a verifier compares what was reported with its evidence, before the experts score."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.heads.stored import HeadTask
from contracts.model import Agency, Contract, ContractNode, Cycle, IndicatorMeasure
from contracts.reading import published_pairs
from contracts.terms.doubt import DOUBTING, Check, Verdict
from contracts.terms.head import with_own_tasks
from contracts.terms.tree import ContractTree, Node, indicators
from office.database import DecimalText, choice
from office.people import Person, Role

NOTE_LENGTH, REASON_LENGTH, ANSWER_LENGTH = 500, 300, 500
VERDICT_TONES = {Verdict.OK: "success", Verdict.DIFFERS: "danger", Verdict.UNCLEAR: "warning"}


class FigureCheck(SQLModel, table=True):
    """One verdict on one reported figure; a later one on the same indicator replaces it, and both are kept.

    `figure` is what was looked at: once the body corrects it, the verdict no longer stands.  `backed`: a file lay beside it.
    `answer` is the body's own, to a verdict that doubts its figure (contracts/keeping/answering.py).
    """

    __tablename__ = "figure_check"

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    indicator_code: str = Field(max_length=60)
    verdict: Verdict = Field(sa_type=choice(Verdict))
    figure: Decimal = Field(sa_type=DecimalText)
    found: Decimal | None = Field(default=None, sa_type=DecimalText)
    note: str = Field(default="", max_length=NOTE_LENGTH)
    backed: bool = False
    checked_by: int = Field(foreign_key="person.id")
    checked_at: datetime
    answer: str = Field(default="", max_length=ANSWER_LENGTH)
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = None


class UncheckedFigures(SQLModel, table=True):
    """Why an officer let the experts score figures of a contract that were unchecked, or known to differ."""

    __tablename__ = "unchecked_figures"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True)
    figures: int
    reason: str = Field(max_length=REASON_LENGTH)
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the check of one contract is: its reported figures, and how many have which verdict."""

    contract: Contract
    agency: Agency
    reported: int
    verdicts: Counter[Verdict]
    answered: int = 0
    """Figures whose doubting verdict the body has answered since."""

    @property
    def waiting(self) -> int:
        """Figures nobody has checked as they stand now."""
        return self.reported - self.verdicts.total()

    @property
    def unsettled(self) -> int:
        """Figures that are unchecked, or known to be different and not corrected."""
        return self.waiting + self.verdicts[Verdict.DIFFERS]


def reported(tree: ContractTree) -> list[Node]:
    """The indicators with a figure to check, the head's own tasks last."""
    return [
        node for node in indicators(with_own_tasks(tree)) if node.measure and node.measure.actual is not None
    ]


async def checks_of(session: AsyncSession, contract: Contract) -> dict[str, Check]:
    """The verdicts that stand, by indicator code: each the newest, and on the figure as it is reported now."""
    return (await standing_checks(session, [contract.id])).get(contract.id or 0, {})


async def standing_checks(
    session: AsyncSession, contracts: Collection[int | None]
) -> dict[int, dict[str, Check]]:
    """The verdicts that stand in several contracts, by contract id and indicator code, in three statements."""
    newest = {(row.contract_id, row.indicator_code): row for row in await _rows(session, contracts)}
    figures = await _figures(session, contracts) if newest else {}
    found: dict[int, dict[str, Check]] = {}
    for place, row in newest.items():
        if figures.get(place) == row.figure:
            found.setdefault(row.contract_id, {})[row.indicator_code] = _shown(row)
    return found


async def doubts_of(session: AsyncSession, *chosen: sa.ColumnElement[bool]) -> dict[int, dict[str, Check]]:
    """The doubting verdicts that stand, by the id of each `chosen` contract and indicator code, in three statements."""
    rows = list(await session.exec(select(FigureCheck).where(*newest_doubts(*chosen))))
    figures = await _figures(session, {row.contract_id for row in rows}) if rows else {}
    found: dict[int, dict[str, Check]] = {}
    for row in rows:
        if figures.get((row.contract_id, row.indicator_code)) == row.figure:
            found.setdefault(row.contract_id, {})[row.indicator_code] = _shown(row)
    return found


def newest_doubts(*chosen: sa.ColumnElement[bool]) -> list[sa.ColumnElement[bool]]:
    """What makes a row the newest verdict on its figure, and a doubting one; whether the figure still stands is asked after."""
    newest = (
        select(func.max(col(FigureCheck.id)))
        .join(Contract, col(Contract.id) == col(FigureCheck.contract_id))
        .where(*chosen)
        .group_by(col(FigureCheck.contract_id), col(FigureCheck.indicator_code))
    )
    return [col(FigureCheck.id).in_(newest), col(FigureCheck.verdict).in_(DOUBTING)]


async def checks_at(
    session: AsyncSession, contract: Contract, tree: ContractTree, at: datetime
) -> dict[str, Check]:
    """The verdicts that stood at a moment in the past, on the figures of a contract as they were then."""
    newest = {row.indicator_code: row for row in await _rows(session, [contract.id]) if row.checked_at <= at}
    figures = {node.code: node.measure.actual for node in reported(tree) if node.measure}
    return {code: _shown(row) for code, row in newest.items() if figures.get(code) == row.figure}


async def findings_of(
    session: AsyncSession, contract: Contract
) -> tuple[dict[str, Check], dict[str, list[Check]]]:
    """The verdicts that stand, and every one there has been (the oldest first), by indicator code."""
    standing: dict[str, Check] = {}
    past: dict[str, list[Check]] = {}
    rows = await _rows(session, [contract.id])
    figures = await _figures(session, [contract.id]) if rows else {}
    for row in rows:
        code = row.indicator_code
        past.setdefault(code, []).append(_shown(row))
        standing.pop(code, None)
        if figures.get((row.contract_id, code)) == row.figure:
            standing[code] = past[code][-1]
    return standing, past


async def progress_of(session: AsyncSession, cycle: Cycle) -> list[Progress]:
    """How far the check is in every published contract, in a few statements."""
    pairs = await published_pairs(session, cycle)
    newest = {
        (row.contract_id, row.indicator_code): row
        for row in await _rows(session, [contract.id for contract, _, _ in pairs])
    }
    found = []
    for contract, agency, tree in pairs:
        figures = [(node.code, node.measure.actual) for node in reported(tree) if node.measure]
        stand = [
            row
            for code, actual in figures
            if (row := newest.get((contract.id or 0, code))) is not None and row.figure == actual
        ]
        answered = sum(row.answered_at is not None and row.verdict in DOUBTING for row in stand)
        verdicts = Counter(row.verdict for row in stand)
        found.append(Progress(contract, agency, len(figures), verdicts, answered))
    return found


async def work_of_verifiers(session: AsyncSession, cycle: Cycle) -> list[tuple[Person, int, datetime | None]]:
    """Every verifier with how many verdicts they gave in a cycle, and when the last one was."""
    query = (
        select(FigureCheck)
        .join(Contract, col(Contract.id) == col(FigureCheck.contract_id))
        .where(col(Contract.cycle_id) == cycle.id)
        .order_by(col(FigureCheck.id))
    )
    given: dict[int, list[datetime]] = {}
    for row in await session.exec(query):
        given.setdefault(row.checked_by, []).append(row.checked_at)
    people = await session.exec(
        select(Person).where(col(Person.role) == Role.VERIFIER).order_by(col(Person.id))
    )
    return [
        (who, len(times), times[-1] if times else None)
        for who in people
        for times in [given.get(who.id or 0, [])]
    ]


async def why_unchecked(session: AsyncSession, contract: Contract) -> str | None:
    """The reason an officer gave for letting the experts score figures of this contract that nobody had checked."""
    query = select(UncheckedFigures.reason).where(col(UncheckedFigures.contract_id) == contract.id)
    return (await session.exec(query)).first()


async def _rows(session: AsyncSession, contracts: Iterable[int | None]) -> list[FigureCheck]:
    query = (
        select(FigureCheck)
        .where(col(FigureCheck.contract_id).in_([each for each in contracts if each is not None]))
        .order_by(col(FigureCheck.id))
    )
    return list(await session.exec(query))


async def _figures(
    session: AsyncSession, contracts: Iterable[int | None]
) -> dict[tuple[int, str], Decimal | None]:
    of = [each for each in contracts if each is not None]
    query = (
        select(ContractNode.contract_id, ContractNode.code, col(IndicatorMeasure.actual))
        .join(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
        .where(col(ContractNode.contract_id).in_(of))
    )
    own = select(HeadTask.contract_id, HeadTask.code, col(HeadTask.actual)).where(
        col(HeadTask.contract_id).in_(of)
    )
    found = [*await session.exec(query), *await session.exec(own)]
    return {(contract_id, code): actual for contract_id, code, actual in found}


def _shown(row: FigureCheck) -> Check:
    return Check(
        row.verdict,
        row.note,
        row.checked_at,
        row.figure,
        row.found,
        row.backed,
        row.answer,
        row.answered_at,
    )
