"""The result of a round: told to the agency at its release and, with the contract, to everybody."""

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Contract, Cycle, Phase
from contracts.reading import tree_of
from contracts.writing.drafting import hold_contract
from contracts.writing.stops import free_signing
from evaluation.arithmetic.marks import MINIMUM_MARKS
from evaluation.difficulty.levels import Result, result_of
from evaluation.difficulty.ratings import levels_of
from evaluation.difficulty.rounds import DifficultyRound, active_round, has_changed, round_of, titles_of
from office import journal
from office.clock import now
from office.errors import Conflict, Refused
from office.i18n import N_
from office.people import Person


async def release(session: AsyncSession, cycle: Cycle, round_id: int, by: Person) -> None:
    """Close a round and tell the agency the result; from now on the contract may be signed."""
    require_phase(cycle, Phase.DRAFTING)
    opened = await round_of(session, cycle, round_id)
    await hold_contract(session, opened.contract)
    await session.refresh(opened.round)
    if not opened.round.open:
        raise Conflict(N_("이미 알린 결과입니다"))
    rated = len((await levels_of(session, [round_id])).get(round_id, {}))
    if rated < MINIMUM_MARKS:
        raise Refused(
            N_("난이도를 평가한 위원이 {n}명뿐입니다. {least}명 이상이어야 결과를 냅니다"),
            n=rated,
            least=MINIMUM_MARKS,
        )
    if await has_changed(session, cycle, opened):
        raise Conflict(N_("평가를 연 뒤에 계약의 내용이 바뀌었습니다. 거두고 다시 열어 주십시오"))
    opened.round.released_at = now()
    session.add(opened.round)
    await free_signing(session, opened.contract)
    await journal.record(
        session, by.actor, "difficulty.released", opened.contract.public_id, round=round_id, raters=rated
    )


async def released_result(session: AsyncSession, contract: Contract) -> tuple[DifficultyRound, Result] | None:
    """The result the agency and, with the contract, everybody may see."""
    found = await active_round(session, contract)
    if found is None or found.released_at is None:
        return None
    levels = (await levels_of(session, [found.id])).get(found.id or 0, {})
    return found, result_of(found.tasks, levels, titles_of(await tree_of(session, contract)))
