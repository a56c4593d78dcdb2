"""The external check of figures: a verifier compares what was reported with its evidence, before the experts score."""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, ContractNode, Cycle, IndicatorMeasure
from contracts.reading import published_pairs
from contracts.terms.tree import ContractTree, Node, indicators
from office.database import DecimalText, choice
from office.decimals import shown
from office.i18n import N_, translate
from office.people import Person, Role

NOTE_LENGTH, REASON_LENGTH = 500, 300


class Verdict(enum.StrEnum):
    """What a verifier finds of a figure."""

    OK = "ok"
    DIFFERS = "differs"
    UNCLEAR = "unclear"


VERDICT_LABELS = {
    Verdict.OK: N_("맞음"),
    Verdict.DIFFERS: N_("다름"),
    Verdict.UNCLEAR: N_("확인할 수 없음"),
}
VERDICT_TONES = {Verdict.OK: "success", Verdict.DIFFERS: "danger", Verdict.UNCLEAR: "warning"}


class FigureCheck(SQLModel, table=True):
    """One verdict on one reported figure; a later one on the same indicator replaces it, and both are kept.

    `figure` is what was looked at: once the body corrects it, the verdict no longer stands.
    """

    __tablename__ = "figure_check"

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    indicator_code: str = Field(max_length=60)
    verdict: Verdict = Field(sa_type=choice(Verdict))
    figure: Decimal = Field(sa_type=DecimalText)
    found: Decimal | None = Field(default=None, sa_type=DecimalText)
    note: str = Field(default="", max_length=NOTE_LENGTH)
    checked_by: int = Field(foreign_key="person.id")
    checked_at: datetime


class UncheckedFigures(SQLModel, table=True):
    """Why an officer let the experts score figures of a contract that were unchecked, or known to differ."""

    __tablename__ = "unchecked_figures"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True)
    figures: int
    reason: str = Field(max_length=REASON_LENGTH)
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict as pages show it; `found` is the figure the verifier found instead of `figure`."""

    verdict: Verdict
    note: str
    at: datetime
    figure: Decimal
    found: Decimal | None = None


def differing(checks: Mapping[str, Check]) -> frozenset[str]:
    """The codes of the figures that were found to be different."""
    return frozenset(code for code, check in checks.items() if check.verdict is Verdict.DIFFERS)


def differs_said(check: Check | None, unit: str) -> str:
    """That a figure is not what the check found, with both, in the language of the request; else nothing."""
    if check is None or check.verdict is not Verdict.DIFFERS:
        return ""
    if check.found is None:
        said = N_("실적이 확인 결과와 다릅니다: 보고 {reported}")
        return translate(said, reported=f"{shown(check.figure)}{unit}")
    return translate(
        N_("실적이 확인 결과와 다릅니다: 보고 {reported}, 확인 {found}"),
        reported=f"{shown(check.figure)}{unit}",
        found=f"{shown(check.found)}{unit}",
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the check of one contract is: its reported figures, and how many have which verdict."""

    contract: Contract
    agency: Agency
    reported: int
    verdicts: Counter[Verdict]

    @property
    def waiting(self) -> int:
        """Figures nobody has checked as they stand now."""
        return self.reported - self.verdicts.total()

    @property
    def unsettled(self) -> int:
        """Figures that are unchecked, or known to be different and not corrected."""
        return self.waiting + self.verdicts[Verdict.DIFFERS]


def reported(tree: ContractTree) -> list[Node]:
    """The indicators with a figure to check."""
    return [node for node in indicators(tree) if node.measure and node.measure.actual is not None]


async def checks_of(session: AsyncSession, contract: Contract) -> dict[str, Check]:
    """The verdicts that stand, by indicator code: each the newest, and on the figure as it is reported now."""
    newest = {row.indicator_code: row for row in await _rows(session, [contract.id])}
    if not newest:
        return {}
    return _standing(newest.values(), await _figures(session, [contract.id]))


async def past_checks(session: AsyncSession, contract: Contract) -> dict[str, list[Check]]:
    """Every verdict there has been, by indicator code, the oldest first."""
    found: dict[str, list[Check]] = {}
    for row in await _rows(session, [contract.id]):
        found.setdefault(row.indicator_code, []).append(_shown(row))
    return found


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
        found.append(Progress(contract, agency, len(figures), Counter(row.verdict for row in stand)))
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


async def _figures(session: AsyncSession, contracts: Iterable[int | None]) -> dict[str, Decimal | None]:
    query = (
        select(ContractNode, IndicatorMeasure)
        .join(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
        .where(col(ContractNode.contract_id).in_([each for each in contracts if each is not None]))
    )
    return {node.code: measure.actual for node, measure in await session.exec(query)}


def _standing(rows: Iterable[FigureCheck], figures: Mapping[str, Decimal | None]) -> dict[str, Check]:
    return {row.indicator_code: _shown(row) for row in rows if figures.get(row.indicator_code) == row.figure}


def _shown(row: FigureCheck) -> Check:
    return Check(row.verdict, row.note, row.checked_at, row.figure, row.found)
