"""Letters to the trustees: an invitation, and a word whenever it is their turn; nobody has to come and look."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ceremony.duties import ACTING, Duty, duty_of
from ballots.model import Election, ElectionState, ElectionTrustee
from ballots.sequencer import lock
from ballots.setup import trustees_of
from office import journal
from office.carriers import Letter
from office.clock import Due, now
from office.database import Database
from office.errors import Conflict
from office.i18n import N_, translate
from office.outbox import Outbox
from office.people import Person, Role, people_with
from office.settings import Settings

LETTER = "trustee"
ALARM = "ceremony stopped"
INVITATION = N_(
    "[약속] 개표관리인 안내\n{name} 님, '{title}'의 개표관리인으로 정해지셨습니다. 개표관리인은 투표가 끝난 뒤 "
    "합계를 여는 열쇠를 나누어 맡는 사람입니다.\n{task}\n{link}\n연습을 먼저 해 보실 수 있습니다: {practice}"
)
REMINDER = N_("[약속] {title}\n{name} 님, {task}\n{link}")
TASKS = {
    Duty.KEY: N_("이제 열쇠를 만들어 주십시오. 10분쯤 걸립니다."),
    Duty.CERTIFICATE: N_("이제 열쇠를 만들어 주십시오(1단계). 10분쯤 걸립니다."),
    Duty.DEALING: N_(
        "모두 열쇠를 만들었습니다. 이제 조각을 나누어 주십시오(2단계). 열쇠 파일과 암호문장이 필요하고 3분쯤 걸립니다."
    ),
    Duty.CONFIRMATION: N_(
        "모두 조각을 나누었습니다. 이제 받은 조각을 확인해 주십시오(3단계). 열쇠 파일과 암호문장이 필요하고 3분쯤 걸립니다."
    ),
    Duty.SHARE: N_(
        "투표를 마감했습니다. 이제 합계를 열어 주십시오. 열쇠 파일과 암호문장이 필요하고 5분쯤 걸립니다."
    ),
}


async def call(session: AsyncSession, outbox: Outbox, settings: Settings, election: Election) -> int:
    """Write to every trustee whose turn it is and who has not been written to about it; how many letters."""
    places = await trustees_of(session, election)
    trustees = [trustee for trustee, _ in places]
    written = 0
    for trustee, person in places:
        duty = duty_of(election, trustee, trustees)
        if duty in ACTING and trustee.told != duty:
            await outbox.post(session, _letter(settings, election, person, duty, trustee.invited_at is None))
            trustee.told, trustee.invited_at = duty.value, trustee.invited_at or now()
            written += 1
    return written


async def call_again(
    session: AsyncSession, outbox: Outbox, settings: Settings, election: Election, by: Person
) -> None:
    """Remind everybody whose turn it is, because an officer asks for it."""
    await lock(session, election)
    for trustee, _ in await trustees_of(session, election):
        trustee.told = ""
    written = await call(session, outbox, settings, election)
    if not written:
        raise Conflict(N_("지금 할 일이 있는 개표관리인이 없습니다"))
    await journal.record(session, by.actor, "ballots.trustees-reminded", election.uuid, letters=written)


async def alarm(
    session: AsyncSession,
    outbox: Outbox,
    settings: Settings,
    election: Election,
    complaining: ElectionTrustee,
    against: str,
) -> None:
    """Tell the performance office, once, that the ceremony stopped, and whose share did not fit."""
    if complaining.told == Duty.STOPPED:
        return
    complaining.told = Duty.STOPPED.value
    text = translate(
        N_(
            "[약속] {title}\n열쇠 만들기가 멈추었습니다. {name} 님이 나눈 조각이 맞지 않는다는 이의가 나왔습니다. "
            "확인한 뒤 처음부터 다시 시작해 주십시오.\n{link}"
        ),
        title=election.title,
        name=against,
        link=f"{settings.base_url}/office/elections/{election.uuid}#trustees",
    )
    for officer in await people_with(session, Role.OFFICE):
        subject = translate(N_("[약속] 열쇠 만들기가 멈추었습니다"))
        await outbox.post(session, Letter("mail", officer.email, ALARM, subject, text))


def due_work(db: Database, settings: Settings, outbox: Outbox) -> Due:
    """Due work: once the encrypted totals of a closed vote stand, its trustees are asked to open them."""
    waiting = (
        select(Election.uuid)
        .join(ElectionTrustee, col(ElectionTrustee.election_id) == col(Election.id))
        .where(
            col(Election.state) == ElectionState.CLOSED,
            col(Election.tally_record).is_not(None),
            col(ElectionTrustee.share_record).is_(None),
            col(ElectionTrustee.told) != Duty.SHARE.value,
        )
        .distinct()
    )

    async def call_trustees() -> None:
        async with db.reading() as session:
            uuids = list(await session.exec(waiting))
        for uuid in uuids:
            async with db.writing() as session:
                election = (await session.exec(select(Election).where(col(Election.uuid) == uuid))).one()
                await lock(session, election)
                await call(session, outbox, settings, election)

    return call_trustees


def _letter(settings: Settings, election: Election, person: Person, duty: Duty, first: bool) -> Letter:
    here = f"{settings.base_url}/trustee/{election.uuid}"
    return Letter(
        channel="mail",
        recipient=person.email,
        purpose=LETTER,
        subject=translate(N_("[약속] 개표관리인 안내")),
        text=translate(
            INVITATION if first else REMINDER,
            title=election.title,
            name=person.name,
            task=translate(TASKS[duty]),
            link=here,
            practice=f"{here}/practice",
        ),
    )
