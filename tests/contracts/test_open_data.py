"""Open data: every field is in the dictionary, what goes out comes back in, sums can be followed, no cell is a formula."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import update

from contracts.cycles import cycle_of
from contracts.files.columns import COLUMNS
from contracts.files.dictionary import FORM, TABLES, every_field
from contracts.files.guarding import guarded, unguarded
from contracts.files.importing import parse
from contracts.files.open_data import csv_of, dictionary_record, json_of
from contracts.files.rows import Issued, rows_of
from contracts.files.workbook import workbook
from contracts.model import IndicatorMeasure, Phase
from contracts.reading import published_pairs
from contracts.terms.canonical import tree_from_record
from contracts.terms.doubt import Check, Verdict
from contracts.terms.tree import ContractTree, Direction, HeadContract, Kind, Measure, Method, Node
from contracts.web.made_once import made_once
from office.database import Database
from office.i18n import language
from rehearsal.visitor import Visitor
from tests.seeding import TREES, YEAR, seed_cycle

BULLET = "- 노선을 (모두) 고쳤습니다"
RISKY = ContractTree(
    "-1",
    "+이음공사",
    "-기타",
    (
        Node(
            "1.1",
            BULLET,
            Kind.TASK,
            Decimal(60),
            promise=BULLET,
            children=(
                Node("1.1-1", "지표", Kind.INDICATOR, Decimal(60), measure=Measure(
                    Direction.UP, Method.TARGET_RATIO, unit="%", history=((2025, Decimal("-1.5")),),
                    target=Decimal("-3"), actual=Decimal("0.1"), definition=BULLET)),
            ),
        ),
        Node(
            "1.10",
            "다른 과제",
            Kind.TASK,
            Decimal(40),
            children=(
                Node("1.10-1", "지표 둘", Kind.INDICATOR, Decimal(40), measure=Measure(
                    Direction.UP, Method.NINE_GRADE)),
            ),
        ),
    ),
    head=HeadContract(
        (
            Node("HEAD-Q1", BULLET, Kind.INDICATOR, Decimal(2), result=BULLET, measure=Measure(
                Direction.DOWN, Method.TARGET_RATIO, unit="건", target=Decimal(2), actual=Decimal(3))),
            Node("HEAD-G1", "=혁신", Kind.INDICATOR, Decimal(1), measure=Measure(Direction.UP, Method.NINE_GRADE)),
        ),
        date(2024, 3, 2),
        leadership="@현장",
    ),
)  # fmt: skip


CHECKS = {
    "TR": {
        "W-1": Check(Verdict.DIFFERS, "", datetime(2026, 12, 1, tzinfo=UTC), Decimal("9.6"), Decimal("10.4"))
    }
}


def issued(trees: Sequence[ContractTree] = (*TREES, RISKY)) -> list[Issued]:
    return [
        Issued(f"{YEAR}-{tree.agency_code}", YEAR, None, "f" * 64, tree, CHECKS.get(tree.agency_code, {}))
        for tree in trees
    ]


def test_rows_have_exactly_the_fields_of_the_dictionary_in_its_order() -> None:
    for table in TABLES:
        names = [field.name for field in table.fields]
        for row in rows_of(table, issued()):
            assert list(row) == names
    assert [field.name for field in FORM.fields][:-2] == list(COLUMNS)


def test_the_dictionary_leaves_nothing_unsaid_and_says_nothing_twice() -> None:
    seen = set()
    for table, field in every_field():
        assert field.label and field.type and field.meaning and field.source, (table.name, field.name)
        assert (table.name, field.name) not in seen
        seen.add((table.name, field.name))
    assert len(dictionary_record()) == len(seen)


def test_the_heads_own_tasks_are_a_table_with_leadership_last_and_no_figure_that_is_doubted() -> None:
    of_head = TABLES[-1]
    found = list(rows_of(of_head, issued()))
    assert [(row["code"], row["weight"], row["attained"], row["result"]) for row in found] == [
        ("HEAD-Q1", Decimal(2), Decimal("66.67"), BULLET),
        ("HEAD-G1", Decimal(1), None, ""),
        ("HEAD-L", None, None, "@현장"),
    ]
    assert {(row["contract"], row["since"]) for row in found} == {(f"{YEAR}--1", "2024-03-02")}
    doubt = Check(Verdict.DIFFERS, "", datetime(2026, 12, 1, tzinfo=UTC), Decimal(3), Decimal(4))
    (first, *_) = rows_of(of_head, [replace(issued([RISKY])[0], checks={"HEAD-Q1": doubt})])
    assert (first["attained"], first["check"], first["found"]) == (None, "differs", Decimal(4))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_of_the_open_data_is_no_contract_file_and_says_so(table: Any) -> None:
    parsed = parse(csv_of(table, issued()), f"{table.name}.csv")
    assert parsed.contracts == () and [problem.values for problem in parsed.problems] == [
        {"table": f"{table.name}.csv"}
    ]


def test_json_comes_back_as_the_same_trees_and_carries_its_dictionary() -> None:
    read = json.loads(json_of(issued(), attribution="출처"))
    assert [tree_from_record(each["tree"]) for each in read["contracts"]] == [*TREES, RISKY]
    assert read["dictionary"] == dictionary_record() and read["attribution"] == "출처"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_csv_with_a_mark_and_guarded_texts(table: Any) -> None:
    content = csv_of(table, issued())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows and not any(
        cell.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"-?[\d.]+", cell)
        for row in rows
        for cell in row.values()
    )


@given(st.text(max_size=12), st.sampled_from(["", "=", "+", "-", "@", "'", "''=", "\t", "'-"]))
def test_guarding_is_undone_exactly_and_leaves_no_formula(text: str, start: str) -> None:
    cell = guarded(start + text)
    assert unguarded(cell) == start + text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


# A small reading of the formulas we write: their ranges as values, and the functions they use.
_RANGE = re.compile(r"'([^']+)'!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)")


def evaluated(book: openpyxl.Workbook, sheet: str, formula: str) -> Decimal:
    def cells(found: re.Match[str]) -> list[Any]:
        name, column, first, last = found.groups()
        return [book[name][f"{column}{row}"].value for row in range(int(first), int(last) + 1)]

    total = Decimal()
    for term in formula.removeprefix("=").split("+SUM"):
        ranges = [cells(each) for each in _RANGE.finditer(term)]
        if term.startswith("COUNTIF"):
            wanted = re.search(r'"(.*)"\)', term)
            assert wanted
            total += ranges[0].count(wanted[1])
        elif "ISNUMBER" in term:
            total += sum(
                isinstance(target, int | float) and check in ("differs", "unclear")
                for target, check in zip(*ranges[:2], strict=True)
            )
        elif term.startswith("COUNTA"):
            total += sum(value is not None for value in ranges[0])
        elif term.startswith("COUNT("):
            total += sum(isinstance(value, int | float) for value in ranges[0])
        else:
            asked = re.search(r",(\"\"|\$[A-Z]+\d+)\)\*", term)
            assert asked, term
            code = "" if asked[1] == '""' else book[sheet][asked[1].replace("$", "")].value
            total += sum(
                (Decimal(str(weight or 0)) for parent, weight in zip(*ranges, strict=True) if (parent or "") == code),
                Decimal(),
            )  # fmt: skip
    return total


def test_sums_in_the_workbook_are_formulas_with_their_values() -> None:
    content = workbook(issued(), title="올해 계약", notes=["출처"])
    assert content == workbook(issued(), title="올해 계약", notes=["출처"])
    written = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert written.sheetnames == ["안내", *(table.label for table in TABLES), "자료 사전"]
    seen = 0
    for sheet in written:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    seen += 1
                    value = values[sheet.title][cell.coordinate].value
                    assert evaluated(written, sheet.title, str(cell.value)) == Decimal(str(value)), (
                        cell.coordinate
                    )
    tasks = sum(1 for _ in rows_of(TABLES[1], issued()))
    assert seen == 7 * len(issued()) + tasks, "nothing else is a formula, whatever its first letter"
    below = {row[4].value: row[8].value for row in values["과제"].iter_rows(min_row=2)}
    assert (below["1.1"], below["1.10"]) == (60, 40), "1.1 and 1.10 are two codes"


async def test_the_files_of_a_contract_and_of_a_year_come_back_as_the_same_trees(
    db: Database, visitor: Visitor
) -> None:
    trees = (*TREES, replace(RISKY, head=None))
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=trees, simulated=["성과계약"])
    for path, expected in ((f"/contracts/{YEAR}-TR", trees[:1]), (f"/contracts/{YEAR}", trees)):
        page = (await visitor.get(f"{path}/data")).text
        assert "출처 표시" in page and "시연을 위해 만든" in page
        for name in re.findall(rf'href="({path}/data/[^"]+)"', page):
            answer = await visitor.get(name)
            assert answer.headers["content-disposition"].startswith("attachment"), name
            await visitor.get(name, headers={"If-None-Match": answer.headers["etag"]}, expect=304)
        content = (await visitor.get(f"{path}/data/contract.csv")).content
        parsed = parse(content, "contract.csv")
        assert parsed.problems == () and parsed.contracts == expected
        read = (await visitor.get(f"{path}/data/data.json")).json()
        assert [tree_from_record(each["tree"]) for each in read["contracts"]] == list(expected)
    cited = await visitor.get(f"/contracts/{YEAR}", expect=303)
    assert cited.headers["location"] == f"/contracts?year={YEAR}"
    await visitor.get(f"/contracts/{YEAR + 1}", expect=404)
    await visitor.get(f"/contracts/{YEAR}/data/other.csv", expect=404)
    await visitor.get(f"/contracts/{YEAR + 1}/data", expect=404)
    await visitor.get(f"/contracts/{YEAR}-XX/data", expect=404)


async def test_drafts_are_nobodys_open_data(db: Database, visitor: Visitor) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.DRAFTING)
    for path in (f"/contracts/{YEAR}-TR", f"/contracts/{YEAR}"):
        for end in ("data", "data/data.json", "data/contract.csv"):
            await visitor.get(f"{path}/{end}", expect=404)


async def test_a_year_s_file_is_made_again_only_when_something_in_it_changed(db: Database) -> None:
    made: list[int] = []

    async def asked() -> bytes:
        async with db.reading() as session:
            read = tuple(tree for _, _, tree in await published_pairs(session, await cycle_of(session, YEAR)))

        def make() -> bytes:
            made.append(len(made))
            return f"{len(made)}".encode()

        return made_once(make, "data.xlsx", read)

    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING)
    assert [await asked(), await asked()] == [b"1", b"1"]
    async with db.writing() as session:
        await session.exec(update(IndicatorMeasure).values(actual=Decimal(7)))
    assert await asked() == b"2"
    with_language = language.set("en")
    assert await asked() == b"3"
    language.reset(with_language)
    assert await asked() == b"2"
