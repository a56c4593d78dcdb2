"""Importing over HTTP: a dry run that names every bad row and changes nothing; then stored once."""

import csv
import io

from openpyxl import load_workbook

from contracts.cycles import cycle_of
from contracts.files.exporting import write_csv
from contracts.files.importing import parse
from contracts.reading import contracts_of, trees_of
from office.database import Database
from rehearsal.visitor import said
from tests.contracts.conftest import CYCLE, TREES, Year
from tests.seeding import CULTURE, TRANSPORT, YEAR

JSON = {"Accept": "application/json"}


def spoiled() -> bytes:
    """The file of two agencies: a figure that is none in row 2 (교통국) and a row of nobody at the end."""
    rows = list(csv.reader(io.StringIO(write_csv(TREES).decode("utf-8-sig"))))
    rows[1][rows[0].index("목표")] = "열"
    nobody = [""] * len(rows[0])
    nobody[rows[0].index("과제")] = "임자 없는 과제"
    out = io.StringIO()
    csv.writer(out).writerows([*rows, nobody])
    return out.getvalue().encode()


async def stored(db: Database) -> list[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        return [agency.name for _, agency in await contracts_of(session, cycle)]


async def begun(year: Year) -> Year:
    await year.office.post("/office/cycles", {"year": str(YEAR), "title": "올해의 성과평가"})
    return year


async def test_a_dry_run_names_every_bad_row_and_changes_nothing(db: Database, year: Year) -> None:
    address = await (await begun(year)).upload(spoiled())
    page = (await year.office.get(address)).text
    assert "2행" in page and "목표" in page and "열" in page
    record = (await year.office.get(address, headers=JSON)).json()
    assert [(each["row"], each["column"]) for each in record["problems"]] == [(2, "목표"), (10, "기관명")]
    assert record["rows_read"] == 9 and record["contracts"] == 1 and record["withheld"] == ["TR"]
    assert "숫자가 아닙니다" in record["problems"][0]["message"] and record["problems"][0]["value"] == "열"
    assert await stored(db) == []


async def test_bad_rows_are_only_left_out_when_that_is_asked_for(db: Database, year: Year) -> None:
    address = await (await begun(year)).upload(spoiled())
    refused = await year.office.post(address, expect=422)
    assert "빼고 저장한다고" in said(refused) and await stored(db) == []
    await year.office.post(address, {"without_refused": "yes"})
    assert await stored(db) == ["문화국"]
    assert "이미 저장한 파일" in said(await year.office.post(address, {"without_refused": "yes"}, expect=409))


async def test_a_good_file_is_stored_exactly(db: Database, year: Year) -> None:
    await year.drafted()
    async with db.reading() as session:
        trees = await trees_of(session, await cycle_of(session, YEAR))
    assert tuple(trees.values()) == TREES


async def test_no_file_and_a_file_that_is_none_are_said_so(db: Database, year: Year) -> None:
    await begun(year)
    missing = await year.office.post(f"{CYCLE}/import", {"nothing": "here"}, expect=422)
    assert "파일을 골라" in said(missing)
    address = await year.upload(b"\xd0\xcf\x11\xe0 an old spreadsheet", "old.xls")
    assert "읽을 수 없는 형식" in (await year.office.get(address)).text
    assert "저장할 수 있는 계약이 없습니다" in said(await year.office.post(address, expect=422))
    assert await stored(db) == []


async def test_a_text_longer_than_a_telephone_shows_is_refused_with_its_row(year: Year) -> None:
    long = write_csv(TREES).replace("버스를 기다리는 시간을".encode(), ("버스를 " * 120).encode(), 1)
    address = await (await begun(year)).upload(long)
    problems = (await year.office.get(address, headers=JSON)).json()["problems"]
    assert [(each["row"], each["column"]) for each in problems] == [(2, "약속")]


async def test_a_signed_contract_cannot_be_changed_by_a_file(db: Database, year: Year) -> None:
    await year.drafted()
    head = year.heads["TR"]
    await head.post(f"/agency/contracts/{YEAR}-TR/sign", {"totp": head.totp()})
    changed = write_csv(TREES).replace("도민이 편한 이동".encode(), "도민이 빠른 이동".encode())
    address = await year.upload(changed)
    record = (await year.office.get(address, headers=JSON)).json()
    assert record["contracts"] == 1 and "이미 서명한 계약" in record["problems"][0]["message"]
    await year.office.post(address, {"without_refused": "yes"})
    async with db.reading() as session:
        first, second = (await trees_of(session, await cycle_of(session, YEAR))).values()
    assert first == TRANSPORT and second.children[0].title == "도민이 빠른 이동" != CULTURE.children[0].title


async def test_a_file_of_one_year_is_not_found_under_another(year: Year) -> None:
    address = await (await begun(year)).upload(write_csv(TREES))
    await year.office.post("/office/cycles", {"year": "2031", "title": "다른 해"})
    await year.office.get(address.replace(str(YEAR), "2031"), expect=404)


async def test_a_cycle_is_begun_once_and_its_form_says_what_is_wrong(year: Year) -> None:
    await begun(year)
    again = await year.office.post("/office/cycles", {"year": str(YEAR), "title": "두 번째"}, expect=422)
    assert "이미 있습니다" in said(again) and "두 번째" in again.text
    wrong = await year.office.post("/office/cycles", {"year": "내년", "title": ""}, expect=422)
    assert "숫자로 적어" in wrong.text and "내년" in wrong.text


async def test_the_form_to_fill_in_offline_knows_the_bodies_and_comes_back_as_it_went_out(
    db: Database, year: Year
) -> None:
    await year.drafted()
    sent = await year.office.get(f"{CYCLE}/template.xlsx")
    assert f"contracts-{YEAR}.xlsx" in sent.headers["content-disposition"]
    lists = load_workbook(io.BytesIO(sent.content))["목록"]
    assert {cell.value for cell in lists["B"] if cell.value} == {"기관명", "교통국", "문화국"}
    own = await year.officers["TR"].get(f"/agency/contracts/{YEAR}-TR/template.xlsx")
    assert parse(own.content, "own.xlsx").contracts == (TRANSPORT,)
    address = await year.upload(own.content, "own.xlsx")
    record = (await year.office.get(address, headers=JSON)).json()
    assert (record["contracts"], record["problems"]) == (1, [])
    await year.office.post(address)
    async with db.reading() as session:
        trees = await trees_of(session, await cycle_of(session, YEAR))
    assert tuple(trees.values()) == TREES
