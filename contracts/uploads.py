"""Uploaded contract files: kept as they came, tried out without changing anything, then applied."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.canonical import sha256_hex
from contracts.columns import korean
from contracts.cycles import require_phase
from contracts.drafting import signed_and_different, store_contracts
from contracts.importing import Parsed, RowProblem, parse
from contracts.model import Cycle, ImportDraft, Phase
from contracts.reading import trees_of
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person


async def keep_upload(
    session: AsyncSession, cycle: Cycle, data: bytes, filename: str, by: Person
) -> ImportDraft:
    """Keep an uploaded file for its dry run; no contract changes."""
    require_phase(cycle, Phase.DRAFTING)
    if not data:
        raise Refused(
            N_("올릴 파일을 골라 주십시오"),
            fields={"file": translate(N_("CSV 또는 XLSX 파일을 골라 주십시오"))},
        )
    assert cycle.id is not None and by.id is not None  # noqa: S101 - stored rows
    draft = ImportDraft(
        cycle_id=cycle.id,
        filename=filename[:200],
        data=data,
        sha256=sha256_hex(data),
        uploaded_by=by.id,
        uploaded_at=now(),
    )
    session.add(draft)
    await session.flush()
    return draft


async def upload_of(session: AsyncSession, cycle: Cycle, draft_id: int) -> ImportDraft:
    """An uploaded file of this cycle."""
    query = select(ImportDraft).where(col(ImportDraft.id) == draft_id, col(ImportDraft.cycle_id) == cycle.id)
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound(N_("올린 파일을 찾을 수 없습니다"))
    return found


async def dry_run(session: AsyncSession, cycle: Cycle, draft: ImportDraft) -> Parsed:
    """What applying the file would do, every bad row named; changes nothing."""
    stored = tuple((await trees_of(session, cycle)).values())
    parsed = await asyncio.to_thread(parse, draft.data, draft.filename, stored)
    if draft.applied_at is not None:
        return parsed
    signed = {
        tree.agency_code: tree.agency for tree in await signed_and_different(session, cycle, parsed.contracts)
    }
    return replace(
        parsed,
        contracts=tuple(tree for tree in parsed.contracts if tree.agency_code not in signed),
        problems=(
            *parsed.problems,
            *(
                RowProblem(
                    0,
                    korean("agency_code"),
                    N_("{name}: 이미 서명한 계약이라 바꿀 수 없습니다"),
                    code,
                    {"name": name},
                )
                for code, name in signed.items()
            ),
        ),
        withheld=(*parsed.withheld, *signed),
    )


async def apply_upload(
    session: AsyncSession, cycle: Cycle, draft_id: int, by: Person, *, without_refused: bool = False
) -> int:
    """Store the contracts of an uploaded file; with bad rows only when leaving them out was asked for.

    Returns how many contracts were stored.  A file is applied once.
    """
    require_phase(cycle, Phase.DRAFTING)
    draft = await upload_of(session, cycle, draft_id)
    parsed = await dry_run(session, cycle, draft)
    if not parsed.contracts:
        raise Refused(N_("저장할 수 있는 계약이 없습니다. 파일을 고쳐 다시 올려 주십시오"))
    if parsed.problems and not without_refused:
        raise Refused(
            N_("고칠 곳이 {n}군데 있습니다. 파일을 고쳐 다시 올리거나, 빼고 저장한다고 표시해 주십시오"),
            fields={"without_refused": translate(N_("고칠 곳이 있는 행과 기관을 뺄지 정해 주십시오"))},
            n=len(parsed.problems),
        )
    taken = await session.exec(
        update(ImportDraft)
        .where(col(ImportDraft.id) == draft.id, col(ImportDraft.applied_at).is_(None))
        .values(applied_at=now())
    )
    if taken.rowcount != 1:
        raise Conflict(N_("이미 저장한 파일입니다"))
    return await store_contracts(
        session,
        cycle,
        parsed.contracts,
        by.actor,
        file=draft.filename,
        sha256=draft.sha256,
        refused_rows=str(len(parsed.refused_rows)),
    )
