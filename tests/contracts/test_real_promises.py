"""A Chungnam city's pledges and a Tanzanian corporation's contract come in by the office's own import page."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from contracts.cycles import cycle_of
from contracts.files.importing import parse
from contracts.reading import trees_of
from contracts.terms.tree import ContractTree, indicators, tasks
from office.database import Database
from office.decimals import half_up
from tests import boryeong, tanzania
from tests.contracts.conftest import Year
from tests.data import acceptance_data

JSON = {"Accept": "application/json"}
PLEDGES = "contracts/boryeong_pledges_2021"
POSTS = "contracts/tanzania_posts_contract_2021_22"


def mean(values: list[Decimal]) -> Decimal:
    return half_up(sum(values, Decimal()) / len(values), 1)


def progress_by_category(trees: list[ContractTree]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = defaultdict(list)
    for tree in trees:
        for goal in tree.children:
            for node in indicators(ContractTree("", "", "", (goal,))):
                assert node.measure is not None and node.measure.actual is not None
                found[goal.title].append(node.measure.actual)
    return found


async def imported(year: Year, number: int, data: bytes) -> str:
    """The address of the dry run of a file in a cycle of its own."""
    await year.office.post("/office/cycles", {"year": str(number), "title": f"{number}년"})
    sent = await year.office.post(f"/office/cycles/{number}/import", files={"file": ("contracts.csv", data)})
    return str(sent.headers["location"])


async def stored(db: Database, number: int) -> list[ContractTree]:
    async with db.reading() as session:
        return list((await trees_of(session, await cycle_of(session, number))).values())


async def test_65_pledges_come_in_with_the_published_means(db: Database, year: Year) -> None:
    address = await imported(
        year, boryeong.YEAR, boryeong.pledges_csv(acceptance_data(f"{PLEDGES}/pledges.csv"))
    )
    record = (await year.office.get(address, headers=JSON)).json()
    assert (record["rows_read"], record["problems"], record["contracts"]) == (65, [], 23)
    await year.office.post(address)
    trees = await stored(db, boryeong.YEAR)
    assert sum(len(tasks(tree)) for tree in trees) == 65
    progress = progress_by_category(trees)
    published = boryeong.categories(acceptance_data(f"{PLEDGES}/published_categories.csv"))
    assert len(published) == 7
    assert {name: mean(values) for name, values in progress.items()} == {
        name: stated for name, (_, _, stated) in published.items()
    }
    assert {name: (values.count(Decimal(100)), len(values)) for name, values in progress.items()} == {
        name: (done, done + going) for name, (done, going, _) in published.items()
    }
    assert mean([value for values in progress.values() for value in values]) == Decimal("77.7")


async def test_the_department_under_two_names_is_offered_for_merging(db: Database, year: Year) -> None:
    published = acceptance_data(f"{PLEDGES}/published_departments.csv")
    before = await imported(year, boryeong.YEAR - 1, boryeong.departments_csv(published))
    await year.office.post(before)
    assert len(await stored(db, boryeong.YEAR - 1)) == 20
    address = await imported(
        year, boryeong.YEAR, boryeong.pledges_csv(acceptance_data(f"{PLEDGES}/pledges.csv"))
    )
    pairs = (await year.office.get(address, headers=JSON)).json()["pairs"]
    codes = [tuple(body["code"] for body in pair["bodies"]) for pair in pairs]
    assert ("박람회지원단", "박람회기획단") in codes
    # The rest are divisions written in brackets behind the two centres they belong to.
    centres = {code.partition("(")[0] for pair in codes for code in pair} - {"박람회지원단", "박람회기획단"}
    assert centres == {"보건소", "농업기술센터"}
    registered = boryeong.departments(published)
    for place, (one, other) in enumerate(codes):
        if one in registered:
            form = {"place": str(place), "one": one, "other": other, f"choice-{place}": "0"}
            await year.office.post(f"{address}/merging", form)
    await year.office.post(address)
    counted = {
        tree.agency_code: (
            len(tasks(tree)),
            sum(node.measure is not None and node.measure.actual == 100 for node in indicators(tree)),
        )
        for tree in await stored(db, boryeong.YEAR)
    }
    assert counted == registered


async def test_a_contract_of_two_sections_says_that_its_weights_add_up_to_45_of_100(
    db: Database, year: Year
) -> None:
    address = await imported(year, 2022, tanzania.import_csv(acceptance_data(POSTS)))
    record = (await year.office.get(address, headers=JSON)).json()
    assert (record["rows_read"], record["contracts"], record["withheld"]) == (31, 0, ["TPC"])
    (problem,) = record["problems"]
    assert "100" in problem["message"] and "45" in problem["message"]
    assert problem["message"] in (await year.office.get(address)).text
    await year.office.post(address, expect=422)
    assert await stored(db, 2022) == []


def test_its_sections_weigh_15_and_30() -> None:
    for section, weight in zip(tanzania.SECTIONS, ("15", "30"), strict=True):
        (problem,) = parse(tanzania.import_csv(acceptance_data(POSTS), section), "a.csv").problems
        assert problem.values["stated"] == "100" and problem.values["summed"] == weight
