"""Whether what a vote was bound to at its opening still reads the same: contracts, rulebook, roll, and what the booth shows.

Everything is computed again from the database and held against the election record, and the record against the first
event of the public board, which nobody can change any more without everybody's copy of the board saying so.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import roll
from ballots.model import BoardEvent, Election, ElectionOption, RatedAgency
from ballots.protocol.binding import answers, bound, compared
from ballots.protocol.board import open_board
from ballots.protocol.election import read_election
from ballots.protocol.records import Question, sha256_hex
from ballots.protocol.refusals import Invalid
from ballots.protocol.verdict import Check
from ballots.ratings import rated_of, rating_questions
from ballots.setup import options_of
from contracts.model import Cycle
from contracts.rereading import Reread, Rereading
from contracts.terms.tree import tasks
from office import journal
from office.clock import now
from office.database import Database
from office.i18n import N_

FRESH = 10.0
"""Seconds for which a look is good enough."""
EVERY = 60.0
"""Seconds between two looks of the clock."""
BROKEN, MENDED = "ballots.binding-broken", "ballots.binding-mended"
ITSELF = "yaksok"

RulebookOf = Callable[[AsyncSession, Cycle], Awaitable[bytes | None]]
"""The rulebook in force in a cycle, byte for byte; another department keeps it."""

RECORD_SAME = N_("투표 기록: 게시판에 처음 적은 것과 같습니다.")
RECORD_DIFFERENT = N_("투표 기록: 게시판에 처음 적은 것과 다릅니다.")
ROLL_DELETED = N_("선거인명부: 개인정보를 정해진 때에 지워, 지문만 남아 있습니다.")
BOOTH_SAME = N_("기표소에 나오는 과제와 약속: 투표를 열 때와 같습니다.")
BOOTH_DIFFERENT = N_("기표소에 나오는 과제와 약속: 투표를 열 때와 다릅니다. 달라진 곳은 {where}입니다.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found at a look."""

    checks: tuple[Check, ...]
    looked_at: datetime

    @property
    def broken(self) -> tuple[Check, ...]:
        """What is no longer as it was."""
        return tuple(check for check in self.checks if not check.ok)


async def contracts_bound(session: AsyncSession, cycle: Cycle) -> str | None:
    """The fingerprint of the contracts in the record of a cycle's vote; None before its opening."""
    query = select(Election.election_record).where(col(Election.cycle_id) == cycle.id)
    record = (await session.exec(query)).first()
    return bound_in(record).get("contracts") if record else None


def bound_in(record: str) -> dict[str, str]:
    """The fingerprints in an election record; none in one that has been spoilt."""
    try:
        return bound(read_election(record.encode()).description)
    except Invalid:
        return {}


class Watch:
    """Looks at votes that have been opened, and remembers for `fresh` seconds what it saw."""

    def __init__(self, rereading: Rereading, rulebook: RulebookOf, fresh: float = FRESH) -> None:
        self.fresh = fresh
        self._rereading = rereading
        self._rulebook = rulebook
        self._known: dict[int, tuple[float, Kept]] = {}
        self._patrolled = 0.0

    async def over(self, session: AsyncSession, election: Election) -> Kept | None:
        """What is found in a vote; None before its opening, when nothing is bound yet."""
        if election.id is None or election.election_record is None:
            return None
        at, kept = self._known.get(election.id, (0.0, None))
        if kept is None or time.monotonic() - at >= self.fresh:
            kept = await self._look(session, election)
            self._known[election.id] = (time.monotonic(), kept)
        return kept

    async def patrol(self, db: Database) -> None:
        """Due work, now and then: the journal keeps what was found changed, should somebody change it back."""
        if time.monotonic() - self._patrolled < EVERY and self._patrolled:
            return
        self._patrolled = time.monotonic()
        async with db.reading() as session:
            opened = select(Election).where(col(Election.board_bytes) > 0)
            looks = [(one.uuid, await self.over(session, one)) for one in await session.exec(opened)]
            news = [
                (uuid, broken)
                for uuid, kept in looks
                if (broken := [check.name for check in kept.broken] if kept else [])
                != await _told(session, uuid)
            ]
        for uuid, broken in news:
            async with db.writing() as session:
                await journal.hold(session)
                if await _told(session, uuid) != broken:
                    await journal.record(session, ITSELF, BROKEN if broken else MENDED, uuid, what=broken)

    async def _look(self, session: AsyncSession, election: Election) -> Kept:
        record = await _record(session, election)
        try:
            read = read_election((election.election_record or "").encode())
        except Invalid:
            return Kept((record,), now())
        recorded = bound(read.description)
        cycle = await session.get_one(Cycle, election.cycle_id)
        reread = await self._rereading.of(session, cycle)
        rulebook = await self._rulebook(session, cycle)
        options = await options_of(session, election)
        rated = await rated_of(session, election)
        contracts = compared("contracts", recorded.get("contracts"), reread.sha256)
        checks = (
            record,
            contracts,
            compared("rulebook", recorded.get("rulebook"), sha256_hex(rulebook) if rulebook else None),
            await _roll(session, election, recorded.get("roll")),
            _booth(read.questions, options, rated, reread if contracts.ok else None),
        )
        return Kept(checks, now())


async def _record(session: AsyncSession, election: Election) -> Check:
    """The records of the setup against the event that put them on the board."""
    query = select(BoardEvent.digest).where(
        col(BoardEvent.election_id) == election.id, col(BoardEvent.height) == 0
    )
    digest = (await session.exec(query)).first()
    records = (election.election_record, election.trustees_record, election.credentials_record)
    setup = open_board(election.board_timestamp, *((record or "").encode() for record in records))
    same = digest == setup.head.parent
    return Check("binding-record", same, RECORD_SAME if same else RECORD_DIFFERENT)


async def _told(session: AsyncSession, uuid: str) -> list[str]:
    """What the journal's last word on a vote names as broken."""
    query = (
        select(journal.JournalEntry.details)
        .where(col(journal.JournalEntry.act).in_((BROKEN, MENDED)), col(journal.JournalEntry.subject) == uuid)
        .order_by(col(journal.JournalEntry.id).desc())
        .limit(1)
    )
    details = (await session.exec(query)).first()
    return list(details["what"]) if details else []


async def _roll(session: AsyncSession, election: Election, recorded: str | None) -> Check:
    if election.personal_data_deleted_at is not None:
        return Check("binding-roll", True, ROLL_DELETED)
    entries = await roll.roll_of(session, election)
    return compared("roll", recorded, roll.digest(entries, election.roll_salt or ""))


def _booth(
    questions: Sequence[Question],
    options: Sequence[ElectionOption],
    rated: Sequence[RatedAgency],
    reread: Reread | None,
) -> Check:
    """Titles and agencies against the record; promises against the contracts, if these are still the ones it binds."""
    choice, *ratings = questions
    changed = _differing(choice.answers, answers(options))
    changed += _differing(
        [question.question for question in ratings],
        [question.question for question in rating_questions(rated)],
    )
    if reread is not None:
        promised = {
            (tree.agency_code, task.code): (tree.agency, task.title, task.promise)
            for tree in reread.trees
            for task in tasks(tree)
        }
        changed += [
            option.title
            for option in options
            if promised.get((option.agency_code, option.task_code))
            != (option.agency, option.title, option.promise)
        ]
    if not changed:
        return Check("binding-booth", True, BOOTH_SAME)
    return Check("binding-booth", False, BOOTH_DIFFERENT, {"where": ", ".join(dict.fromkeys(changed))})


def _differing(recorded: Sequence[str], shown: Sequence[str]) -> list[str]:
    """What is recorded and not shown in its place, and what is shown beyond it."""
    pairs = zip_longest(recorded, shown)
    return [(written or seen) for written, seen in pairs if written != seen]
