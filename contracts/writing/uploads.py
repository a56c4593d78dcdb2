"""Uploaded contract files: kept as they came, tried out without changing anything, then applied."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.files.columns import korean
from contracts.files.importing import Parsed, RowProblem, parse
from contracts.files.merging import Body, Pair, likely_same, pair_key, renamings
from contracts.model import Agency, Cycle, ImportDraft, Phase
from contracts.reading import trees_of
from contracts.terms.canonical import sha256_hex
from contracts.terms.tree import ContractTree
from contracts.writing.drafting import signed_and_different, store_contracts
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

DIFFERENT = "two"


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


@dataclass(frozen=True, slots=True)
class DryRun:
    """What applying a file would do, and the bodies of it that may be one, with what was decided about each pair."""

    parsed: Parsed
    pairs: tuple[Pair, ...]
    decisions: Mapping[str, Sequence[str]]

    @property
    def undecided(self) -> tuple[Pair, ...]:
        """Pairs nobody has decided about: they are taken as two bodies."""
        return tuple(pair for pair in self.pairs if pair.key not in self.decisions)


async def known_bodies(session: AsyncSession) -> list[tuple[str, str, str]]:
    """Code, name and kind of every body that has ever had a contract, by name."""
    query = select(Agency.code, Agency.name, Agency.kind).order_by(col(Agency.name), col(Agency.code))
    return [(code, name, kind) for code, name, kind in await session.exec(query)]


async def dry_run(session: AsyncSession, cycle: Cycle, draft: ImportDraft) -> DryRun:
    """What applying the file would do, every bad row named, every likely double pointed out; changes nothing."""
    agencies = list(await session.exec(select(Agency).order_by(col(Agency.id))))
    stored = tuple((await trees_of(session, cycle)).values())
    parsed, pairs = await asyncio.to_thread(_read, draft, agencies, stored)
    ran = DryRun(parsed, pairs, draft.decisions)
    if draft.applied_at is not None:
        return ran
    return replace(ran, parsed=await _without_signed(session, cycle, _with_renames(parsed, agencies)))


def _read(
    draft: ImportDraft, agencies: Sequence[Agency], stored: Sequence[ContractTree]
) -> tuple[Parsed, tuple[Pair, ...]]:
    """The file read as the decisions say, and the pairs they are about."""
    parsed = parse(draft.data, draft.filename, stored)
    known = [Body(agency.code, agency.name, known=True) for agency in agencies]
    pairs = likely_same(parsed.bodies, known)
    merged = renamings(pairs, draft.decisions)
    if merged:
        parsed = parse(draft.data, draft.filename, stored, merged)
    return parsed, pairs


def _with_renames(parsed: Parsed, agencies: Sequence[Agency]) -> Parsed:
    """Bodies that the file calls by another name than the one stored are pointed out."""
    names = {agency.code: agency.name for agency in agencies}
    message = N_("코드 {code}의 기관 이름이 바뀝니다: {old} → {new}")
    rows = {body.code: body.row for body in parsed.bodies}
    renamed = tuple(
        RowProblem(
            rows.get(tree.agency_code, 0),
            korean("agency"),
            message,
            tree.agency,
            {"code": tree.agency_code, "old": names[tree.agency_code], "new": tree.agency},
        )
        for tree in parsed.contracts
        if names.get(tree.agency_code, tree.agency) != tree.agency
    )
    return replace(parsed, notices=(*parsed.notices, *renamed))


async def _without_signed(session: AsyncSession, cycle: Cycle, parsed: Parsed) -> Parsed:
    """Contracts that somebody has signed cannot be changed by a file."""
    signed = {
        tree.agency_code: tree.agency for tree in await signed_and_different(session, cycle, parsed.contracts)
    }
    message = N_("{name}: 이미 서명한 계약이라 바꿀 수 없습니다")
    return replace(
        parsed,
        contracts=tuple(tree for tree in parsed.contracts if tree.agency_code not in signed),
        problems=(
            *parsed.problems,
            *(
                RowProblem(0, korean("agency_code"), message, code, {"name": name})
                for code, name in signed.items()
            ),
        ),
        withheld=(*parsed.withheld, *signed),
    )


async def decide_pair(
    session: AsyncSession, cycle: Cycle, draft_id: int, codes: tuple[str, str], choice: str, by: Person
) -> None:
    """Keep what an officer decided about two bodies of a file: `choice` is the place of the name that stays, or "two".

    Deciding again replaces the decision, as long as the file is not stored.
    """
    require_phase(cycle, Phase.DRAFTING)
    draft = await upload_of(session, cycle, draft_id)
    await session.exec(select(ImportDraft.id).where(col(ImportDraft.id) == draft_id).with_for_update())
    await session.refresh(draft)
    if draft.applied_at is not None:
        raise Conflict(N_("이미 저장한 파일입니다"))
    ran = await dry_run(session, cycle, draft)
    key = pair_key(*codes)
    pair = next((each for each in ran.pairs if each.key == key), None)
    if pair is None:
        raise NotFound(N_("같은 기관일 수 있다고 본 두 기관을 찾을 수 없습니다"))
    choices = {str(place): body for place, body in enumerate(pair.choices())}
    if choice != DIFFERENT and choice not in choices:
        raise Refused(
            N_("같은 기관인지 다른 기관인지 골라 주십시오"),
            fields={"choice": translate(N_("하나를 골라 주십시오"))},
        )
    kept = choices.get(choice)
    decisions = draft.decisions | {key: [kept.code, kept.name] if kept else []}
    if renamings(ran.pairs, decisions) is None:
        raise Refused(
            N_("다른 결정과 엇갈립니다. 하나로 합칠 기관들은 모두 같은 이름과 코드로 합쳐 주십시오"),
            fields={"choice": translate(N_("다른 결정과 엇갈립니다"))},
        )
    draft.decisions = decisions
    session.add(draft)
    await journal.record(
        session,
        by.actor,
        "contracts.bodies-merged" if kept else "contracts.bodies-kept-apart",
        str(cycle.year),
        file=draft.sha256,
        bodies=[f"{body.code} {body.name}" for body in (pair.one, pair.other)],
        kept=f"{kept.code} {kept.name}" if kept else "",
    )


async def apply_upload(
    session: AsyncSession, cycle: Cycle, draft_id: int, by: Person, *, without_refused: bool = False
) -> int:
    """Store the contracts of an uploaded file; with bad rows only when leaving them out was asked for.

    Returns how many contracts were stored.  A file is applied once.
    """
    require_phase(cycle, Phase.DRAFTING)
    draft = await upload_of(session, cycle, draft_id)
    parsed = (await dry_run(session, cycle, draft)).parsed
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
