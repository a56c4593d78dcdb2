"""The public API: every documented path answers as documented; nothing unpublished; refusals are JSON; open to all sites."""

import re
from typing import Any

import pytest
from litestar import Litestar
from sqlmodel import col, select

from contracts.model import Phase
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from reports.recomputation import result_of
from reports.runs import make_run
from reports.web.api_guide import openapi
from tests.contracts.test_listing import many
from tests.contracts.test_storing import statements
from tests.reports.test_ratings import published
from tests.seeding import TREES, YEAR, seed_cycle

BASE = "/api/v1"
EXAMPLES = {"year": str(YEAR), "public_id": f"{YEAR}-TR", "code": "W-1", "run": "1"}
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value is not what its schema says; every property has to be documented."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return faults(value, openapi()["components"]["schemas"][name], at)
    if "oneOf" in schema:
        rest = {name: said for name, said in schema.items() if name != "oneOf"}
        found = [faults(value, each, at) for each in schema["oneOf"]]
        wrong = [] if any(not each for each in found) else [f"{at}: {value!r} fits none"]
        return wrong + (faults(value, rest, at) if value is not None else [])
    found_here: list[str] = []
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at}: {value!r} is no {kind}"]
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        found_here.append(f"{at}: {value!r} does not look like {schema['pattern']}")
    if "enum" in schema and value not in schema["enum"]:
        found_here.append(f"{at}: {value!r} is none of {schema['enum']}")
    if isinstance(value, list):
        for place, each in enumerate(value):
            found_here += faults(each, schema.get("items", {}), f"{at}[{place}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found_here += [f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, each in value.items():
            inside = known.get(name, schema.get("additionalProperties"))
            found_here += (
                faults(each, inside, f"{at}.{name}") if inside else [f"{at}.{name} is not documented"]
            )
    return found_here


async def seeded(db: Database, phase: Phase = Phase.REPORTING) -> None:
    async with db.writing() as session:
        await seed_cycle(session, phase)


@pytest.mark.parametrize("path", openapi()["paths"])
async def test_every_documented_path_answers_as_documented(db: Database, visitor: Visitor, path: str) -> None:
    await (published(db, ratings=None) if "results" in path else seeded(db))
    answer = await visitor.get(path.format(**EXAMPLES))
    assert answer.headers["content-type"].startswith("application/json")
    documented = openapi()["paths"][path]["get"]["responses"]
    assert faults(answer.json(), documented["200"]["content"]["application/json"]["schema"]) == []
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=60" and "set-cookie" not in answer.headers
    again = await visitor.get(
        path.format(**EXAMPLES), headers={"If-None-Match": answer.headers["etag"]}, expect=304
    )
    assert again.content == b""
    if "{" in path:
        missing = await visitor.get(
            path.format(year="1999", public_id="1999-XX", code="none", run="1"), expect=404
        )
        assert missing.headers["content-type"].startswith("application/problem+json")
        assert (
            faults(missing.json(), documented["404"]["content"]["application/problem+json"]["schema"]) == []
        )
        assert missing.headers["access-control-allow-origin"] == "*"


async def test_the_document_is_sound_and_lists_every_public_route(app: Litestar, visitor: Visitor) -> None:
    document = (await visitor.get(f"{BASE}/openapi.json")).json()
    assert document["openapi"].startswith("3.1") and document["info"]["version"] == "1"
    assert document["servers"] == [{"url": "http://localhost:8000"}]
    routes = {route.path_format for route in app.routes if route.path_format.startswith(f"{BASE}/")}
    assert {re.sub(r":\w+}", "}", path) for path in routes} - {f"{BASE}/openapi.json"} == set(
        document["paths"]
    )
    names = [operation["get"]["operationId"] for operation in document["paths"].values()]
    assert len(set(names)) == len(names)
    for path, methods in document["paths"].items():
        assert set(methods) == {"get"}
        parts = {each["name"] for each in methods["get"].get("parameters", ()) if each["in"] == "path"}
        assert parts == set(re.findall(r"\{(\w+)\}", path))
        assert all(each["description"] for each in methods["get"].get("parameters", ()))
    schemas = document["components"]["schemas"]
    for reference in re.findall(r"#/components/schemas/(\w+)", str(document)):
        assert reference in schemas
    for name, schema in schemas.items():
        for field, told in schema.get("properties", {}).items():
            plain_list = name in ("Cycles", "Contracts", "Indicators", "Agencies", "Dictionary")
            assert "$ref" in told or told.get("description") or plain_list, (name, field)


async def test_a_list_is_filtered_and_paged_with_links_that_keep_the_question(
    db: Database, visitor: Visitor
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=many(7))
    address = f"{BASE}/cycles/{YEAR}/contracts?kind=실·국&sort=name&size=3&q=버스"
    first = (await visitor.get(address)).json()
    assert (first["total"], first["pages"], first["previous"]) == (4, 2, None)
    assert [line["agency"] for line in first["contracts"]] == ["기관 0000", "기관 0002", "기관 0004"]
    second = (await visitor.get(first["next"].removeprefix("http://localhost:8000"))).json()
    assert [line["agency"] for line in second["contracts"]] == ["기관 0006"] and second["next"] is None
    assert (await visitor.get(second["previous"].removeprefix("http://localhost:8000"))).json() == first
    assert (await visitor.get(f"{BASE}/cycles/{YEAR}/contracts?state=met")).json()["total"] == 0


@pytest.mark.parametrize("query", ["page=0", "size=101", "page=x", "state=great", "sort=up"])
async def test_a_question_that_makes_no_sense_is_refused_in_json(
    db: Database, visitor: Visitor, query: str
) -> None:
    await seeded(db)
    answer = await visitor.get(f"{BASE}/cycles/{YEAR}/contracts?{query}", expect=400)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == 400


async def test_what_the_api_says_is_what_the_tree_says(db: Database, visitor: Visitor) -> None:
    await seeded(db)
    read = (await visitor.get(f"{BASE}/contracts/{YEAR}-TR")).json()
    tree = TREES[0]
    assert read["contract"]["agency"] == tree.agency and read["amended_at"] is None
    assert [task["code"] for task in read["tasks"]] == ["G-1", "T-1", "T-2"]
    wait = next(each for each in read["indicators"] if each["code"] == "W-1")
    assert (wait["target"], wait["actual"], wait["reached"], wait["baseline"]) == ("10", "9.6", True, "12.5")
    assert (
        read["indicators"]
        == (await visitor.get(f"{BASE}/contracts/{YEAR}-TR/indicators")).json()["indicators"]
    )
    for line in read["indicators"]:
        one = await visitor.get(line["url"].removeprefix("http://localhost:8000"))
        assert one.json() == line
        await visitor.get(line["page"].removeprefix("http://localhost:8000"))


async def test_a_published_run_is_told_as_its_page_tells_it_and_keeps_its_address(
    db: Database, visitor: Visitor
) -> None:
    run = await published(db, ratings=None)
    address = f"{BASE}/cycles/{YEAR}/results"
    read = (await visitor.get(address)).json()
    result = result_of(run.inputs.encode())
    assert [(each["agency_code"], each["rank"], each["total"]) for each in read["agencies"]] == [
        (agency.code, agency.rank, f"{agency.total.normalize():f}" if agency.total is not None else None)
        for agency in result.agencies
    ]
    cast = {(option.agency_code, option.task_code): option.votes for agency in result.agencies for option in agency.options}  # fmt: skip
    assert {(each["agency_code"], each["task_code"]): each["votes"] for each in read["votes"]} == cast
    assert read["fingerprint"] == run.fingerprint and read["url"].endswith("/results/1")
    for at in (read["url"], read["inputs"], read["page"], *(each["page"] for each in read["agencies"])):
        await visitor.get(at.removeprefix("http://localhost:8000"))
    async with db.reading() as session:
        officer = (await session.exec(select(Person).where(col(Person.role) == Role.OFFICE))).first()
    assert officer is not None and await make_run(db, YEAR, officer) == 2
    assert (await visitor.get(address)).json() == read
    await visitor.get(f"{address}/2", expect=404)


async def test_nothing_unpublished_is_told(db: Database, visitor: Visitor) -> None:
    await seeded(db, Phase.DRAFTING)
    assert (await visitor.get(f"{BASE}/cycles")).json() == {"cycles": []}
    assert (await visitor.get(f"{BASE}/agencies")).json() == {"agencies": []}
    for path in (
        f"cycles/{YEAR}/results",
        f"cycles/{YEAR}/contracts",
        f"contracts/{YEAR}-TR",
        f"contracts/{YEAR}-TR/indicators/W-1",
    ):
        await visitor.get(f"{BASE}/{path}", expect=404)
    assert "무엇을 물을 수 있나요" in (await visitor.get("/api")).text


async def test_an_unknown_address_and_a_foreign_sites_question_beforehand(visitor: Visitor) -> None:
    answer = await visitor.get(f"{BASE}/nothing", expect=404)
    assert answer.json()["status"] == 404 and answer.headers["access-control-allow-origin"] == "*"
    before = await visitor.http.options(f"{BASE}/cycles", headers={"Origin": "https://elsewhere.example"})
    assert before.status_code == 204 and before.headers["access-control-allow-headers"] == "If-None-Match"
    page = await visitor.get("/contracts")
    assert "access-control-allow-origin" not in page.headers
    assert page.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("n", [10, 300])
async def test_a_list_is_flat_in_statements(db: Database, visitor: Visitor, n: int) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=many(n))
    with statements(db) as sent:
        assert (await visitor.get(f"{BASE}/cycles/{YEAR}/contracts")).json()["total"] == n
    assert len(sent) <= 7, sent
    with statements(db) as sent:
        await visitor.get(f"{BASE}/agencies")
    assert len(sent) <= 2, sent


async def test_the_page_explains_every_path_with_an_example_of_this_site(
    db: Database, visitor: Visitor
) -> None:
    await published(db, ratings=None)
    text = (await visitor.get("/api")).text
    for path in openapi()["paths"]:
        assert f"GET {path}" in text
    for example in re.findall(rf'class="break" href="({BASE}/[^"]+)"', text):
        await visitor.get(example)
    assert "<script" not in re.sub(r'<script type="module" src="/static/[^"]+"></script>', "", text)
