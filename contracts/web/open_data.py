"""Contracts to take away: a contract's or a year's files, the dictionary that explains every field, and their page."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import amended_at
from contracts.cycles import cycle_of
from contracts.files.dictionary import FORM, TABLES, Table
from contracts.files.exporting import write_csv
from contracts.files.open_data import csv_of, dictionary_csv, dictionary_json, json_of
from contracts.files.rows import Issued
from contracts.files.workbook import workbook
from contracts.keeping.checks import standing_checks
from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.reading import published_pairs, seen_contract, tree_of
from contracts.web.files import answered
from contracts.web.made_once import made_once
from office.database import Database
from office.errors import NotFound
from office.i18n import N_, translate
from office.pages import AnyRequest, page
from office.settings import Settings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YEAR = re.compile(r"\d{4}", re.ASCII)
"""A contract's permanent id is longer: `2026-TR`."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed out: one contract or all of a year, and under which name and address."""

    name: str
    title: str
    contracts: tuple[Issued, ...]
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """A file as the page offers it."""

    name: str
    label: str
    form: str
    holds: str


def offered(table: Table) -> File:
    """A table as a CSV file."""
    return File(f"{table.name}.csv", translate(table.label), "CSV", translate(table.meaning))


@get("/contracts/{public_id:str}/data")
async def data_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[str]:
    """What can be taken away of a contract (or of a year), and what every field means."""
    contract: Contract | None = None
    agency: Agency | None = None
    async with db.reading() as session:
        if YEAR.fullmatch(public_id):
            cycle = await published_cycle(session, int(public_id))
            amended = None
        else:
            contract, agency, cycle = await published_contract(session, public_id)
            amended = await amended_at(session, contract)
    whole = (
        File("data.xlsx", translate(N_("엑셀 파일 하나로")), "XLSX", translate(N_("표마다 시트 하나, 합계는 수식, 자료 사전까지"))),
        File("data.json", translate(N_("프로그램으로 읽기")), "JSON", translate(N_("계약의 나무 모양 그대로, 자료 사전까지"))),
        offered(FORM),
    )  # fmt: skip
    return page(
        request,
        "contracts/data.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        amended=amended,
        base=f"/contracts/{public_id}/data",
        whole=whole,
        tables=[offered(table) for table in TABLES],
        dictionary=(*TABLES, FORM),
        attribution=attribution_of(settings, cycle, f"/contracts/{public_id}"),
    )


@get("/contracts/{public_id:str}/data/{name:str}")
async def data_file(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:
    """One of the files: `data.xlsx`, `data.json`, `contract.csv` (the form contracts are handed in), a table, the dictionary."""
    async with db.reading() as session:
        given, cycle = await _given(session, public_id)
    attribution = attribution_of(settings, cycle, given.address)
    make = _maker(name, given, attribution)
    if make is None:
        raise NotFound(N_("그런 자료 파일은 없습니다"))
    content = await asyncio.to_thread(made_once, make, name, given, attribution)
    kind = {"xlsx": XLSX, "json": "application/json", "csv": "text/csv"}[name.rpartition(".")[2]]
    return answered(request, content, kind, filename=f"{given.name}-{name}")


def _maker(name: str, given: Given, attribution: str) -> Callable[[], bytes] | None:
    """What makes the file of that name."""
    notes = (attribution, *(f"{translate(table.label)}: {translate(table.meaning)}" for table in TABLES))
    makers: dict[str, Callable[[], bytes]] = {
        "data.xlsx": partial(workbook, given.contracts, title=given.title, notes=notes),
        "data.json": partial(json_of, given.contracts, attribution=attribution),
        "contract.csv": partial(write_csv, [each.tree for each in given.contracts]),
        "dictionary.csv": dictionary_csv,
        "dictionary.json": dictionary_json,
    }
    makers |= {f"{table.name}.csv": partial(csv_of, table, given.contracts) for table in TABLES}
    return makers.get(name)


async def _given(session: AsyncSession, public_id: str) -> tuple[Given, Cycle]:
    if YEAR.fullmatch(public_id):
        cycle = await published_cycle(session, int(public_id))
        pairs: Sequence[Any] = await published_pairs(session, cycle)
        title = translate(N_("{year}년 성과계약"), year=cycle.year)
    else:
        contract, agency, cycle = await published_contract(session, public_id)
        pairs = [(contract, agency, await tree_of(session, contract))]
        title = translate(N_("{year}년 {agency} 성과계약"), year=cycle.year, agency=agency.name)
    checks = await standing_checks(session, [contract.id for contract, _, _ in pairs])
    issued = tuple(
        Issued(
            contract.public_id,
            cycle.year,
            contract.published_at,
            contract.fingerprint or "",
            tree,
            checks.get(contract.id or 0, {}),
        )
        for contract, _, tree in pairs
    )
    return Given(public_id, title, issued, f"/contracts/{public_id}"), cycle


async def published_cycle(session: AsyncSession, year: int) -> Cycle:
    """A cycle whose contracts everybody may read; `NotFound` otherwise."""
    cycle = await cycle_of(session, year)
    if cycle.contracts_sha256 is None:
        raise NotFound(N_("{year}년 계약은 아직 공개되지 않았습니다"), year=year)
    return cycle


async def published_contract(session: AsyncSession, public_id: str) -> tuple[Contract, Agency, Cycle]:
    """A contract everybody may read; `NotFound` otherwise, whoever asks."""
    contract, agency, cycle = await seen_contract(session, public_id, None)
    if contract.state is not ContractState.PUBLISHED:
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return contract, agency, cycle


def attribution_of(settings: Settings, cycle: Cycle, path: str) -> str:
    """The sentence that asks for the source to be named, with how to name it."""
    sentence = N_(
        "이 자료를 쓰실 때는 출처를 밝혀 주십시오. 출처 표시: {authority} {year}년 성과계약({address})"
    )
    address = settings.base_url.rstrip("/") + path
    said = translate(
        sentence, authority=settings.authority or translate(N_("약속")), year=cycle.year, address=address
    )
    if cycle.simulated:
        said += " " + translate(N_("이 가운데에는 시연을 위해 만든 자료가 있습니다."))
    return said


ROUTES: list[Any] = [data_page, data_file]
