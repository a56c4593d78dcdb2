"""What a year leaves behind besides its contracts, sheets and vote: one of everything an address can name."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes import amendments
from contracts.cycles import cycle_of
from contracts.evidence import vault
from contracts.evidence.files import Evidence
from contracts.keeping import checkpoints
from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.reading import contracts_of
from contracts.writing.review import ContractReview, ReviewComment
from evaluation import past_uploads
from evaluation.difficulty import rounds as difficulty
from evaluation.experts import committee, conflicts, fields
from evaluation.experts.barring import TieKind
from evaluation.experts.calibration import CalibrationContract
from office.clock import now
from office.database import Database
from office.people import Person
from office.settings import Settings
from tests.rights.states import since
from tests.seeding import YEAR

FILENAME = "보고서.pdf"
PAST = "연도,대분류,지표,배점,평점,득점\n2025,경영,계획,60,90.00,54.00\n2025,사업,실행,40,80.00,32.00\n2025,합계,합계,100,86.00,86.00\n"


async def leave(reached: int, db: Database, settings: Settings, people: dict[str, Person]) -> dict[str, str]:
    """Everything that would be there by now; returns what addresses name it by."""
    if not since("drafting", reached):
        return {}
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        found = {agency.code: (contract, agency) for contract, agency in await contracts_of(session, cycle)}
        left = await _of_the_committee(session, cycle, people)
        left |= await _of_the_review(session, found["TR"][0], people)
        left |= await _of_the_difficulty(session, cycle, found["CU"][0], people["office"], reached)
        left |= await _of_past_years(session, cycle, people["office"])
        if since("published", reached):
            left |= await _of_the_changes(session, cycle, *found["TR"], people, reached)
        if since("reporting", reached):
            left |= await _of_the_evidence(session, settings, found["TR"][0], people["own-officer"])
    return left


async def _stored(session: AsyncSession, row: SQLModel) -> str:
    session.add(row)
    await session.flush()
    return str(row.id)  # type: ignore[attr-defined]  # every row here is numbered


async def _of_the_committee(session: AsyncSession, cycle: Cycle, people: dict[str, Person]) -> dict[str, str]:
    office, expert = people["office"], people["evaluator"]
    day = committee.today()
    await fields.save_field(session, cycle, None, name="교통", kinds=["실·국"], goals=[], by=office)
    members = [
        await committee.appoint(
            session, cycle, one.id or 0, since=day, until=day + timedelta(days=365), fields=[], by=office
        )
        for one in (expert, people["other-evaluator"])
    ]
    tie = await conflicts.state_tie(
        session,
        cycle,
        expert,
        kind=TieKind.LECTURE,
        body_code="",
        body_name="어느 연구원",
        since=day,
        until=day,
        note="",
    )
    field = (await session.exec(select(fields.ExpertField.id))).one()
    return {"member_id": str(members[0].id), "field_id": str(field), "tie_id": str(tie.id)}


async def _of_the_review(
    session: AsyncSession, contract: Contract, people: dict[str, Person]
) -> dict[str, str]:
    """A round that was returned with a comment; the contract has gone on since."""
    review = ContractReview(
        contract_id=contract.id or 0,
        number=1,
        record="{}",
        submitted_by=people["own-officer"].id or 0,
        submitted_at=now(),
        decided_by=people["office"].id,
        decided_at=now(),
        accepted=False,
    )
    await _stored(session, review)
    comment = ReviewComment(
        review_id=review.id or 0,
        text="목표가 낮습니다.",
        written_by=people["office"].id or 0,
        written_at=now(),
    )
    return {"comment_id": await _stored(session, comment)}


async def _of_the_difficulty(
    session: AsyncSession, cycle: Cycle, contract: Contract, office: Person, reached: int
) -> dict[str, str]:
    _, _, blind = await difficulty.preview(session, cycle, contract.public_id, [])
    opened = difficulty.DifficultyRound(
        contract_id=contract.id or 0,
        tasks=blind,
        fingerprint="0" * 64,
        opened_at=now(),
        opened_by=office.id or 0,
        released_at=now() if since("published", reached) else None,
    )
    return {"round_id": await _stored(session, opened)}


async def _of_past_years(session: AsyncSession, cycle: Cycle, office: Person) -> dict[str, str]:
    sheet = await past_uploads.try_file(
        session, cycle, "TR", YEAR - 1, PAST.encode(), "지난 평가.csv", office
    )
    sheet.kept_at = now()
    return {
        "sheet_id": str(sheet.id),
        "agency_code": "TR",
        "/contracts/past/{agency_code}/files/{sha256} sha256": sheet.sha256,
    }


async def _of_the_changes(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    agency: Agency,
    people: dict[str, Person],
    reached: int,
) -> dict[str, str]:
    """A request for an amendment, a checkpoint, a challenged member, and the contracts chosen for calibration."""
    assert contract.state is ContractState.PUBLISHED
    officer = people["own-officer"]
    request = amendments.Amendment(
        contract_id=contract.id or 0,
        reason="국비가 깎였습니다.",
        base_record=contract.record or "{}",
        base_fingerprint=contract.fingerprint or "0" * 64,
        record=contract.record or "{}",
        fingerprint=contract.fingerprint or "0" * 64,
        asked_by=officer.id or 0,
        asked_at=now(),
    )
    number = await _stored(session, request)
    challenge = conflicts.Challenge(
        contract_id=contract.id or 0,
        evaluator_id=people["other-evaluator"].id or 0,
        number=2,
        reason="같은 사건에서 다투었습니다.",
        raised_by=officer.id or 0,
        raised_at=now(),
    )
    session.add(CalibrationContract(cycle_id=cycle.id or 0, contract_id=contract.id or 0))
    if since("reporting", reached):
        await checkpoints.take(
            session, cycle, checkpoints.Moment.MIDYEAR, committee.today(), people["office"].actor
        )
    return {
        "challenge_id": await _stored(session, challenge),
        "/agency/contracts/{public_id}/amendments/{number}/sign number": number,
        "/agency/contracts/{public_id}/amendments/{number}/withdraw number": number,
        "/office/cycles/{year}/amendments/{number}/approve number": number,
        "/office/cycles/{year}/amendments/{number}/decline number": number,
    }


async def _of_the_evidence(
    session: AsyncSession, settings: Settings, contract: Contract, officer: Person
) -> dict[str, str]:
    data = b"%PDF-1.7 the bytes matter only to who reads them"
    sha256 = vault.put(settings.evidence_folder, data)
    file = Evidence(
        contract_id=contract.id or 0,
        node_code="W-1",
        sha256=sha256,
        filename=FILENAME,
        media_type="application/pdf",
        size=len(data),
        uploaded_by=officer.id or 0,
        uploaded_at=now(),
    )
    await _stored(session, file)
    return {"sha256": sha256, "filename": FILENAME}
