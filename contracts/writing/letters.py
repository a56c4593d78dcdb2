"""Letters about the review of a contract: to the office when it is handed in or taken back, to the agency when decided."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.writing.review import ContractReview
from office.carriers import Letter
from office.i18n import N_, translate
from office.outbox import Outbox
from office.people import Person, Role, people_with
from office.settings import Settings

PURPOSE = "contract review"
HANDED_IN = N_("[약속] {agency}의 {year}년 계약을 검토해 주십시오")
TAKEN_BACK = N_("[약속] {agency}에서 {year}년 계약을 거두어들였습니다")
RETURNED = N_("[약속] {year}년 계약에 고칠 곳이 있습니다")
ACCEPTED = N_("[약속] {year}년 계약의 검토를 마쳤습니다")
TO_THE_OFFICE = N_(
    "{agency}에서 {year}년 성과계약을 제출했습니다({number}번째).\n"
    "읽고 의견을 적어 돌려보내거나 검토를 마쳐 주십시오.\n{link}"
)
TAKEN_BACK_BY_OFFICER = N_(
    "{agency}에서 제출한 {year}년 성과계약({number}번째)을 검토가 끝나기 전에 거두어들였습니다.\n"
    "고쳐서 다시 제출하면 알려 드립니다. 지금 하실 일은 없습니다.\n{link}"
)
TO_THE_OFFICER = {
    False: N_(
        "성과관리 담당이 의견을 적어 계약을 돌려보냈습니다.\n"
        "의견을 읽고 고친 뒤 답을 적어 다시 제출해 주십시오.\n{link}"
    ),
    True: N_("성과관리 담당이 검토를 마쳤습니다. 이제 기관장이 서명하면 됩니다.\n{link}"),
}
TO_THE_HEAD = N_("담당자가 쓴 계약의 검토를 마쳤습니다. 내용을 읽고 인증번호로 서명해 주십시오.\n{link}")


async def tell_office(
    session: AsyncSession,
    outbox: Outbox,
    settings: Settings,
    cycle: Cycle,
    contract: Contract,
    agency: Agency,
    review: ContractReview,
) -> None:
    """Every officer of the performance office learns that a contract waits for them, or does not any more."""
    subject, text = HANDED_IN, TO_THE_OFFICE
    if review.withdrawn_at is not None:
        subject, text = TAKEN_BACK, TAKEN_BACK_BY_OFFICER
    values = {"agency": agency.name, "year": cycle.year, "number": review.number}
    link = f"{settings.base_url}/agency/contracts/{contract.public_id}/review"
    for person in await people_with(session, Role.OFFICE):
        await _post(session, outbox, person, subject, text, link=link, **values)


async def tell_agency(
    session: AsyncSession,
    outbox: Outbox,
    settings: Settings,
    cycle: Cycle,
    contract: Contract,
    agency: Agency,
    *,
    accepted: bool,
) -> None:
    """The officers of an agency learn how the review ended; once it is accepted, the head learns that it may be signed."""
    here = f"{settings.base_url}/agency/contracts/{contract.public_id}"
    roles = (Role.OFFICER, Role.HEAD) if accepted else (Role.OFFICER,)
    query = select(Person).where(col(Person.agency) == agency.code, col(Person.role).in_(roles))
    subject = ACCEPTED if accepted else RETURNED
    for person in await session.exec(query.order_by(col(Person.id))):
        head = person.role is Role.HEAD
        text = TO_THE_HEAD if head else TO_THE_OFFICER[accepted]
        link = here if head else f"{here}/review"
        await _post(session, outbox, person, subject, text, link=link, year=cycle.year)


async def _post(
    session: AsyncSession, outbox: Outbox, person: Person, subject: str, text: str, **values: object
) -> None:
    letter = Letter("mail", person.email, PURPOSE, translate(subject, **values), translate(text, **values))
    await outbox.post(session, letter)
