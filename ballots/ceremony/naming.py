"""Who holds the key to the tally: mandatory trustees, and a group of which some suffice."""

from collections.abc import Sequence

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ceremony.duties import BEFORE
from ballots.model import Election, ElectionTrustee
from ballots.protocol.trustees import FEWEST
from ballots.sequencer import lock
from ballots.setup import require_state, trustees_of
from office import journal
from office.errors import Refused
from office.i18n import N_, translate
from office.people import Person, Role

MOST_TRUSTEES = 9

_KEY = ("key_record", "key_at", "told", "invited_at")
_CERTIFICATE = ("certificate", "certified_at", "invited_at")
_STEPS = (*_CERTIFICATE, "dealing", "dealt_at", "confirmation", "complaint", "key_record", "key_at", "told")


async def name_trustees(
    session: AsyncSession,
    election: Election,
    mandatory: Sequence[int],
    group: Sequence[int],
    threshold: int | None,
    by: Person,
) -> None:
    """Say who holds the key: people without whom nothing opens, and a group of whom `threshold` are enough.

    May be said again until the vote opens.  A mandatory trustee who stays keeps the key handed in.  Another group deals
    its shares again, those who stay with the keys they have; with another threshold it begins from the start, for what
    was once dealt to fewer hands could still be put together by fewer.
    """
    await lock(session, election)
    require_state(election, *BEFORE)
    await session.refresh(election)
    alone, together = list(dict.fromkeys(mandatory)), list(dict.fromkeys(group))
    enough = threshold if together else None
    _require_possible(alone, together, enough)
    await _require_trustees(session, [*alone, *together])
    before = [trustee for trustee, _ in await trustees_of(session, election)]
    same_group = [one.person_id for one in before if not one.mandatory] == together
    kept_in_group = () if election.threshold != enough else _STEPS if same_group else _CERTIFICATE
    begun = any(one.certificate is not None for one in before)
    seats = {(one.person_id, one.mandatory): one for one in before}
    await session.exec(delete(ElectionTrustee).where(col(ElectionTrustee.election_id) == election.id))
    assert election.id is not None  # noqa: S101 - a stored election
    for owner, person_id in enumerate([*alone, *together], start=1):
        alone_too = owner <= len(alone)
        seat = seats.get((person_id, alone_too))
        kept = {name: getattr(seat, name) for name in (_KEY if alone_too else kept_in_group)} if seat else {}
        session.add(
            ElectionTrustee(
                election_id=election.id, person_id=person_id, owner=owner, mandatory=alone_too, **kept
            )
        )
    election.threshold = enough
    await session.flush()
    await journal.record(
        session,
        by.actor,
        "ballots.trustees-named",
        election.uuid,
        trustees=len(alone) + len(together),
        mandatory=len(alone),
        threshold=enough,
        steps_again=begun and kept_in_group is not _STEPS,
    )


def _require_possible(alone: Sequence[int], together: Sequence[int], enough: int | None) -> None:
    both = set(alone) & set(together)
    if both:
        raise Refused(
            N_("한 사람을 두 번 정할 수 없습니다"),
            fields={"mandatory": translate(N_("위에서 고른 사람은 빼 주십시오"))},
        )
    if not FEWEST <= len(alone) + len(together) <= MOST_TRUSTEES:
        raise Refused(
            N_("개표관리인은 {least}명부터 {most}명까지 정할 수 있습니다"),
            fields={"person": translate(N_("두 명 이상 골라 주십시오. 혼자서는 개표할 수 없어야 합니다"))},
            least=FEWEST,
            most=MOST_TRUSTEES,
        )
    if len(together) == 1:
        raise Refused(
            N_("한 사람으로는 모임이 되지 않습니다"),
            fields={"person": translate(N_("두 명 이상 고르거나, 꼭 있어야 하는 사람으로 정해 주십시오"))},
        )
    if together and not (enough is not None and FEWEST <= enough <= len(together)):
        raise Refused(
            N_("몇 명이 모이면 열 수 있는지 정해 주십시오"),
            fields={
                "threshold": translate(
                    N_("{least}부터 {n}까지 적어 주십시오. 혼자서는 열 수 없어야 합니다"),
                    least=FEWEST,
                    n=len(together),
                )
            },
        )


async def _require_trustees(session: AsyncSession, chosen: Sequence[int]) -> None:
    query = select(Person.id).where(col(Person.id).in_(chosen), col(Person.role) == Role.TRUSTEE)
    if len(list(await session.exec(query))) != len(chosen):
        raise Refused(
            N_("개표관리인으로 등록된 사람만 정할 수 있습니다"),
            fields={"person": translate(N_("목록에서 골라 주십시오"))},
        )
