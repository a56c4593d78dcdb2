"""A trustee's place in a vote, held so that nobody else changes it meanwhile, and what may be done from there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ceremony.duties import BEFORE, Duty, Group, group_of
from ballots.model import Election, ElectionTrustee
from ballots.protocol.records import TrusteeKey
from ballots.protocol.trustees import read_key
from ballots.sequencer import lock
from ballots.setup import place_of, require_state
from office.errors import Conflict, Refused
from office.i18n import N_
from office.people import Person


@dataclass(frozen=True)
class Place:
    """A trustee's place in a vote whose trustees nobody else can change meanwhile."""

    election: Election
    trustee: ElectionTrustee
    everybody: Sequence[ElectionTrustee]
    group: Group
    """The members; empty where all trustees are mandatory."""

    @property
    def number(self) -> int:
        """The trustee's number in the group."""
        return self.group.number_of(self.trustee)


async def place_in(session: AsyncSession, uuid: str, person: Person) -> Place:
    """This trustee's place, with the vote locked until the transaction ends."""
    election, trustee = await place_of(session, uuid, person)
    await lock(session, election)
    await session.refresh(election)
    trustees = await everybody(session, election)
    return Place(election, trustee, trustees, group_of(election, trustees) or Group((), 0))


async def everybody(session: AsyncSession, election: Election) -> list[ElectionTrustee]:
    """The trustees as they are now, whatever this session has seen of them before the lock."""
    query = select(ElectionTrustee).where(col(ElectionTrustee.election_id) == election.id)
    query = query.order_by(col(ElectionTrustee.owner)).execution_options(populate_existing=True)
    return list(await session.exec(query))


def require_going_on(place: Place, step: Duty = Duty.CERTIFICATE) -> None:
    """`Conflict` unless the ceremony is at this step (the first may always be taken anew)."""
    require_state(place.election, *BEFORE)
    if place.group.step is Duty.STOPPED:
        raise Conflict(
            N_(
                "맞지 않는 조각이 나와 열쇠 만들기를 멈추었습니다. 성과관리 담당이 다시 시작하면 알려 드립니다"
            )
        )
    if step is not Duty.CERTIFICATE and place.group.step is not step:
        raise Conflict(N_("지금 할 단계가 아닙니다. 화면을 새로 고쳐 확인해 주십시오"))


def require_own(place: Place, person: Person, key: TrusteeKey) -> None:
    """Refuse a key under another name, or one that somebody else has handed in."""
    if key.name not in (None, person.name):
        raise Refused(
            N_("열쇠에 적힌 이름이 {name} 님과 다릅니다. 화면을 새로 고쳐 다시 만들어 주십시오"),
            name=person.name,
        )
    others = [other.key_record for other in place.everybody if other.id != place.trustee.id]
    if key.public_key in {read_key(record.encode()).public_key for record in others if record}:
        raise Refused(N_("다른 개표관리인이 이미 낸 열쇠입니다. 자기 열쇠를 새로 만들어 주십시오"))
