"""Every act that somebody should hear of: who gets a letter, and that it gives nothing away."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

import contracts.letters
import evaluation.letters
import office.telling
import reports.approvals
from contracts.model import Contract, Phase
from contracts.reading import ballot_tasks
from evaluation.difficulty.rounds import DifficultyRound
from evaluation.experts.calibration import CalibrationContract
from evaluation.experts.committee import Member, today
from evaluation.experts.conflicts import Challenge
from evaluation.model import Assignment
from evaluation.past_uploads import subject_of, try_file
from office import journal
from office.clock import now
from office.database import Database
from office.outbox import Message, Outbox
from office.people import Person, Role
from office.settings import Settings
from office.telling import Tellers
from tests.seeding import YEAR, seed_cycle, seed_tally

TR = f"{YEAR}-TR"
PAST = "연도,대분류,지표,배점,평점,득점\n2024,경영,조직,100,90,90.00\n2024,합계,합계,100,90,90.00\n"
OFFICER, HEAD, FIRST, SECOND, ONE, TWO = "officer", "head", "first", "second", "one", "two"
BODY, OFFICE = {OFFICER, HEAD}, {FIRST, SECOND}

PURPOSES = (Path(office.telling.__file__).parent / "templates" / "parts.html").read_text(encoding="utf-8")
HEARD: Mapping[str, tuple[str, set[str]]] = {
    "contract.submitted": (OFFICER, OFFICE),
    "contract.taken-back": (OFFICER, OFFICE),
    "contract.returned": (FIRST, {OFFICER}),
    "contract.accepted": (FIRST, BODY),
    "contract.reply-written": (OFFICER, {HEAD}),
    "comments.answer-written": (OFFICER, {HEAD}),
    "contract.amendment-asked": (OFFICER, {HEAD}),
    "contract.amendment-signed": (HEAD, OFFICE),
    "contract.amended": (SECOND, BODY),
    "contract.amendment-declined": (FIRST, BODY),
    "deadline.moved": (FIRST, BODY),
    "contract.checked": (FIRST, {OFFICER}),
    "comments.released": (SECOND, BODY),
    "evaluation.challenged": (HEAD, OFFICE),
    "evaluation.challenge-decided": (SECOND, BODY),
    "evaluation.assigned": (FIRST, {ONE} | BODY),
    "evaluation.declared": (ONE, OFFICE),
    "evaluation.replaced": (FIRST, {ONE, TWO} | BODY),
    "evaluation.barred": (SECOND, {ONE}),
    "calibration.opened": (FIRST, {ONE}),
    "difficulty.opened": (FIRST, {ONE, TWO}),
    "evaluation.reconcile-opened": (TWO, {ONE}),
    "evaluation.reopened": (SECOND, {ONE}),
    **{act: (FIRST, {SECOND}) for act in reports.approvals.TELLERS},
}
"""By whom each act is done here, and who hears of it."""


async def test_every_act_is_told_to_whom_it_concerns_and_to_nobody_else(
    db: Database, settings: Settings
) -> None:
    tables = (contracts.letters.TELLERS, evaluation.letters.TELLERS, reports.approvals.TELLERS)
    assert set(HEARD) == {act for table in tables for act in table}
    journal.listen(db, Tellers(Outbox(db, {}, keep_bodies=True), settings, *tables))
    people, subjects, details = await _stage(db)
    for act, (by, wanted) in HEARD.items():
        async with db.writing() as session:
            before = len(list(await session.exec(select(Message))))
            subject = subjects.get(act, TR)
            await journal.record(session, people[by].actor, act, subject, **details.get(act, {}))
            written = list(await session.exec(select(Message).order_by(col(Message.id))))[before:]
        assert {each.recipient.partition("@")[0] for each in written} == wanted, act
        for letter in written:
            text = f"{letter.subject}\n{letter.body}"
            assert f'"{letter.purpose}": _(' in PURPOSES, "the list of sent messages names it"
            assert settings.base_url in text and "{" not in text and TR not in letter.subject, act
            assert people[by].name not in text or act == "evaluation.reconcile-opened", act
            assert not letter.recipient.startswith(("elsewhere", "verifier")), act
    async with db.writing() as session:
        before = len(list(await session.exec(select(Message))))
        own_tie = details["evaluation.barred"]
        await journal.record(session, people[ONE].actor, "evaluation.barred", TR, **own_tie)
        written = list(await session.exec(select(Message).order_by(col(Message.id))))[before:]
    assert {each.recipient.partition("@")[0] for each in written} == OFFICE, (
        "the sheet closed by one's own tie"
    )


async def test_words_corrected_before_their_release_and_figures_that_are_right_write_no_further_letter(
    db: Database, settings: Settings
) -> None:
    journal.listen(db, Tellers(Outbox(db, {}), settings, contracts.letters.TELLERS))
    people, _, details = await _stage(db)
    async with db.writing() as session:
        for _ in range(2):
            await journal.record(session, people[OFFICER].actor, "contract.reply-written", TR, characters=3)
        right = details["contract.checked"] | {"verdict": "ok"}
        await journal.record(session, "verifier:0", "contract.checked", TR, **right)
        assert len(list(await session.exec(select(Message)))) == 1


async def _stage(db: Database) -> tuple[dict[str, Person], dict[str, str], dict[str, dict[str, Any]]]:
    """People, and what the acts are about: their subjects and details in the journal."""
    roles = {
        OFFICER: (Role.OFFICER, "TR"),
        HEAD: (Role.HEAD, "TR"),
        "elsewhere": (Role.HEAD, "CU"),
        FIRST: (Role.OFFICE, None),
        SECOND: (Role.OFFICE, None),
        ONE: (Role.EVALUATOR, None),
        TWO: (Role.EVALUATOR, None),
        "verifier": (Role.VERIFIER, None),
    }
    people = {
        name: Person(email=f"{name}@example.org", name=f"사람 {name}", role=role, agency=agency)
        for name, (role, agency) in roles.items()
    }
    async with db.writing() as session:
        session.add_all(people.values())
        await session.flush()
        cycle = await seed_cycle(session, Phase.TALLIED)
        votes = [0] * len(await ballot_tasks(session, cycle))
        uuid = (await seed_tally(session, cycle, votes, voters=0)).uuid
        contract = (await session.exec(select(Contract).where(col(Contract.public_id) == TR))).one()
        assert contract.id is not None and cycle.id is not None
        one, two = people[ONE], people[TWO]
        seat = Assignment(contract_id=contract.id, evaluator_id=one.id or 0, assigned_at=now())
        seat.conflict, seat.filed_at = False, now()
        trial = Assignment(
            contract_id=contract.id, evaluator_id=one.id or 0, assigned_at=now(), calibration=True
        )
        challenge = Challenge(
            contract_id=contract.id,
            evaluator_id=one.id or 0,
            number=3,
            reason="",
            raised_by=people[HEAD].id or 0,
            raised_at=now(),
        )
        blind = DifficultyRound(
            contract_id=contract.id,
            tasks=[{}],
            fingerprint="",
            opened_at=now(),
            opened_by=people[FIRST].id or 0,
        )
        committee = [
            Member(
                evaluator_id=person.id or 0,
                number=number,
                since=today(),
                until=today() + timedelta(days=300),
                appointed_at=now(),
            )
            for number, person in enumerate((one, two), 1)
        ]
        chosen = CalibrationContract(cycle_id=cycle.id, contract_id=contract.id)
        session.add_all([seat, trial, challenge, blind, chosen, *committee])
        past = await try_file(session, cycle, "TR", 2024, PAST.encode(), "past.csv", people[FIRST])
        await session.flush()
        by_sheet, by_challenge = f"{TR}/{seat.id}", f"{TR}/{challenge.id}"
    details: dict[str, dict[str, Any]] = {
        "contract.submitted": {"round": 1},
        "contract.taken-back": {"round": 1},
        "deadline.moved": {"task": "evidence", "day": "2026-12-03", "reason": "까닭"},
        "contract.checked": {"verdict": "differs", "indicators": ["W-1"]},
        "evaluation.challenged": {"challenge": challenge.id, "number": 3},
        "evaluation.challenge-decided": {"number": 3, "upheld": True},
        "evaluation.assigned": {"evaluators": [one.actor], "contracts": [TR]},
        "evaluation.declared": {"assignment": seat.id, "conflict": True},
        "evaluation.replaced": {"evaluator": one.actor, "successor": two.actor},
        "evaluation.barred": {"assignment": seat.id},
        "difficulty.opened": {"round": blind.id},
        "evaluation.reopened": {"assignment": seat.id, "cause": "wrong_entry"},
    }
    subjects = {
        "evaluation.assigned": str(YEAR),
        "calibration.opened": str(YEAR),
        "contracts.publish.asked": str(YEAR),
        "contract.amend.asked": f"{TR}:1",
        "deadline.move.asked": f"{TR}/evidence",
        "evaluation.reconcile-choose.asked": str(YEAR),
        "evaluation.challenge.asked": by_challenge,
        "evaluation.reopen.asked": by_sheet,
        "evaluation.set-aside.asked": by_sheet,
        "past.keep.asked": subject_of(past),
        "ballots.issue.asked": uuid,
        "ballots.open.asked": uuid,
        "ballots.close.asked": uuid,
        "ballots.release.asked": f"{uuid}:7",
        "run.publish.asked": f"{YEAR}/1",
    }
    return people, subjects, details
