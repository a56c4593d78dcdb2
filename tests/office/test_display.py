"""Language and contrast are changed on the page one is on, and nothing of its address is lost."""

import re

from office.people import Role
from rehearsal.visitor import Visitor
from tests.conftest import SignIn


def following(text: str) -> set[str]:
    """Where the page's own links for language and contrast lead back to."""
    return set(re.findall(r"/display\?[^\"]*?next=([^\"&]*)", text))


async def test_a_search_stays_a_search(visitor: Visitor) -> None:
    assert following((await visitor.get("/contracts?q=버스")).text) == {
        "/contracts%3Fq%3D%25EB%25B2%2584%25EC%258A%25A4"
    }


async def test_an_answer_to_a_form_leads_back_to_a_page_that_can_be_read(signed_in: SignIn) -> None:
    async with signed_in(Role.OFFICER, "TR") as (_, officer):
        await officer.get("/agency")
        refused = await officer.post("/agency/contracts", {"start": "blank"}, expect=409)
    assert following(refused.text) == {"/agency"}
