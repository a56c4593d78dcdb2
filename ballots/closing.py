"""Closing and counting: the last ballots go on the board, the encrypted totals follow, the trustees open them.

The close itself is one short transaction.  What takes long is computed between transactions, in a thread; whoever comes
first writes it, and the clock finishes what a stopped process left undone.
"""

import asyncio
import logging

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import certificate
from ballots.model import BoxedBallot, Election, ElectionState, EventKind
from ballots.protocol import board
from ballots.protocol.election import open_election
from ballots.protocol.records import SizedTally, decode, number_of
from ballots.protocol.refusals import Invalid
from ballots.protocol.tally import Tally, encrypted_tally, result_record
from ballots.protocol.trustees import check_partial_decryption, read_key, read_trustees
from ballots.sequencer import append, lock, publish_waiting
from ballots.setup import place_of, require_state, trustees_of
from contracts.cycles import enter_phase, hold
from contracts.model import Cycle, Phase
from office import journal
from office.approval import agreed
from office.clock import now
from office.database import Database
from office.errors import Conflict, NotFound, Refused, TooLarge
from office.i18n import N_
from office.people import Person

ACT = "ballots.close"
ITSELF = "yaksok"
"""Who the journal names for what follows by itself."""
LARGEST_SHARE = 1024 * 1024
"""Bytes of a partial decryption; 200 options need about 200 KB."""

log = logging.getLogger(__name__)


async def close(session: AsyncSession, election: Election, by: Person) -> bool:
    """Close the vote once two officers have asked for it; False after the first of them.

    Every ballot acknowledged before stands on the board then, and none can follow.
    """
    await lock(session, election)
    require_state(election, ElectionState.OPEN)
    if not await agreed(session, act=ACT, subject=election.uuid, by=by):
        return False
    await publish_waiting(session, election, everything=True)
    await append(session, election, EventKind.END_BALLOTS, board.end_ballots)
    election.state, election.closed_at = ElectionState.CLOSED, now()
    await certificate.draw_up(session, election, act=ACT)
    await journal.record(
        session,
        by.actor,
        "ballots.closed",
        election.uuid,
        events=election.board_height,
        board_sha256=election.board_parent,
    )
    return True


async def finish(db: Database) -> None:
    """Do what a close or the last share that was needed leads to; safe to call at any time, as often as one likes."""
    closed = select(Election.uuid, col(Election.tally_record).is_(None)).where(
        col(Election.state) == ElectionState.CLOSED
    )
    async with db.reading() as session:
        elections = list(await session.exec(closed))
    for uuid, not_added_up in elections:
        try:
            if not_added_up:
                await _add_up(db, uuid)
            else:
                await _open_totals(db, uuid)
        except Invalid:
            # The records on the board do not fit together: people have to look, the others' votes go on.
            log.exception("the tally of election %s cannot be finished", uuid)


async def tally_bytes(session: AsyncSession, uuid: str, person: Person) -> bytes:
    """The encrypted totals, for the trustee's browser."""
    election, _ = await place_of(session, uuid, person)
    if election.tally_record is None:
        raise NotFound(N_("아직 마감하지 않은 투표입니다. 마감하면 개표할 수 있습니다"))
    return election.tally_record.encode()


async def store_share(db: Database, uuid: str, person: Person, raw: bytes) -> None:
    """Take a trustee's share of the decryption, after checking every proof in it; the same bytes again are welcome."""
    if len(raw) > LARGEST_SHARE:
        raise TooLarge
    async with db.reading() as session:
        election, trustee = await place_of(session, uuid, person)
    if trustee.share_record is not None:
        if trustee.share_record == raw.decode(errors="replace"):
            return
        raise Conflict(N_("{name} 님은 이미 개표를 마쳤습니다"), name=person.name)
    require_state(election, ElectionState.CLOSED)
    if election.tally_record is None or election.fingerprint is None or trustee.key_record is None:
        raise Conflict(N_("투표지를 모으고 있습니다. 1분쯤 뒤에 다시 해 주십시오"))
    key = read_key(trustee.key_record.encode()).public_key
    try:
        await asyncio.to_thread(
            check_partial_decryption, election.fingerprint, election.tally_record.encode(), key, raw
        )
    except Invalid:
        raise Refused(
            N_(
                "{name} 님의 부분 개표가 이 투표의 열쇠와 맞지 않아 저장하지 않았습니다. "
                "이 투표에서 내려받은 열쇠 파일인지 확인하고 다시 해 주십시오"
            ),
            name=person.name,
        ) from None
    async with db.writing() as session:
        election, trustee = await place_of(session, uuid, person)
        await lock(session, election)
        await session.refresh(trustee)
        require_state(election, ElectionState.CLOSED)
        if trustee.share_record is not None:
            raise Conflict(N_("{name} 님은 이미 개표를 마쳤습니다"), name=person.name)
        trustee.share_record, trustee.share_at = raw.decode(), now()
        owner = trustee.owner
        await append(
            session,
            election,
            EventKind.PARTIAL_DECRYPTION,
            lambda head: board.add_partial_decryption(head, owner, raw),
            owner=owner,
        )
        await journal.record(session, person.actor, "ballots.share-given", uuid, owner=owner)


async def _add_up(db: Database, uuid: str) -> None:
    """Multiply the ballots into the encrypted totals, and put these on the board."""
    async with db.reading() as session:
        election = await _election(session, uuid)
        query = select(BoxedBallot.body).where(col(BoxedBallot.election_id) == election.id)
        bodies = list(await session.exec(query.order_by(col(BoxedBallot.height))))
    tally = await asyncio.to_thread(_tally, election, bodies)
    async with db.writing() as session:
        election = await _election(session, uuid, lock=True)
        if election.tally_record is not None:
            return
        election.tally_record, election.sized_record = tally.raw.decode(), tally.sized.decode()
        await append(
            session,
            election,
            EventKind.ENCRYPTED_TALLY,
            lambda head: board.add_encrypted_tally(head, tally.raw, tally.sized),
        )
        await journal.record(session, ITSELF, "ballots.added-up", uuid, voters=tally.num_tallied)


def _tally(election: Election, bodies: list[str]) -> Tally:
    context = open_election(
        (election.election_record or "").encode(), (election.credentials_record or "").encode()
    )
    return encrypted_tally(context, (body.encode() for body in bodies))


async def _open_totals(db: Database, uuid: str) -> None:
    """Put the shares together once enough trustees have answered, and finish the board with the result."""
    async with db.reading() as session:
        election = await _election(session, uuid)
        shares = {
            trustee.owner: trustee.share_record.encode()
            for trustee, _ in await trustees_of(session, election)
            if trustee.share_record is not None
        }
    trustees = read_trustees((election.trustees_record or "").encode())
    if not trustees.enough(shares):
        return
    sized = decode((election.sized_record or "").encode(), SizedTally)
    raw = await asyncio.to_thread(
        result_record,
        (election.tally_record or "").encode(),
        trustees,
        shares,
        number_of(sized.total_weight),
    )
    async with db.writing() as session:
        election = await _election(session, uuid, lock=True)
        if election.state is not ElectionState.CLOSED:
            return
        cycle = await session.get_one(Cycle, election.cycle_id)
        await hold(session, cycle, alone=True)
        election.result_record = raw.decode()
        await append(session, election, EventKind.RESULT, lambda head: board.add_result(head, raw))
        election.state = ElectionState.TALLIED
        await journal.record(session, ITSELF, "ballots.tallied", uuid, board_sha256=election.board_parent)
        await enter_phase(session, cycle, Phase.TALLIED, ITSELF)


async def _election(session: AsyncSession, uuid: str, *, lock: bool = False) -> Election:
    query = select(Election).where(col(Election.uuid) == uuid)
    return (await session.exec(query.with_for_update() if lock else query)).one()
