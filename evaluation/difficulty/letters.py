"""A letter to every member who may rate a contract's difficulty; it names no body, as the pages do not."""

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle
from evaluation.difficulty.rounds import DifficultyRound
from evaluation.experts.committee import serving
from evaluation.experts.conflicts import barred_pairs
from office.carriers import Letter
from office.i18n import N_, translate
from office.outbox import Outbox
from office.settings import Settings

PURPOSE = "difficulty"
SUBJECT = N_("[약속] 난이도를 평가할 계약이 있습니다")
TEXT = N_(
    "어느 기관의 계약인지 가린 과제 {tasks}개의 난이도를 골라 주십시오.\n{link}\n"
    "결과를 알릴 때까지 고치실 수 있습니다. 이 계약은 결과가 나온 뒤에 서명합니다."
)


async def tell_raters(
    session: AsyncSession, outbox: Outbox, settings: Settings, cycle: Cycle, opened: DifficultyRound
) -> None:
    """Every member within the term and without a conflict of interest learns that there is something to rate."""
    barred = await barred_pairs(session, cycle)
    link = f"{settings.base_url}/evaluation/difficulty/{opened.id}"
    text = translate(TEXT, tasks=len(opened.tasks), link=link)
    for person in await serving(session):
        if (opened.contract_id, person.id or 0) not in barred:
            await outbox.post(session, Letter("mail", person.email, PURPOSE, translate(SUBJECT), text))
