"""The acts of the check: a verdict on a figure, on all that are left, and the end of it, when the experts begin."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import advance, hold, require_phase
from contracts.evidence.files import evidence_of
from contracts.files.spreadsheet import checked
from contracts.keeping.backing import Ground, grounds, unchecked
from contracts.keeping.checks import (
    NOTE_LENGTH,
    REASON_LENGTH,
    FigureCheck,
    UncheckedFigures,
    checks_of,
    progress_of,
    reported,
)
from contracts.model import Contract, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.doubt import DOUBTING, Verdict
from contracts.terms.tree import Node
from office import journal
from office.clock import now
from office.decimals import number, plain
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person


async def check(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> None:
    """Give a verdict on one figure: `code`, and `verdict-CODE`, `found-CODE`, `note-CODE`, `seen-CODE`.

    `seen` is the figure the page showed: if the body has corrected it since, the verdict is not on what stands (409).
    A figure without a file is right only where the verifier says to have looked at its source (`source-CODE`), or, where it
    names none, elsewhere (`looked-CODE`, and where in the note).
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
    ground = grounds(await tree_of(session, contract), await evidence_of(session, contract))[code]
    if said == Verdict.OK:
        wrong |= _lacking(code, ground, form, note.text)
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=wrong)
    verdict, words = Verdict(said), note.text
    if verdict is Verdict.OK and ground is Ground.SOURCE and not words:
        words = _looked_up(node)
    await _store(
        session,
        contract,
        {code: figure},
        verdict,
        by,
        found if verdict is Verdict.DIFFERS else None,
        {code: words},
        [code] if ground is Ground.FILE else (),
    )


def _lacking(code: str, ground: Ground, form: Mapping[str, str], note: str) -> dict[str, str]:
    """What has to be said before a figure without a file is called right."""
    if ground is Ground.SOURCE and form.get(f"source-{code}") != "yes":
        return {
            f"source-{code}": translate(
                N_("증빙자료가 없는 실적입니다. 자료 출처에서 확인하고 표시해 주십시오")
            )
        }
    if ground is Ground.NOTHING and form.get(f"looked-{code}") != "yes":
        return {
            f"looked-{code}": translate(
                N_("증빙자료도 자료 출처도 없는 실적입니다. 다른 곳에서 확인하고 표시해 주십시오")
            )
        }
    if ground is Ground.NOTHING and not note:
        return {f"note-{code}": translate(N_("어디에서 확인했는지 적어 주십시오"))}
    return {}


def _says_more(form: Mapping[str, str], code: str) -> bool:
    """Whether something is typed beside a figure that a plain "right" would lose."""
    typed = any(form.get(f"{name}-{code}", "").strip() for name in ("found", "note"))
    return typed or form.get(f"verdict-{code}") in DOUBTING


def _looked_up(node: Node) -> str:
    source = node.measure.source if node.measure else ""
    return translate(N_("자료 출처에서 확인: {source}"), source=source)


async def confirm_rest(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> list[str]:
    """Call the unchecked figures right that stand as the page showed them (`seen-CODE`) and that something backs.

    That is a file, or the source the figure names, where the verifier says to have looked there (`source-CODE`); the
    others stay open, as do those beside which the form holds a doubt or words not saved yet.  Returns what was confirmed.
    """
    await _open(session, cycle, contract, None)
    tree = await tree_of(session, contract)
    rest = unchecked(tree, await checks_of(session, contract), await evidence_of(session, contract))
    if not any(f"seen-{node.code}" in form for node in (*rest.backed, *rest.bare)):
        raise Conflict(N_("확인을 기다리는 실적이 없습니다"))
    looked_up = [node for node in rest.sourced if form.get(f"source-{node.code}") == "yes"]
    notes = {node.code: _looked_up(node) for node in looked_up}
    taken = [
        node
        for node in (*rest.backed, *looked_up)
        if f"seen-{node.code}" in form and not _says_more(form, node.code)
    ]
    if not taken:
        raise Refused(
            N_(
                "저장하지 않았습니다. 남은 실적에는 견주어 볼 증빙자료가 없습니다. 자료 출처에서 확인한 것을 표시하거나, 실적마다 결과를 골라 주십시오"
            )
        )
    figures = {
        node.code: node.measure.actual for node in taken if node.measure and node.measure.actual is not None
    }
    for code, figure in figures.items():
        _require_seen(form, code, figure)
    backed = {node.code for node in rest.backed}
    await _store(session, contract, figures, Verdict.OK, by, None, notes, backed)
    return list(figures)


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
    notes: Mapping[str, str],
    backed: Collection[str],
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
                note=notes.get(code, ""),
                backed=code in backed,
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
        found=None if found is None else plain(found),
    )


async def begin_scoring(
    session: AsyncSession, cycle: Cycle, by: Person, reason: str = "", *, early: bool = False
) -> None:
    """Freeze the figures and let the experts score, once every reported figure has been checked.

    Figures that nobody has checked, or that are known to differ, need a `reason`, which everybody can read.
    Before the planned day it takes an officer who says so (`early`).
    """
    # Whoever is reporting or checking at this moment comes before the count, or after the end.
    held = select(Cycle).where(col(Cycle.id) == cycle.id).with_for_update()
    await session.exec(held, execution_options={"populate_existing": True})
    lines = [line for line in await progress_of(session, cycle) if line.unsettled]
    said = checked(reason)
    if lines and (said.wrong or not said.text or len(said.text) > REASON_LENGTH):
        raise Refused(
            N_(
                "확인을 마치지 않은 실적이 {n}개 있습니다: {contracts}. 확인을 기다리거나, 이유를 적고 시작해 주십시오"
            ),
            fields={
                "reason": translate(
                    said.wrong or N_("누구나 볼 수 있는 이유를 {n}자 안으로 적어 주십시오"), n=REASON_LENGTH
                )
            },
            n=sum(line.unsettled for line in lines),
            contracts=", ".join(f"{line.agency.name} {line.unsettled}" for line in lines),
        )
    await advance(session, cycle, Phase.SCORING, by.actor, early=early)
    for line in lines:
        assert line.contract.id is not None  # noqa: S101 - a stored row
        session.add(
            UncheckedFigures(
                contract_id=line.contract.id, figures=line.unsettled, reason=said.text, stated_at=now()
            )
        )
        await journal.record(
            session,
            by.actor,
            "contract.unchecked",
            line.contract.public_id,
            figures=line.unsettled,
            reason=said.text,
        )
