"""Beginning a contract on a page: from nothing, or from last year's with its figures moved into the past."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import contracts_of_agency, tree_of
from contracts.terms.tree import ContractTree, Measure, Node
from contracts.writing.drafting import insert_trees, public_id_of
from contracts.writing.wording import PAST_YEARS
from office import journal
from office.database import insert_or_keep
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person


async def begin(
    session: AsyncSession, cycle: Cycle, person: Person, *, name: str = "", from_last: bool = False
) -> Contract:
    """A new draft of the officer's agency; `name` is taken where the agency has never had a contract.

    `Conflict` where this year's contract is there already, or there is no earlier one to begin from.
    """
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    agency = await _agency(session, person, name)
    found = await contracts_of_agency(session, agency.code)
    if any(its_cycle.id == cycle.id for _, _, its_cycle in found):
        raise Conflict(N_("올해 계약이 이미 있습니다. 그 계약을 이어서 써 주십시오"))
    last = next(((each, of) for each, _, of in found if of.year < cycle.year), None)
    if from_last and last is None:
        raise Conflict(N_("바탕으로 삼을 지난 계약이 없습니다. 빈 계약에서 시작해 주십시오"))
    contract = Contract(
        cycle_id=cycle.id or 0, agency_id=agency.id or 0, public_id=public_id_of(cycle.year, agency.code)
    )
    session.add(contract)
    await session.flush()
    source = {}
    if from_last and last is not None and contract.id is not None:
        tree = carried_over(await tree_of(session, last[0]), last[1].year, cycle.year)
        await insert_trees(session, [(contract.id, tree)])
        source = {"from": last[0].public_id}
    await journal.record(session, person.actor, "contract.begun", contract.public_id, **source)
    return contract


async def _agency(session: AsyncSession, person: Person, name: str) -> Agency:
    """The officer's agency, kept for this transaction: of two officers who begin at once, one is told so."""
    held = select(Agency).where(col(Agency.code) == (person.agency or "")).with_for_update()
    if (agency := (await session.exec(held)).first()) is not None:
        return agency
    text = checked(name)
    wrong = translate(text.wrong) if text.wrong else ""
    if not text.text:
        wrong = translate(N_("기관 이름을 적어 주십시오"))
    elif len(text.text) > LONGEST["agency"]:
        wrong = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=LONGEST["agency"])
    if wrong:
        raise Refused(N_("계약을 시작하지 못했습니다. 표시한 칸을 고쳐 주십시오"), fields={"agency": wrong})
    await insert_or_keep(session, Agency, code=person.agency or "", name=text.text, kind="")
    return (await session.exec(held)).one()


def carried_over(tree: ContractTree, last: int, year: int) -> ContractTree:
    """Last year's contract as this year's first draft.

    Its actual figures become the newest past ones, of which the last five years stay; targets, actual figures and
    results are blank again.  Everything else stays as it was, to be looked through.
    """
    return replace(tree, children=tuple(_carried(node, last, year) for node in tree.children))


def _carried(node: Node, last: int, year: int) -> Node:
    return replace(
        node,
        result="",
        measure=node.measure and _shifted(node.measure, last, year),
        children=tuple(_carried(child, last, year) for child in node.children),
    )


def _shifted(measure: Measure, last: int, year: int) -> Measure:
    past = dict(measure.history)
    if measure.actual is not None:
        past[last] = measure.actual
    kept = tuple(sorted((each, value) for each, value in past.items() if year - PAST_YEARS <= each < year))
    return replace(measure, history=kept, baseline=None, target=None, actual=None)
