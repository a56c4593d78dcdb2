"""A letter to the body whose challenge (기피) has been decided; it names the member by number only."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract
from evaluation.experts.conflicts import Challenge
from office.carriers import Letter
from office.i18n import N_, translate
from office.outbox import Outbox
from office.people import Person, Role
from office.settings import Settings

PURPOSE = "challenge decided"
SUBJECT = N_("[약속] 기피 신청의 결과를 알려 드립니다")
TEXT = {
    True: N_(
        "{number}번 평가위원에 대한 기피 신청을 받아들였습니다. 이 위원은 귀 기관의 계약을 평가하지 않습니다.\n"
        "결정한 까닭은 아래에서 보실 수 있습니다.\n{link}"
    ),
    False: N_(
        "{number}번 평가위원에 대한 기피 신청을 받아들이지 않았습니다.\n"
        "결정한 까닭은 아래에서 보실 수 있습니다.\n{link}"
    ),
}


async def tell_agency(session: AsyncSession, outbox: Outbox, settings: Settings, decided: Challenge) -> None:
    """The officers and the head of the body that challenged learn what two officers decided."""
    query = (
        select(Person, Contract.public_id)
        .join(Agency, col(Agency.code) == col(Person.agency))
        .join(Contract, col(Contract.agency_id) == col(Agency.id))
        .where(col(Contract.id) == decided.contract_id, col(Person.role).in_((Role.OFFICER, Role.HEAD)))
        .order_by(col(Person.id))
    )
    for person, public_id in list(await session.exec(query)):
        link = f"{settings.base_url}/agency/contracts/{public_id}/evaluators"
        text = translate(TEXT[bool(decided.upheld)], number=decided.number, link=link)
        await outbox.post(session, Letter("mail", person.email, PURPOSE, translate(SUBJECT), text))
