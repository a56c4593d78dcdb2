"""Sheets for the notice board in the civil-affairs hall: to look at, to print, and as PDF; of one contract or of a year."""

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.public.notice import Notice, notice_pdf, qr_svg
from contracts.public.survey import survey_of
from contracts.reading import tree_of
from contracts.terms.standing import lead_task
from contracts.terms.tree import ContractTree
from contracts.web.files import answered
from contracts.web.open_data import YEAR, published_contract, published_cycle
from contracts.web.showing import headline, promise_of
from office.database import Database
from office.decimals import shown
from office.pages import AnyRequest, page
from office.paper import in_korean
from office.particles import josa
from office.settings import Settings


@get("/contracts/{public_id:str}/notice")
async def notice_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[str]:
    """The sheet as a page: what will be printed, and the button for the PDF."""
    async with db.reading() as session:
        notice, contract, agency, cycle = await _notice(session, settings, public_id)
    return page(
        request,
        "contracts/notice.html",
        notice=notice,
        contract=contract,
        agency=agency,
        cycle=cycle,
        base=f"/contracts/{quote(public_id)}/notice",
    )


@get("/contracts/{public_id:str}/notice.pdf")
async def notice_file(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[bytes]:
    """The sheet as PDF, one page of A4."""
    async with db.reading() as session:
        notice, _, agency, cycle = await _notice(session, settings, public_id)
    document = await asyncio.to_thread(notice_pdf, notice)
    with in_korean():
        title = headline(cycle, agency) if agency else f"{cycle.year}년 성과계약"
    return answered(request, document, "application/pdf", filename=f"{title} 게시용.pdf")


@get("/contracts/{public_id:str}/notice.svg")
async def code_file(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[bytes]:
    """The QR code alone, to be put on a paper of one's own."""
    async with db.reading() as session:
        notice, *_ = await _notice(session, settings, public_id)
    return answered(request, qr_svg(notice.address).encode(), "image/svg+xml")


async def _notice(
    session: AsyncSession, settings: Settings, public_id: str
) -> tuple[Notice, Contract | None, Agency | None, Cycle]:
    base = settings.base_url.rstrip("/")
    if YEAR.fullmatch(public_id):
        cycle = await published_cycle(session, int(public_id))
        survey = await survey_of(session, cycle)
        names = tuple(line.agency for line in survey.lines)
        with in_korean():
            return _of_year(cycle, names, survey.standing.promised, settings, base), None, None, cycle
    contract, agency, cycle = await published_contract(session, public_id)
    tree = await tree_of(session, contract)
    with in_korean():
        return _of_contract(contract, cycle, tree, settings, base), contract, agency, cycle


def _of_contract(
    contract: Contract, cycle: Cycle, tree: ContractTree, settings: Settings, base: str
) -> Notice:
    task = lead_task(tree)
    promise = promise_of(task, cycle) if task else None
    way = promise.way if promise else None
    facts: list[tuple[str, str]] = []
    if way and way.start is not None:
        facts.append((way.start_label, f"{shown(way.start)}{way.unit}"))
    if way and way.target is not None:
        facts.append((way.target_label, f"{shown(way.target)}{way.unit}"))
    return Notice(
        over=" ".join(filter(None, (settings.authority, tree.agency, f"{cycle.year}년 약속"))),
        headline=(task.promise or task.title) if task else tree.agency,
        said=f"{josa(promise.lead.title, '으로')} 잽니다." if promise and promise.lead else "",
        address=f"{base}/contracts/{quote(contract.public_id)}",
        invitation="약속 전체와 지금까지 온 길을 보십시오",
        facts=tuple(facts),
        foot=f"계약 번호 {contract.public_id} · 지문 {(contract.fingerprint or '')[:16]}",
        simulated=bool(cycle.simulated),
    )


def _of_year(cycle: Cycle, names: tuple[str, ...], tasks: int, settings: Settings, base: str) -> Notice:
    return Notice(
        over=" ".join(filter(None, (settings.authority, f"{cycle.year}년 성과계약"))),
        headline="누가 무엇을 약속했는지 보십시오",
        said=f"기관 {len(names)}곳이 도민에게 과제 {tasks}개를 약속하고 서명했습니다.",
        address=f"{base}/contracts?year={cycle.year}",
        invitation="모든 계약의 원문이 여기에 있습니다",
        bodies=names,
        foot=f"계약 전체의 지문 {(cycle.contracts_sha256 or '')[:16]}",
        simulated=bool(cycle.simulated),
    )


ROUTES: list[Any] = [notice_page, notice_file, code_file]
