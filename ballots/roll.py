"""The roll (선거인명부): who may vote.  A file is tried out first, then taken over whole; once links are out it is fixed.

What proves later that the roll was not changed is the SHA-256 of `roll_record`, which stands in the election record
on the public board: it covers number, name, address, stratum, weight and public credential of everybody.  The record itself
names people and leaves the office only for an audit; its random first line keeps guesses from being tried against the hash.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.casting import subject_of
from ballots.model import Election, ElectionState, RollDraft, RollEntry
from ballots.roll_file import Parsed, Voter
from ballots.sequencer import lock
from ballots.setup import require_state
from ballots.strata import Stratum, strata_of
from contracts.files.spreadsheet import RowProblem
from office import approval, codes, journal
from office.clock import now
from office.errors import Conflict, Gone, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

RELEASE = "ballots.release"


async def keep_draft(
    session: AsyncSession, election: Election, filename: str, parsed: Parsed, by: Person
) -> RollDraft:
    """Keep what was read from a file until it is taken over; an earlier draft is thrown away."""
    await lock(session, election)
    require_state(election, ElectionState.SETUP)
    await session.exec(delete(RollDraft).where(col(RollDraft.election_id) == election.id))
    assert election.id is not None and by.id is not None  # noqa: S101 - stored rows
    draft = RollDraft(
        election_id=election.id,
        filename=filename[:200],
        rows_read=parsed.rows_read,
        entries=[asdict(voter) for voter in parsed.voters],
        problems=[asdict(problem) for problem in parsed.problems],
        made_by=by.id,
        made_at=now(),
    )
    session.add(draft)
    await session.flush()
    return draft


async def draft_of(session: AsyncSession, election: Election, draft_id: int | None = None) -> RollDraft:
    """The draft that waits; `NotFound` when it has been taken over or replaced."""
    query = select(RollDraft).where(col(RollDraft.election_id) == election.id)
    if draft_id is not None:
        query = query.where(col(RollDraft.id) == draft_id)
    draft = (await session.exec(query)).first()
    if draft is None:
        raise NotFound(N_("올린 파일을 찾을 수 없습니다. 이미 저장했거나 다른 파일로 바뀌었습니다"))
    return draft


def problems_of(draft: RollDraft) -> list[RowProblem]:
    """What is wrong with the file, in the order of its rows."""
    return [RowProblem(**problem) for problem in draft.problems]


async def apply_draft(session: AsyncSession, election: Election, draft_id: int, by: Person) -> int:
    """Make the draft the roll, in place of an earlier one; returns the number of voters."""
    await lock(session, election)
    require_state(election, ElectionState.SETUP)
    draft = await draft_of(session, election, draft_id)
    if draft.problems:
        raise Refused(
            N_("고칠 곳이 {n}군데 있습니다. 파일을 고쳐 다시 올려 주십시오. 명부는 바뀌지 않았습니다"),
            n=len(draft.problems),
        )
    voters = [Voter(**entry) for entry in draft.entries]
    await session.exec(delete(RollEntry).where(col(RollEntry.election_id) == election.id))
    assert election.id is not None  # noqa: S101 - a stored election
    session.add_all(
        RollEntry(
            election_id=election.id,
            number=voter.number,
            name=voter.name,
            phone=voter.phone,
            mail=voter.mail,
            weight=voter.weight,
            stratum=voter.stratum,
        )
        for voter in voters
    )
    await session.delete(draft)
    await session.flush()
    await journal.record(
        session,
        by.actor,
        "ballots.roll-stored",
        election.uuid,
        voters=len(voters),
        strata=[
            [one.name, one.people, one.weight] for one in strata_of((v.stratum, v.weight) for v in voters)
        ],
        sha256=digest(await roll_of(session, election)),
    )
    return len(voters)


async def roll_of(session: AsyncSession, election: Election) -> list[RollEntry]:
    """Everybody on the roll, in the order of the file."""
    query = select(RollEntry).where(col(RollEntry.election_id) == election.id)
    return list(await session.exec(query.order_by(col(RollEntry.id))))


async def strata(session: AsyncSession, election: Election) -> list[Stratum]:
    """The strata of the roll with their people and weights."""
    query = select(RollEntry.stratum, RollEntry.weight).where(col(RollEntry.election_id) == election.id)
    return strata_of((name, weight) for name, weight in await session.exec(query))


async def entry_of(session: AsyncSession, election: Election, number: str) -> RollEntry:
    """The person with this number on the roll."""
    query = select(RollEntry).where(
        col(RollEntry.election_id) == election.id, col(RollEntry.number) == number
    )
    entry = (await session.exec(query)).first()
    if entry is None:
        raise NotFound(N_("명부에 없는 번호입니다"))
    return entry


def roll_record(entries: Iterable[RollEntry], salt: str) -> bytes:
    """The roll as one text: the salt, then a line of JSON for every voter, sorted by number."""
    lines = [
        json.dumps(
            [
                entry.number,
                entry.name,
                entry.phone,
                entry.mail,
                entry.stratum,
                entry.weight,
                entry.credential,
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for entry in sorted(entries, key=lambda entry: entry.number)
    ]
    return "".join(f"{line}\n" for line in (salt, *lines)).encode()


def digest(entries: Sequence[RollEntry], salt: str = "") -> str:
    """SHA-256 of the roll's record."""
    return hashlib.sha256(roll_record(entries, salt)).hexdigest()


async def take_record(session: AsyncSession, election: Election, by: Person, address: str) -> bytes:
    """The roll's record as it was bound, for an audit; who took it, whose data, when and from where stays in the journal."""
    if election.roll_salt is None:
        raise NotFound(N_("아직 열지 않은 투표입니다. 투표를 열 때 명부의 지문이 정해집니다"))
    if election.personal_data_deleted_at is not None:
        raise Gone(N_("선거인의 개인정보를 정해진 때에 지웠습니다. 명부의 지문만 남아 있습니다"))
    entries = await roll_of(session, election)
    await journal.record(
        session, by.actor, "ballots.roll-taken", election.uuid, voters=len(entries), address=address
    )
    return roll_record(entries, election.roll_salt)


async def unchanged(session: AsyncSession, election: Election) -> bool:
    """Whether the roll is still the one whose fingerprint went on the board at the opening."""
    entries = await roll_of(session, election)
    return election.roll_sha256 == digest(entries, election.roll_salt or "")


async def locked_voters(session: AsyncSession, election: Election) -> list[RollEntry]:
    """Voters who mistyped so many codes that they get none until an officer releases them."""
    query = select(codes.CodeSubject.subject).where(
        col(codes.CodeSubject.subject).startswith(f"{election.uuid}:"),
        col(codes.CodeSubject.failures) >= codes.FAILURES_A_SUBJECT,
    )
    # Credentials nobody has are counted and locked too, under what is no number.
    keys = [subject.rpartition(":")[2] for subject in await session.exec(query)]
    ids = [int(key) for key in keys if key.isdecimal()]
    found = select(RollEntry).where(col(RollEntry.election_id) == election.id, col(RollEntry.id).in_(ids))
    return list(await session.exec(found.order_by(col(RollEntry.id))))


async def releases_to_confirm(session: AsyncSession, election: Election) -> list[approval.Approval]:
    """Releases one officer has made and a second has not confirmed yet."""
    return [
        one
        for one in await approval.all_pending(session)
        if one.act == RELEASE and one.subject.startswith(f"{election.uuid}:")
    ]


async def release(session: AsyncSession, election: Election, number: str, by: Person) -> bool:
    """Unlock a voter at once, or confirm as the second officer that it was right; whether it is confirmed.

    One officer is enough to unlock, so that nobody misses the vote; the second looks at it within a day.
    """
    entry = await entry_of(session, election, number)
    subject = f"{election.uuid}:{number}"
    waiting = await approval.pending(session, RELEASE, subject)
    if any(locked.id == entry.id for locked in await locked_voters(session, election)):
        await codes.release(session, subject_of(election, entry))
        await journal.record(session, by.actor, "ballots.voter-released", election.uuid, number=number)
        if waiting is None:
            await approval.agreed(session, act=RELEASE, subject=subject, by=by)
        return False
    if waiting is None:
        raise Conflict(N_("잠긴 선거인이 아닙니다"))
    return await approval.agreed(session, act=RELEASE, subject=subject, by=by)


def said(problems: Iterable[RowProblem]) -> list[dict[str, object]]:
    """Problems for programs: row, column, sentence and the value found."""
    return [
        {"row": p.row, "column": translate(p.column), "message": p.said(), "value": p.value} for p in problems
    ]
