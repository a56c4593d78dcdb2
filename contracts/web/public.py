"""What everybody may read: each contract with its tree, and the files to check them with."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.changes.effects import retargeted
from contracts.changes.versions import amended_at
from contracts.cycles import WITH_RESULT, cycle_of
from contracts.keeping.checks import findings_of
from contracts.keeping.replies import reply_of
from contracts.model import ContractState, Cycle
from contracts.public import original
from contracts.public.alike import published_years
from contracts.publication import published_set
from contracts.reading import agency_names, cycle_name, seen_contract, tree_of
from contracts.rereading import Rereading
from contracts.sharing import unled_tasks
from contracts.signing import still_as_signed
from contracts.terms.doubt import doubts_among
from contracts.terms.standing import standing_of
from contracts.web.editions import Edition, editions_of
from contracts.web.files import answered
from contracts.web.open_data import YEAR, published_cycle
from contracts.web.showing import NAMES, headline, promises_of
from office.database import Database
from office.pages import AnyRequest, page, see


@get("/contracts/{public_id:str}")
async def contract_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    rereading: NamedDependency[Rereading],
    public_id: FromPath[str],
) -> Response[Any]:
    """One contract: the promise, how far it is, the whole tree, who signed, and how to check it.

    A year in place of a contract's id, the address that the files of a year name as their source, leads to its list.
    """
    async with db.reading() as session:
        if YEAR.fullmatch(public_id):
            return see(f"/contracts?year={(await published_cycle(session, int(public_id))).year}")
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if contract.state is not ContractState.PUBLISHED:
            return see(f"/agency/contracts/{public_id}")
        tree = await tree_of(session, contract)
        editions = await editions_of(session, cycle, contract)
        reread = await rereading.of(session, cycle)
        amended = await amended_at(session, contract)
        moved = await retargeted(session, cycle, contract, tree)
        checks, past = await findings_of(session, contract)
        reply = await reply_of(session, contract)
        bodies = await agency_names(session)
        unled = await unled_tasks(session, cycle, tree, public=True)
        years = await published_years(session, agency)
    return page(
        request,
        "contracts/contract.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        tree=tree,
        bodies=bodies,
        unled=unled,
        years=years,
        result=f"/reports/{cycle.year}/{public_id.partition('-')[2]}" if cycle.phase in WITH_RESULT else "",
        names=NAMES,
        standing=standing_of([tree], doubts_among(checks)),
        promises=promises_of(tree, cycle, checks),
        editions=editions,
        sound=still_as_signed(tree, cycle, contract),
        amended=amended,
        retargeted=moved,
        checks=checks,
        past=past,
        reply=reply,
        all_sound=reread.is_published_set(cycle),
    )


@get("/contracts/{public_id:str}/original.pdf")
async def original_file(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[bytes]:
    """The printable original with both signatures."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, None)
        tree = await tree_of(session, contract)
        first, *later = await editions_of(session, cycle, contract)
        bodies = await agency_names(session)
    title = headline(cycle, agency)
    document = await asyncio.to_thread(
        original.contract_original,
        tree,
        cycle=cycle_name(cycle),
        title=title,
        signatures=_printed(first),
        later=[original.Later(each.number, each.since, _printed(each)) for each in later if each.since],
        published_at=contract.published_at,
        simulated=bool(cycle.simulated),
        bodies=bodies,
    )
    return answered(request, document, "application/pdf", filename=f"{title}.pdf")


def _printed(edition: Edition) -> list[original.Signature]:
    return [original.Signature(each.role, each.name, each.at) for each in edition.signatures]


@get("/contracts/{public_id:str}/contract.json")
async def record_file(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[bytes]:
    """The very bytes both sides signed; their SHA-256 is the fingerprint."""
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, public_id, None)
    record = (contract.record or "").encode()
    return answered(request, record, "application/json", filename=f"{contract.public_id}.json")


@get("/contracts/{year:int}/contracts.json")
async def set_file(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]
) -> Response[bytes]:
    """All contracts of a year as one file; its SHA-256 stands in the election record."""
    async with db.reading() as session:
        cycle: Cycle = await cycle_of(session, year)
        content = await published_set(session, cycle)
    return answered(request, content, "application/json", filename="contracts.json")


ROUTES = [contract_page, original_file, record_file, set_file]
