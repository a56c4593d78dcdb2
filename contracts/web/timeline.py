"""How a contract came to be what it is: its timeline, and how it stood at every checkpoint."""

import json
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.differences import Record
from contracts.cycles import cycle_of
from contracts.keeping import checkpoints
from contracts.keeping.checkpoints import MOMENT_LABELS, TREE
from contracts.keeping.checks import checks_at
from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.public.timeline import timeline_of
from contracts.reading import agency_names, seen_contract, tree_of
from contracts.terms.canonical import canonical_bytes, tree_from_record, tree_record
from contracts.terms.doubt import doubts_among
from contracts.terms.standing import standing_of
from contracts.web.deadlines import answered_desk
from contracts.web.differing import differences
from contracts.web.files import answered
from contracts.web.showing import NAMES
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Person, Role


class MidYear(BaseModel):
    """The day a mid-year checkpoint is as of."""

    as_of: date


@get("/contracts/{public_id:str}/timeline")
async def timeline_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """Who did what when, by role, the newest first; before publication only for those who work on it."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        events = await timeline_of(session, cycle, contract)
        taken = [checkpoint for checkpoint, _ in await checkpoints.snapshots_of(session, contract)]
    return page(
        request,
        "contracts/timeline.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        events=events,
        taken=taken,
        moments=MOMENT_LABELS,
        published=contract.state is ContractState.PUBLISHED,
    )


async def _published(
    session: AsyncSession, public_id: str, person: Person | None
) -> tuple[Contract, Agency, Cycle]:
    contract, agency, cycle = await seen_contract(session, public_id, person)
    if contract.state is not ContractState.PUBLISHED:
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return contract, agency, cycle


@get("/contracts/{public_id:str}/checkpoints/{name:str}")
async def checkpoint_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """A contract as it stood (`NUMBER`, or `NUMBER.json` for the frozen bytes), and what differs from the next look."""
    typed, _, ending = name.partition(".")
    if ending not in ("", "json") or not (typed.isascii() and typed.isdigit()) or len(typed) > 6:
        raise NotFound(N_("이 계약에 그런 점검 기록은 없습니다"))
    number = int(typed)
    async with db.reading() as session:
        contract, agency, cycle = await _published(session, public_id, request.user)
        checkpoint, snapshot = await checkpoints.snapshot_of(session, contract, number)
        if ending:
            filename = f"{public_id}-checkpoint-{number}.json"
            return answered(request, snapshot.record.encode(), "application/json", filename=filename)
        taken = await checkpoints.snapshots_of(session, contract)
        after = next(((each, shot.content) for each, shot in taken if each.number == number + 1), None)
        now = await tree_of(session, contract)
        bodies = await agency_names(session)
        tree = tree_from_record(snapshot.content)
        checks = await checks_at(session, contract, tree, checkpoint.taken_at)
    later = after[1] if after else _plain(tree_record(now))
    return page(
        request,
        "contracts/checkpoint.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        checkpoint=checkpoint,
        snapshot=snapshot,
        moments=MOMENT_LABELS,
        names=NAMES,
        bodies=bodies,
        tree=tree,
        standing=standing_of([tree], doubts_among(checks)),
        checks=checks,
        following=after[0] if after else None,
        lines=differences(_tree_of(snapshot.content), _tree_of(later), bodies),
    )


def _plain(record: Any) -> Record:
    """A record as JSON has it, for comparing it with one that was kept."""
    read: Record = json.loads(canonical_bytes(record))
    return read


def _tree_of(record: Record) -> Record:
    return {name: record[name] for name in TREE}


@post("/office/cycles/{year:int}/checkpoints", guards=[only(Role.OFFICE)])
async def take(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """An officer freezes the mid-year checkpoint (`as_of`)."""
    form = await form_of(request)
    try:
        wanted = read_form(MidYear, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await checkpoints.take_midyear(session, cycle, wanted.as_of, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await answered_desk(request, db, year, problem, at="checkpoint", form=form)
    return see(f"/office/cycles/{year}/deadlines?done=frozen")


ROUTES: list[Any] = [timeline_page, checkpoint_page, take]
