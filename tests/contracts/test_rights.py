"""Who may see and do what, route by route: drafts are their agency's and the office's, acts are their role's."""

import pytest

from office.people import Role
from rehearsal.visitor import Visitor
from tests.contracts.conftest import CU, CYCLE, TR, Enter, Year
from tests.seeding import YEAR

DRAFT = f"/agency/contracts/{TR}"
READ_DRAFT = (DRAFT, f"{DRAFT}/figures", f"{DRAFT}/template.xlsx")
PUBLIC_OF_DRAFT = (
    f"/contracts/{TR}",
    f"/contracts/{TR}/original.pdf",
    f"/contracts/{TR}/contract.json",
    f"/contracts/{TR}/indicators/W-1.svg",
    f"/contracts/{YEAR}/contracts.json",
)
ACTS = (f"{DRAFT}/texts", f"{DRAFT}/sign", f"{DRAFT}/figures")
OFFICE_ACTS = (
    "/office/cycles",
    f"{CYCLE}/sign",
    f"{CYCLE}/publish",
    f"{CYCLE}/advance",
    f"{CYCLE}/calendar",
    f"{CYCLE}/import",
    f"{CYCLE}/import/1",
    f"{CYCLE}/import/1/merging",
)
OFFICE_PAGES = (
    "/office/cycles",
    CYCLE,
    f"{CYCLE}/import",
    f"{CYCLE}/import/1",
    "/office/contracts-template.csv",
    f"{CYCLE}/template.xlsx",
)


async def test_another_agency_finds_no_draft_and_can_do_nothing_to_it(year: Year) -> None:
    await year.drafted()
    officer, head = year.officers["CU"], year.heads["CU"]
    for path in READ_DRAFT:
        await officer.get(path, expect=404)
    await head.get(DRAFT, expect=404)
    for path in PUBLIC_OF_DRAFT:
        await officer.get(path, expect=404)
        await head.get(path, expect=404)
    await officer.post(f"{DRAFT}/texts", {"promise-T-1": "남의 말"}, expect=404)
    await officer.post(f"{DRAFT}/figures", {"actual-W-1": "1"}, expect=404)
    await head.post(f"{DRAFT}/sign", {"totp": head.totp()}, expect=404)
    assert "검토 마침" in (await year.officers["TR"].get(DRAFT)).text


async def test_officer_and_head_keep_to_their_own_acts(year: Year) -> None:
    await year.drafted()
    officer, head = year.officers["TR"], year.heads["TR"]
    await officer.post(f"{DRAFT}/sign", {"totp": officer.totp()}, expect=403)
    await head.post(f"{DRAFT}/texts", {"promise-T-1": "기관장의 말"}, expect=403)
    await head.post(f"{DRAFT}/figures", {"actual-W-1": "1"}, expect=403)
    await year.office.get(DRAFT)
    for path in ACTS:
        await year.office.post(path, expect=403)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.TRUSTEE])
async def test_evaluators_and_trustees_see_nothing_unpublished(year: Year, enter: Enter, role: Role) -> None:
    await year.drafted()
    stranger = await enter(role)
    for path in (*READ_DRAFT, "/agency", *OFFICE_PAGES):
        await stranger.get(path, expect=403)
    for path in PUBLIC_OF_DRAFT:
        await stranger.get(path, expect=404)
    for path in (*ACTS, *OFFICE_ACTS):
        await stranger.post(path, expect=403)


async def test_the_public_sees_nothing_unpublished(year: Year, visitor: Visitor) -> None:
    await year.drafted()
    for path in PUBLIC_OF_DRAFT:
        await visitor.get(path, expect=404)
    for path in (*READ_DRAFT, "/agency", *OFFICE_PAGES):
        answer = await visitor.get(path, expect=303)
        assert answer.headers["location"].startswith("/sign-in")
    for path in (*ACTS, *OFFICE_ACTS):
        await visitor.post(path, expect=401)
    assert "교통국" not in (await visitor.get("/contracts")).text


async def test_agencies_do_not_enter_the_offices_pages(year: Year) -> None:
    await year.drafted()
    for person in (year.officers["TR"], year.heads["TR"]):
        for path in OFFICE_PAGES:
            await person.get(path, expect=403)
        for path in OFFICE_ACTS:
            await person.post(path, expect=403)


async def test_after_publication_everybody_reads_and_only_the_own_officer_reports(
    year: Year, visitor: Visitor
) -> None:
    await year.reporting()
    for path in PUBLIC_OF_DRAFT:
        await visitor.get(path)
    assert "교통국" in (await visitor.get("/contracts")).text
    await year.officers["CU"].get(f"{DRAFT}/figures", expect=404)
    await year.officers["CU"].post(f"{DRAFT}/figures", {"actual-W-1": "1"}, expect=404)
    await year.officers["TR"].get(f"/agency/contracts/{CU}", expect=404)
    await year.officers["TR"].get(f"{DRAFT}/figures")
    for reader in (year.heads["TR"], year.office):
        assert "<form" not in (await reader.get(f"{DRAFT}/figures")).text.split("<main")[1]


async def test_a_draft_at_its_public_address_leads_its_people_to_it(year: Year) -> None:
    await year.drafted()
    for person in (year.officers["TR"], year.heads["TR"], year.office):
        answer = await person.get(f"/contracts/{TR}", expect=303)
        assert answer.headers["location"] == DRAFT
