"""Published results of past years: tried first, kept as they came, shown to everybody with what is wrong in them."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from contracts.cycles import create_cycle
from contracts.model import Phase
from contracts.writing.drafting import store_contracts
from evaluation.past_results import kept_sheets, past_results_of
from evaluation.published.flags import Defect
from office import journal
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.conftest import SignIn
from tests.data import acceptance_data
from tests.seeding import TRANSPORT, YEAR, seed_cycle

PAST = f"/office/cycles/{YEAR}/past"
PUBLIC = "/contracts/past/TR"
HEADING = "연도,대분류,지표,배점,평점,득점\n"
GOOD = (
    HEADING + "2024,경영,조직,60,90,54.00\n2024,경영,인사,40,50,20.00\n2024,합계,합계,100,74,74.00\n"
).encode()
WRONG = GOOD.replace(b"54.00", b"55.00")


@pytest.fixture
async def cycle(db: Database) -> None:
    async with db.writing() as session:
        made = await create_cycle(session, year=YEAR, title="올해의 성과평가", by="office:1")
        await store_contracts(session, made, [TRANSPORT], "office:1")


async def tried(office: Visitor, data: bytes, year: int = 2024, name: str = "scores.csv") -> str:
    """The address of the look at a file."""
    form = {"agency": "TR", "year": str(year)}
    return str((await office.post(PAST, form, files={"file": (name, data)})).headers["location"])


async def kept(address: str, *officers: Visitor) -> None:
    """Two officers, one after the other, want the file kept."""
    for officer in officers:
        await officer.get(address)
        await officer.post(address)


@pytest.mark.usefixtures("cycle")
async def test_a_sheet_is_looked_at_before_it_counts_and_then_everybody_may_see_it(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.OFFICE) as (_, second):
        address = await tried(office, WRONG)
        page = (await office.get(address)).text
        assert (
            "맞지 않는 곳이 2군데 있습니다" in page and "2행" in page and "54.00점인데 득점은 55.00점" in page
        )
        await visitor.get(PUBLIC, expect=404)
        await office.post(address)
        waiting = (await office.get(address)).text
        assert "두 번째 담당자를 기다립니다" in waiting and "보관하기</button>" not in waiting
        await office.post(address, expect=409)
        await visitor.get(PUBLIC, expect=404)
        assert "확인하고 보관하기" in (await second.get(address)).text
        await second.post(address)
        assert "보관했습니다" in (await office.get(f"{PAST}?done=kept")).text
        await office.post(address, expect=409)
    shown = (await visitor.get(PUBLIC)).text
    assert (
        "교통국, 지난 평가는 어땠나요?" in shown and "74" in shown and "54.00점인데 득점은 55.00점" in shown
    )
    async with db.reading() as session:
        (result,) = await past_results_of(session, "TR")
        entry = next(each for each in await journal.latest(session) if each.act == "past.kept")
    assert (result.year, str(result.total)) == (2024, "74.00")
    assert [(part.name, str(part.weight), str(part.score)) for part in result.parts] == [
        ("경영", "100", "75")
    ]
    assert [flag.defect for flag in result.flags] == [Defect.SCORE, Defect.TOTAL]
    assert entry.details["sha256"] == result.sha256 and entry.details["flags"] == 2
    file = await visitor.get(f"{PUBLIC}/files/{result.sha256}")
    assert file.content == WRONG and "attachment" in file.headers["content-disposition"]
    assert (await visitor.get(f"{PUBLIC}/totals.svg")).headers["content-type"] == "image/svg+xml"


@pytest.mark.usefixtures("cycle")
async def test_a_later_file_takes_the_place_of_the_one_before(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.OFFICE) as (_, other):
        first = await tried(office, WRONG)
        await kept(first, office, other)
        second = await tried(office, GOOD)
        assert "먼저 보관한 파일 대신" in (await office.get(second)).text
        await kept(second, office, other)
        assert "다른 파일로 바뀌었습니다" in (await office.get(first)).text
    async with db.reading() as session:
        (sheet,) = await kept_sheets(session, with_data=True)
    assert sheet.data == GOOD and sheet.flags == []
    assert "적힌 숫자가 서로 맞습니다" in (await visitor.get(PUBLIC)).text


@pytest.mark.usefixtures("cycle")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xd0\xcf\x11\xe0 an old spreadsheet", "읽을 수 없는 형식"),
        (GOOD.replace(b"20.00", b"=1+1"), "3행"),
        ("이름,나이\n가,3\n".encode(), "아는 형식이 아닙니다"),
    ],
)
async def test_a_bad_file_changes_nothing_and_its_rows_are_named(
    db: Database, signed_in: SignIn, data: bytes, expected: str
) -> None:
    async with signed_in(Role.OFFICE) as (_, office):
        form = {"agency": "TR", "year": "2024"}
        answer = await office.post(PAST, form, files={"file": ("a.csv", data)}, expect=422)
        assert expected in answer.text and 'value="2024"' in answer.text
    async with db.reading() as session:
        assert await kept_sheets(session) == []


@pytest.mark.usefixtures("cycle")
async def test_a_wrong_year_body_or_no_file_is_said_beside_its_field(signed_in: SignIn) -> None:
    async with signed_in(Role.OFFICE) as (_, office):
        file = {"file": ("a.csv", GOOD)}
        other = await office.post(PAST, {"agency": "TR", "year": "2023"}, files=file, expect=422)
        assert "파일에는 2024년이라고" in said(other)
        ahead = await office.post(PAST, {"agency": "TR", "year": "2031"}, files=file, expect=422)
        assert "까지의 해" in said(ahead)
        nobody = await office.post(PAST, {"agency": "XX", "year": "2024"}, files=file, expect=422)
        assert "기관을 골라" in said(nobody)
        await office.post(PAST, {"agency": "TR", "year": "작년"}, files=file, expect=422)
        none = await office.post(PAST, {"agency": "TR", "year": "2024"}, files={"x": ("", b"")}, expect=422)
        assert "파일을 골라" in said(none)


@pytest.mark.usefixtures("cycle")
async def test_only_the_performance_office_brings_past_results_in(
    signed_in: SignIn, visitor: Visitor
) -> None:
    async with signed_in(Role.OFFICE) as (_, office):
        address = await tried(office, GOOD)
    async with signed_in(Role.HEAD, "TR") as (_, head):
        for path in (PAST, address):
            await head.get(path, expect=403)
            await head.post(path, expect=403)
    await visitor.get(PAST, expect=303)


@pytest.mark.usefixtures("cycle")
async def test_a_workbook_reads_like_the_csv(signed_in: SignIn) -> None:
    book = Workbook()
    for line in GOOD.decode().splitlines():
        book.worksheets[0].append([float(cell) if cell[:1].isdigit() else cell for cell in line.split(",")])
    out = io.BytesIO()
    book.save(out)
    async with signed_in(Role.OFFICE) as (_, office):
        address = await tried(office, out.getvalue(), name="scores.xlsx")
        assert "맞지 않는 곳이 없습니다" in (await office.get(address)).text


@pytest.mark.usefixtures("cycle")
async def test_every_published_file_of_a_real_corporation_can_be_kept(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    folders = [
        acceptance_data(f"contracts/jongno_fmc_{name}") for name in ("assessment", "targets", "satisfaction")
    ]
    files = sorted(path for folder in folders for path in folder.iterdir())
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.OFFICE) as (_, other):
        for path in files:
            address = await tried(office, path.read_bytes(), int(path.name[:4]), path.name)
            await kept(address, office, other)
    async with db.reading() as session:
        results = {result.year: str(result.total) for result in await past_results_of(session, "TR")}
        assert len(await kept_sheets(session, "TR")) == len(files) == 16
    assert results == {
        2003: "83.46",
        2005: "84.39",
        2007: "89.54",
        2009: "85.29",
        2011: "81.49",
        2013: "84.53",
    }
    shown = (await visitor.get(PUBLIC)).text
    assert "배점이 10점인데 득점은 10.10점입니다" in shown and "소계라고 적혀 있지 않지만" in shown


async def test_a_body_with_a_published_contract_has_a_page_that_is_linked_once_something_is_there(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.SCORING, trees=[TRANSPORT])
    assert "지난 평가가 아직 없습니다" in (await visitor.get(PUBLIC)).text
    await visitor.get(f"{PUBLIC}/totals.svg", expect=404)
    assert "/contracts/past/" not in (await visitor.get(f"/contracts/{YEAR}-TR/comparison")).text
    await visitor.get("/contracts/past/CU", expect=404)
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.OFFICE) as (_, other):
        await kept(await tried(office, GOOD), office, other)
    assert 'href="/contracts/past/TR"' in (await visitor.get(f"/contracts/{YEAR}-TR/comparison")).text
