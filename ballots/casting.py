"""Casting: a ballot is shown, a code goes to the phone on the roll, code and ballot come back, and it is in the box.

Order of acts: form and signature are checked before a code is sent; the code and then every proof are checked before
one transaction spends the code and stores the ballot; only then is it acknowledged, and a message without content tells
the voter that a ballot came in.  A code casts the ballot it was asked for and no other; a ballot that its voter opened
to check it is never cast.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box, sequencer
from ballots.booths import booth_of
from ballots.checking import Checker
from ballots.model import BoxedBallot, Election, RollEntry
from ballots.notices import CODE_LETTER as CODE_LETTER
from ballots.notices import RECORDED_LETTER as RECORDED_LETTER
from ballots.notices import code_letter, recorded_letter
from ballots.protocol.ballot import check_signature, read_ballot, tracker
from ballots.protocol.batches import BATCH
from ballots.protocol.records import Ballot
from ballots.protocol.workers import opened_election
from office import codes
from office.clock import now
from office.database import Database
from office.errors import Conflict, Gone, Refused, TooLarge
from office.i18n import N_
from office.outbox import Outbox
from office.settings import Settings

PURPOSE = "cast"
ALREADY_THERE = N_("이미 접수된 투표지입니다. 다시 투표하시려면 처음부터 골라 주십시오")
OPENED = N_("확인하려고 열어 본 투표지는 낼 수 없습니다. 처음부터 다시 골라 주십시오")


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way: what the booth needs to know, the same for known and unknown links."""

    challenge: str
    expires_at: datetime
    resend_after: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The acknowledgement of a ballot that is committed.

    It goes on the board with those of `batch` voters, and at the latest at the close: `recorded_until`, if one is planned.
    """

    tracker: str
    recorded_until: datetime | None
    batch: int = BATCH


def subject_of(election: Election, entry: RollEntry) -> str:
    """What one-time codes know a voter by."""
    return f"{election.uuid}:{entry.id}"


def subject_for(election: Election, entry: RollEntry | None, credential: str) -> str:
    """What one-time codes know a credential by: its voter, or for an unknown one itself, counted and locked alike.

    The code is made and goes nowhere, so that nothing in any answer tells a known credential from an unknown one.
    """
    if entry is not None:
        return subject_of(election, entry)
    return f"{election.uuid}:unknown-{hashlib.sha256(credential.encode()).hexdigest()}"


def read(election: Election, raw: bytes) -> Ballot:
    """The cheap half of the checks: size, form, election and signature.  Raises `TooLarge` or `Invalid`."""
    if election.election_record is None:
        raise Conflict(N_("아직 투표가 시작되지 않았습니다. 시작되면 같은 링크로 투표하실 수 있습니다"))
    context = opened_election(election.election_record.encode())
    if len(raw) > context.ballot_limit:
        raise TooLarge(N_("이 투표에서 나올 수 있는 투표지보다 큽니다. 받은 링크로 다시 들어와 주십시오"))
    ballot = read_ballot(context, raw)
    check_signature(context, raw, ballot)
    return ballot


async def ask(
    session: AsyncSession, settings: Settings, outbox: Outbox, election: Election, raw: bytes
) -> Asked:
    """Take a ballot's form, and send a code to the person whose credential signed it.

    An unknown credential gets the same answers and no message.
    """
    box.require_open(election)
    ballot = read(election, raw)
    digest = tracker(raw)
    if await box.boxed(session, election, digest) is not None:
        raise Conflict(ALREADY_THERE)
    if await box.opened(session, election, digest):
        raise Conflict(OPENED)
    entry = await box.voter_with(session, election, ballot.credential)
    challenge, code = await codes.issue(
        session,
        settings,
        subject=subject_for(election, entry, ballot.credential),
        purpose=PURPOSE,
        binding=digest,
    )
    if entry is not None:
        await outbox.post(session, code_letter(election, entry, code))
    return _asked(challenge)


async def ask_again(
    session: AsyncSession, settings: Settings, outbox: Outbox, election: Election, challenge_id: str
) -> Asked:
    """Send the same code once more."""
    box.require_open(election)
    challenge, code = await codes.again(session, settings, challenge_id)
    uuid, _, key = (challenge.subject or "").partition(":")
    if challenge.purpose != PURPOSE or uuid != election.uuid:
        raise Gone(codes.ENDED)
    entry = await session.get(RollEntry, int(key)) if key.isdecimal() else None
    if entry is not None and entry.voided_at is None:
        await outbox.post(session, code_letter(election, entry, code))
    return _asked(challenge)


async def cast(
    db: Database,
    settings: Settings,
    outbox: Outbox,
    checker: Checker,
    uuid: str,
    *,
    challenge_id: str,
    code: str,
    raw: bytes,
    booth: str | None = None,
) -> Receipt:
    """Put a ballot into the box and acknowledge it; a repeated request gets the same answer.

    `booth` is the token of the assisted booth it is cast in, if any; an unknown one is refused before the code is tried.
    Raises `Refused` for a wrong code, `Invalid` for a ballot that proves nothing, `Busy` when the queue is full (the
    code stays unspent), `Conflict` when the vote has closed or the ballot is already there under another challenge.
    """
    digest = tracker(raw)
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        earlier = await _receipt(session, election, challenge_id, digest)
        if earlier is not None:
            return earlier
        box.require_open(election)
        ballot = read(election, raw)
        if await box.boxed(session, election, digest) is not None:
            raise Conflict(ALREADY_THERE)
        await booth_of(session, election, booth)

    try:
        async with db.writing() as session:
            outcome = await codes.try_code(
                session, settings, challenge_id=challenge_id, code=code, purpose=PURPOSE, binding=digest
            )
        if isinstance(outcome, Refused):
            raise outcome
        await checker.check((election.election_record or "").encode(), raw)
        async with db.writing() as session:
            return await _store(session, outbox, election, ballot, raw, outcome, booth)
    except (Conflict, Gone, IntegrityError) as trouble:
        # The same request came twice at once: this one answers what the other one did.
        async with db.reading() as session:
            earlier = await _receipt(session, election, challenge_id, digest)
        if earlier is not None:
            return earlier
        if isinstance(trouble, IntegrityError):
            raise Conflict(ALREADY_THERE) from None
        raise


async def _store(
    session: AsyncSession,
    outbox: Outbox,
    election: Election,
    ballot: Ballot,
    raw: bytes,
    right: codes.Right,
    booth: str | None,
) -> Receipt:
    """Spend the code, store the ballot and tell its voter: all or nothing."""
    assert election.id is not None  # noqa: S101 - a stored row
    await sequencer.held_open(session, election.id)
    entry = await box.voter_with(session, election, ballot.credential, lock=True)
    if entry is None or subject_of(election, entry) != right.subject:
        raise Conflict(N_("선거인명부에서 찾을 수 없습니다. 담당 부서에 전화해 주십시오"))
    place = await booth_of(session, election, booth)
    digest = tracker(raw)
    if await box.opened(session, election, digest):
        raise Conflict(OPENED)
    await codes.consume(session, right)
    assert entry.id is not None  # noqa: S101 - a stored row
    boxed = BoxedBallot(
        election_id=election.id,
        roll_entry_id=entry.id,
        challenge_id=right.challenge,
        digest=digest,
        body=raw.decode(),
        accepted_at=now(),
        booth_id=place.id if place else None,
    )
    session.add(boxed)
    await session.flush()
    await outbox.post(session, recorded_letter(election, entry))
    return _acknowledged(election, boxed)


async def _receipt(
    session: AsyncSession, election: Election, challenge_id: str, digest: str
) -> Receipt | None:
    """The acknowledgement of exactly this ballot under exactly this challenge, if it has been given."""
    query = select(BoxedBallot).where(
        col(BoxedBallot.challenge_id) == challenge_id,
        col(BoxedBallot.election_id) == election.id,
        col(BoxedBallot.digest) == digest,
    )
    found = (await session.exec(query)).first()
    return _acknowledged(election, found) if found is not None else None


def _acknowledged(election: Election, boxed: BoxedBallot) -> Receipt:
    return Receipt(boxed.digest, election.planned_close_at)


def _asked(challenge: codes.Challenge) -> Asked:
    return Asked(
        challenge.id, challenge.issued_at + codes.SHOWN_LIFE, int(codes.RESEND_AFTER.total_seconds())
    )
