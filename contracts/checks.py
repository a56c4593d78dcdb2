"""The external check of figures: a verifier compares what was reported with its evidence, before the experts score."""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.model import Agency, Contract, ContractNode, Cycle, IndicatorMeasure, Phase
from contracts.reading import published_pairs, tree_of
from contracts.spreadsheet import checked
from contracts.tree import ContractTree, Node, indicators
from office import journal
from office.clock import now
from office.database import DecimalText, choice
from office.decimals import number, plain
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role

NOTE_LENGTH = 500


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


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict as pages show it; `found` is the figure the verifier found instead of `figure`."""

    verdict: Verdict
    note: str
    at: datetime
    figure: Decimal
    found: Decimal | None = None


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


async def check(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> None:
    """Give a verdict on one figure: `code`, and `verdict-CODE`, `found-CODE`, `note-CODE`, `seen-CODE`.

    `seen` is the figure the page showed: if the body has corrected it since, the verdict is not on what stands (409).
    """
    node = await _open(session, cycle, contract, form.get("code", ""))
    code = node.code
    figure = node.measure.actual if node.measure else None
    assert figure is not None  # noqa: S101 - _open takes only figures that are reported
    _require_seen(form, code, figure)
    wrong: dict[str, str] = {}
    typed = form.get(f"found-{code}", "").strip()
    found = number(typed) if typed else None
    note = checked(form.get(f"note-{code}", ""))
    said = form.get(f"verdict-{code}", "")
    if said not in tuple(Verdict):
        wrong[f"verdict-{code}"] = translate(N_("맞음, 다름, 확인할 수 없음 가운데 하나를 골라 주십시오"))
    if typed and found is None:
        wrong[f"found-{code}"] = translate(N_("단위 없이 숫자만 적어 주십시오(예: 1,234.5)"))
    if note.wrong or len(note.text) > NOTE_LENGTH:
        wrong[f"note-{code}"] = translate(note.wrong or N_("설명은 {n}자까지 쓸 수 있습니다"), n=NOTE_LENGTH)
    if said == Verdict.DIFFERS and not typed and not note.text:
        wrong[f"found-{code}"] = translate(N_("확인한 값이나 설명을 적어 주십시오"))
    if said == Verdict.DIFFERS and found == figure:
        wrong[f"found-{code}"] = translate(N_("보고한 실적과 같은 값입니다. 같으면 ‘맞음’을 골라 주십시오"))
    if said == Verdict.UNCLEAR and not note.text:
        wrong[f"note-{code}"] = translate(N_("무엇이 없어 확인할 수 없는지 적어 주십시오"))
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=wrong)
    verdict = Verdict(said)
    await _store(
        session,
        contract,
        {code: figure},
        verdict,
        by,
        found if verdict is Verdict.DIFFERS else None,
        note.text,
    )


async def confirm_rest(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> int:
    """Call every figure right that has no verdict yet and stands as the page showed it (`seen-CODE`); returns how many."""
    await _open(session, cycle, contract, None)
    known = await checks_of(session, contract)
    rest = {
        node.code: node.measure.actual
        for node in reported(await tree_of(session, contract))
        if node.code not in known
        and f"seen-{node.code}" in form
        and node.measure
        and node.measure.actual is not None
    }
    for code, figure in rest.items():
        _require_seen(form, code, figure)
    if not rest:
        raise Conflict(N_("확인을 기다리는 실적이 없습니다"))
    await _store(session, contract, rest, Verdict.OK, by, None, "")
    return len(rest)


async def _open(session: AsyncSession, cycle: Cycle, contract: Contract, code: str | None) -> Node:
    await hold(session, cycle)
    require_phase(cycle, Phase.REPORTING)
    found = reported(await tree_of(session, contract))
    node = next((each for each in found if code in (None, each.code)), None)
    if node is None:
        raise NotFound(N_("확인할 실적이 없습니다. 기관이 실적을 지웠을 수 있습니다"))
    return node


def _require_seen(form: Mapping[str, str], code: str, figure: Decimal) -> None:
    if number(form.get(f"seen-{code}", "")) != figure:
        raise Conflict(N_("그 사이에 기관이 실적을 고쳤습니다. 화면을 새로 고쳐 지금 값을 확인해 주십시오"))


async def _store(
    session: AsyncSession,
    contract: Contract,
    figures: Mapping[str, Decimal],
    verdict: Verdict,
    by: Person,
    found: Decimal | None,
    note: str,
) -> None:
    assert contract.id is not None and by.id is not None  # noqa: S101 - stored rows
    moment = now()
    for code, figure in figures.items():
        session.add(
            FigureCheck(
                contract_id=contract.id,
                indicator_code=code,
                verdict=verdict,
                figure=figure,
                found=found,
                note=note,
                checked_by=by.id,
                checked_at=moment,
            )
        )
    await journal.record(
        session,
        by.actor,
        "contract.checked",
        contract.public_id,
        verdict=verdict.value,
        indicators=sorted(figures),
        figures={code: plain(figure) for code, figure in figures.items()},
    )


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
