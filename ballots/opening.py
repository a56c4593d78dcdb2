"""Opening: the election's records are written once, bound to contracts, rulebook and roll, and the board begins."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ceremony.minutes import joint_record
from ballots.model import Election, ElectionOption, ElectionState, EventKind, RatedAgency, RollEntry
from ballots.protocol.binding import answers
from ballots.protocol.board import Entry, Head, open_board
from ballots.protocol.credentials import credentials_record
from ballots.protocol.election import election_record
from ballots.protocol.records import Question, sha256_b64
from ballots.protocol.trustees import FEWEST, read_trustees
from ballots.ratings import rating_questions, refresh_rated
from ballots.roll import digest, roll_of
from ballots.sequencer import append, lock
from ballots.setup import refresh_options, require_state, trustees_of
from contracts.cycles import enter_phase, hold
from contracts.model import Cycle, Phase
from office import journal
from office.approval import agreed
from office.clock import now
from office.errors import Conflict
from office.i18n import N_, translate
from office.people import Person

ACT = "ballots.open"

# Stands on the public board, in one language: the record is written once for everybody.
DESCRIPTION = """\
{title}
이 투표를 연 때의 자료를 아래 지문(SHA-256)으로 고정합니다. 한 글자라도 바뀌면 지문이 달라집니다.
contracts = 공개한 성과계약 전체, rulebook = 평가규칙, roll = 선거인명부
contracts sha256:{contracts}
rulebook sha256:{rulebook}
roll sha256:{roll}"""


async def lacking(session: AsyncSession, election: Election, cycle: Cycle) -> list[str]:
    """What is still missing before the vote can be opened, in sentences that say who can do it."""
    trustees = await trustees_of(session, election)
    without_key = [person.name for trustee, person in trustees if trustee.key_record is None]
    roll = await roll_of(session, election)
    missing = []
    if len(trustees) < FEWEST:
        missing.append(translate(N_("개표관리인을 두 명 이상 정해 주십시오.")))
    elif without_key:
        names = ", ".join(without_key)
        missing.append(translate(N_("개표관리인의 열쇠가 아직 없습니다: {names}."), names=names))
    if not roll:
        missing.append(translate(N_("선거인명부를 올려 주십시오.")))
    elif any(entry.credential is None for entry in roll):
        missing.append(translate(N_("투표 링크를 아직 보내지 않았습니다.")))
    if cycle.contracts_sha256 is None:
        missing.append(translate(N_("성과계약을 먼저 공개해 주십시오.")))
    if cycle.rulebook_sha256 is None:
        missing.append(translate(N_("평가규칙을 먼저 공개해 주십시오.")))
    if cycle.phase is not Phase.SCORING:
        missing.append(translate(N_("평가주기를 '전문가 평가' 단계로 옮겨 주십시오.")))
    return missing


async def open_vote(session: AsyncSession, election: Election, cycle: Cycle, by: Person) -> bool:
    """Open the vote once two officers have asked for it on the same facts; False after the first of them."""
    await lock(session, election)
    # No contract is amended from here on: the fingerprint that is bound is the one in force.
    await hold(session, cycle, alone=True)
    if election.state is not ElectionState.SETUP:
        require_state(election, ElectionState.ISSUED)
    if missing := await lacking(session, election, cycle):
        raise Conflict(N_("아직 열 수 없습니다. {missing}"), missing=" ".join(missing))
    options = await refresh_options(session, election, cycle)
    if not options or election.max_picks > len(options):
        raise Conflict(N_("투표에 올린 과제가 고를 수 있는 개수보다 적습니다. 과제를 확인해 주십시오"))
    rated = await refresh_rated(session, election, cycle)
    if election.ratings and not rated:
        raise Conflict(N_("평가할 기관이 없습니다. 성과계약을 먼저 공개해 주십시오"))
    roll = await roll_of(session, election)
    places = await trustees_of(session, election)
    # Two seconds for nine trustees: every step of the ceremony is checked once more.
    trustees = await asyncio.to_thread(joint_record, election, [trustee for trustee, _ in places])
    facts = _facts(election, cycle, options, rated, roll, trustees)
    if not await agreed(session, act=ACT, subject=election.uuid, by=by, content=facts):
        return False
    _write_records(election, cycle, options, rated, roll, trustees)
    await append(session, election, EventKind.SETUP, lambda head: _setup(election, head))
    election.state, election.opened_at = ElectionState.OPEN, now()
    await journal.record(
        session,
        by.actor,
        "ballots.opened",
        election.uuid,
        fingerprint=election.fingerprint,
        roll_sha256=election.roll_sha256,
        voters=len(roll),
    )
    await enter_phase(session, cycle, Phase.VOTING, by.actor)
    return True


def _facts(
    election: Election,
    cycle: Cycle,
    options: Sequence[ElectionOption],
    rated: Sequence[RatedAgency],
    roll: Sequence[RollEntry],
    trustees: bytes,
) -> str:
    """Fingerprint of everything both officers agree to."""
    facts = [
        [election.title, election.question, election.min_picks, election.max_picks, election.blank],
        [[option.agency_code, option.task_code, option.title] for option in options],
        [[one.agency_code, one.agency] for one in rated],
        [cycle.contracts_sha256, cycle.rulebook_sha256, digest(roll)],
        trustees.decode(),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _write_records(
    election: Election,
    cycle: Cycle,
    options: Sequence[ElectionOption],
    rated: Sequence[RatedAgency],
    roll: Sequence[RollEntry],
    trustees: bytes,
) -> None:
    election.roll_salt = secrets.token_hex(32)
    election.roll_sha256 = digest(roll, election.roll_salt)
    question = Question(
        answers=answers(options),
        blank=election.blank,
        min=election.min_picks,
        max=election.max_picks,
        question=election.question,
    )
    record = election_record(
        uuid=election.uuid,
        name=election.title,
        questions=[question, *rating_questions(rated)],
        public_key=read_trustees(trustees).public_key,
        description=DESCRIPTION.format(
            title=election.title,
            contracts=cycle.contracts_sha256,
            rulebook=cycle.rulebook_sha256,
            roll=election.roll_sha256,
        ),
    )
    election.election_record = record.decode()
    election.trustees_record = trustees.decode()
    election.credentials_record = credentials_record(
        {entry.credential or "": entry.weight for entry in roll}
    ).decode()
    election.fingerprint = sha256_b64(record)
    election.board_timestamp = int(now().timestamp())


def _setup(election: Election, head: Head) -> Entry:
    return open_board(
        head.timestamp,
        (election.election_record or "").encode(),
        (election.trustees_record or "").encode(),
        (election.credentials_record or "").encode(),
    )
