"""The certificate of reconciliation: counted in the transaction that closes a vote, signed by the officers who closed it.

Where the numbers do not fit, the vote is not closed: what was done is undone, and the journal says what did not fit.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import reconciliation, roll
from ballots.booths import booths_of
from ballots.letters import letters_of, undelivered
from ballots.model import (
    BoardEvent,
    BoxedBallot,
    CertificateSignature,
    Election,
    EventKind,
    OpenedBallot,
    RollEntry,
)
from ballots.protocol.credentials import read_credentials
from ballots.protocol.records import sha256_hex
from ballots.reconciliation import FORMAT, Certificate, Equation, Opened
from ballots.results import Tally
from office import journal
from office.approval import confirmed
from office.clock import now
from office.database import after_rollback
from office.errors import Conflict, Forbidden, NotFound
from office.i18n import N_
from office.people import Person, require_totp
from office.settings import Settings

REFUSED = "ballots.close-refused"

log = logging.getLogger(__name__)


async def draw_up(session: AsyncSession, election: Election, *, act: str) -> None:
    """Count, and keep the record, in the closing transaction of `act`; `Conflict` where the numbers do not fit."""
    certificate = await count(session, election, await closers(session, election, act))
    wrong = [equation for equation in reconciliation.equations(certificate) if not equation.holds]
    if wrong:
        _alarm(session, election.uuid, wrong)
        raise Conflict(
            N_(
                "투표를 마감하지 않았습니다. 사람과 투표지의 수가 맞지 않습니다({wrong}). "
                "업무 기록을 확인하고 운영자에게 알려 주십시오"
            ),
            wrong="; ".join(equation.said() for equation in wrong),
        )
    election.certificate_record = reconciliation.encode(certificate).decode()


def _alarm(session: AsyncSession, uuid: str, wrong: Sequence[Equation]) -> None:
    """The refusal undoes everything else; the journal keeps that it happened, and why."""
    found = {equation.code: equation.sides for equation in wrong}
    log.error("the vote %s cannot be closed, its numbers do not fit: %s", uuid, found)

    async def note(session: AsyncSession) -> None:
        await journal.record(session, "yaksok", REFUSED, uuid, **found)

    after_rollback(session, note)


async def closers(session: AsyncSession, election: Election, act: str) -> list[Person]:
    """The two officers who agreed on closing the vote."""
    agreement = await confirmed(session, act, election.uuid)
    if agreement is None or agreement.second_by is None:
        raise NotFound(N_("이 투표를 마감한 두 담당자를 찾을 수 없습니다"))
    return [await session.get_one(Person, by) for by in (agreement.first_by, agreement.second_by)]


async def count(session: AsyncSession, election: Election, officers: Sequence[Person]) -> Certificate:
    """Every number of the certificate, each from its own place in the database."""
    listed_weights = read_credentials((election.credentials_record or "").encode())
    entries = await roll.roll_of(session, election)
    last = await _last_ballots(session, election)
    places = {booth.id: booth.place for booth in await booths_of(session, election)}
    cast_in = Counter(places[booth] for booth in last.values() if booth in places)
    here = col(BoxedBallot.election_id) == election.id
    voters = select(BoxedBallot.roll_entry_id).where(here)
    idle = select(func.count(col(RollEntry.id))).where(
        col(RollEntry.election_id) == election.id,
        col(RollEntry.voided_at).is_(None),
        col(RollEntry.id).not_in(voters),
    )
    on_board = select(func.count(col(BoardEvent.id))).where(
        col(BoardEvent.election_id) == election.id, col(BoardEvent.kind) == EventKind.BALLOT
    )
    opened = select(OpenedBallot.digest).where(col(OpenedBallot.election_id) == election.id)
    unreached = (await letters_of(session, election)).unreached
    closed_at = (election.closed_at or now()).astimezone(UTC)
    return Certificate(
        format=FORMAT,
        election=reconciliation.Named(election.uuid, election.title, election.fingerprint or ""),
        roll=reconciliation.RollCount(
            listed=len(entries),
            credentials=len(listed_weights),
            voted=(
                await session.exec(select(func.count(func.distinct(BoxedBallot.roll_entry_id))).where(here))
            ).one(),
            not_voted=(await session.exec(idle)).one(),
            voided=sum(entry.voided_at is not None for entry in entries),
            voted_weight=sum(entry.weight for entry in entries if entry.id in last),
            changes=_changes(entries, listed_weights),
            unchanged=await roll.unchanged(session, election),
        ),
        ballots=reconciliation.BallotCount(
            accepted=(await session.exec(select(func.count(col(BoxedBallot.id))).where(here))).one(),
            on_board=(await session.exec(on_board)).one(),
            replaced=await _replaced(session, election),
            opened=len(list(await session.exec(opened))),
            opened_and_cast=(
                await session.exec(
                    select(func.count(col(BoxedBallot.id))).where(here, col(BoxedBallot.digest).in_(opened))
                )
            ).one(),
        ),
        origins=reconciliation.origins(sum(booth is None for booth in last.values()), cast_in),
        messages=reconciliation.Messages(
            undelivered=await undelivered(session, election),
            without_link=len(unreached),
            without_link_weight=sum(entry.weight for entry in unreached),
        ),
        board=reconciliation.BoardHead(election.board_parent, election.board_height),
        closed_at=closed_at.isoformat(timespec="seconds"),
        officers=tuple(person.name for person in officers),
    )


async def _last_ballots(session: AsyncSession, election: Election) -> dict[int, int | None]:
    """By voter, the booth in which the ballot that counts was cast (the last one on the board)."""
    query = select(BoxedBallot.roll_entry_id, BoxedBallot.booth_id).where(
        col(BoxedBallot.election_id) == election.id
    )
    return dict((await session.exec(query.order_by(col(BoxedBallot.height)))).all())


async def _replaced(session: AsyncSession, election: Election) -> int:
    """Ballots after which the same voter has another one on the board."""
    later = aliased(BoxedBallot)
    follows = (
        select(later.id)
        .where(col(later.roll_entry_id) == col(BoxedBallot.roll_entry_id))
        .where(col(later.height) > col(BoxedBallot.height))
        .exists()
    )
    query = select(func.count(col(BoxedBallot.id))).where(
        col(BoxedBallot.election_id) == election.id, follows
    )
    return (await session.exec(query)).one()


def _changes(entries: Sequence[RollEntry], listed: dict[str, int]) -> int:
    """Entries that are not what they were at the opening: voided, gone, new, or of another weight or credential."""
    stand = {entry.credential: entry.weight for entry in entries}
    moved = sum(listed.get(credential or "") != weight for credential, weight in stand.items())
    gone = sum(credential not in stand for credential in listed)
    return moved + gone + sum(entry.voided_at is not None for entry in entries)


def read(election: Election) -> tuple[bytes, Certificate]:
    """The record and what it says; `NotFound` before the close."""
    if election.certificate_record is None:
        raise NotFound(N_("아직 마감하지 않은 투표입니다. 마감하면 확인서가 나옵니다"))
    raw = election.certificate_record.encode()
    return raw, reconciliation.decode(raw)


def opened_by(tally: Tally, election: Election) -> Opened:
    """The counted vote as the certificate is completed by it."""
    return Opened(
        voters=tally.voters,
        weight=tally.weight,
        blank=tally.blank,
        votes=tuple(option.votes for option in tally.options),
        ratings=tuple((rating.agency, rating.raters) for rating in tally.ratings),
        min_picks=election.min_picks,
        max_picks=election.max_picks,
    )


async def sign(
    session: AsyncSession, settings: Settings, election: Election, by: Person, code: str, *, act: str
) -> None:
    """Sign the certificate with the authenticator; only the two officers who closed the vote do."""
    raw, _ = read(election)
    if by.id not in [person.id for person in await closers(session, election, act)]:
        raise Forbidden(N_("이 투표를 마감한 두 담당자만 확인서에 서명합니다"))
    if any(signature.person_id == by.id for signature, _ in await signatures_of(session, election)):
        raise Conflict(N_("이미 서명하셨습니다"))
    await require_totp(session, settings, by, code)
    assert election.id is not None and by.id is not None  # noqa: S101 - stored rows
    session.add(CertificateSignature(election_id=election.id, person_id=by.id, signed_at=now()))
    await journal.record(
        session, by.actor, "ballots.certificate-signed", election.uuid, sha256=sha256_hex(raw)
    )


async def signatures_of(
    session: AsyncSession, election: Election
) -> list[tuple[CertificateSignature, Person]]:
    """Who has signed, in the order of signing."""
    query = (
        select(CertificateSignature, Person)
        .join(Person, col(Person.id) == col(CertificateSignature.person_id))
        .where(col(CertificateSignature.election_id) == election.id)
    )
    return list(await session.exec(query.order_by(col(CertificateSignature.id))))
