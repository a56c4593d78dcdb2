"""The office's pages of a vote, over HTTP: prepared, issued, opened and closed by two officers."""

from contextlib import AsyncExitStack

import pytest
from sqlmodel import select

from ballots.model import Election, RollEntry
from ballots.protocol.verifier import verify
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.ballots.house import FORM, House
from tests.ballots.votes import ROLL, scoring_cycle
from tests.conftest import SignIn


async def test_without_a_cycle_the_page_says_what_will_be_here(house: House) -> None:
    answer = await house.officers[0].get("/office/elections")
    assert "평가주기가 아직 없습니다" in answer.text
    refused = await house.officers[0].post("/office/elections", FORM, expect=409)
    assert "평가주기를 먼저" in refused.text


async def test_the_form_is_offered_with_its_tasks_and_then_no_more(house: House) -> None:
    async with house.db.writing() as session:
        await scoring_cycle(session)
    answer = await house.officers[0].get("/office/elections")
    assert "투표 준비 시작하기" in answer.text and "과제 2" in answer.text
    answer = await house.officers[0].post("/office/elections", FORM)
    assert (await house.officers[0].get(answer.headers["location"])).status_code == 200
    answer = await house.officers[0].get("/office/elections")
    assert "투표 준비 시작하기" not in answer.text and "2026년 도민 투표" in answer.text
    await house.officers[0].post("/office/elections", FORM, expect=409)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"max_picks": "4"}, "과제가 3개입니다"),
        ({"max_picks": "셋"}, "숫자로 적어"),
        ({"title": "  "}, "꼭 적어야"),
        ({"min_picks": "2", "max_picks": "1"}, "클 수 없습니다"),
        ({"close_at": "2001-01-01T00:00"}, "앞으로 올 때"),
        ({"close_at": "내일"}, "확인해 주십시오"),
    ],
)
async def test_a_wrong_field_is_named_and_what_was_typed_stays(
    house: House, change: dict[str, str], sentence: str
) -> None:
    async with house.db.writing() as session:
        await scoring_cycle(session)
    answer = await house.officers[0].post("/office/elections", FORM | change, expect=422)
    assert sentence in answer.text
    assert FORM["question"] in answer.text
    async with house.db.reading() as session:
        assert (await session.exec(select(Election))).all() == []


async def test_trustees_roll_links_opening_close_and_count_over_http(house: House) -> None:
    await house.create()
    page = await house.officers[0].get(house.here)
    assert "개표관리인을 정해 주십시오" in page.text
    await house.name_trustees()
    assert "선거인명부를 올려 주십시오" in (await house.officers[0].get(house.here)).text
    draft = (await house.upload()).headers["location"]
    assert "선거인 3명, 고칠 곳이 없습니다" in (await house.officers[0].get(draft)).text
    await house.officers[0].post(draft)

    await house.officers[0].post(f"{house.here}/issue")
    first, second = [(await officer.get(house.here)).text for officer in house.officers]
    assert "두 번째 담당자 확인 대기" in first and "두 번째 담당자로 확인하기" not in first
    assert "두 번째 담당자 확인 대기" in second and "두 번째 담당자로 확인하기" in second
    again = await house.officers[0].post(f"{house.here}/issue", expect=409)
    assert "다른 담당자가 확인" in again.text
    await house.officers[1].post(f"{house.here}/issue")
    assert len(await house.links()) == 3

    page = await house.officers[0].get(house.here)
    assert "1가지가 남았습니다" in page.text and "열쇠가 아직 없습니다" in page.text
    refused = await house.officers[0].post(f"{house.here}/open", expect=409)
    assert "열쇠가 아직 없습니다" in said(refused)
    await house.give_keys()
    await house.both("open")
    assert "3명 가운데 0명이 투표했습니다" in (await house.officers[0].get(house.here)).text

    await house.vote("1", 0)
    await house.vote("2", 0, 1)
    page = await house.officers[0].get(house.here)
    assert "3명 가운데 2명이 투표했습니다" in page.text
    await house.officers[0].post(f"{house.here}/close")
    await house.officers[0].post(f"{house.here}/close", expect=409)
    await house.officers[1].post(f"{house.here}/close")
    assert "합계를 열 사람: trustee 3, trustee 4" in (await house.officers[0].get(house.here)).text
    await house.share(0)
    assert "합계를 열 사람: trustee 4" in (await house.officers[0].get(house.here)).text
    await house.share(1)
    assert "개표가 끝났습니다" in (await house.officers[0].get(house.here)).text
    await house.app.state.clock.tick()
    raw = (house.settings.board_folder / f"{house.uuid}.bel").read_bytes()
    verdict = verify(raw, jobs=1)
    assert verdict.ok and verdict.pending == ()
    assert verdict.result == ((0, 2, 1, 0),)


async def test_a_bad_roll_is_shown_row_by_row_and_as_json_and_nothing_is_stored(house: House) -> None:
    await house.create()
    draft = (await house.upload(ROLL + "4,,010-1234-5674,,\n1,가,02-123-4567,,\n")).headers["location"]
    page = await house.officers[0].get(draft)
    assert (
        "고칠 곳이 2군데" in page.text and "이름이 비어 있습니다" in page.text and "02-123-4567" in page.text
    )
    as_json = (await house.officers[0].http.get(draft, headers={"Accept": "application/json"})).json()
    assert as_json["rows_read"] == 5 and as_json["voters"] == 3
    assert [(p["row"], p["column"]) for p in as_json["problems"]] == [(5, "이름"), (6, "휴대전화")]
    await house.officers[0].post(draft, expect=422)
    async with house.db.reading() as session:
        assert (await session.exec(select(RollEntry))).all() == []


async def test_no_file_is_said_at_the_field(house: House) -> None:
    await house.create()
    await house.name_trustees()
    answer = await house.officers[0].post(
        f"{house.here}/roll", files={"file": ("", b"", "application/octet-stream")}, expect=422
    )
    assert "올릴 명부 파일을 골라" in answer.text


async def test_one_trustee_is_refused_on_the_page(house: House) -> None:
    await house.create()
    person, _ = house.trustees[0]
    answer = await house.officers[0].post(f"{house.here}/trustees", {"person": str(person.id)}, expect=422)
    assert "두 명 이상 골라" in answer.text
    await house.officers[0].post(f"{house.here}/trustees", {}, expect=422)


async def test_during_the_vote_no_page_of_the_office_shows_a_figure_of_an_option(house: House) -> None:
    await house.opened()
    await house.vote("1", 0)
    before = (await house.officers[0].get(house.here)).text
    await house.vote("2", 1)
    after = (await house.officers[0].get(house.here)).text
    changed = {b for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b}
    # Only the turnout (and the token of the form) moves when somebody votes, whatever was chosen.
    assert all("2명" in line or "csrf" in line or "progress" in line for line in changed), changed


async def test_only_the_office_works_on_a_vote(house: House, signed_in: SignIn, visitor: Visitor) -> None:
    await house.opened()
    async with AsyncExitStack() as stack:
        others = [
            (
                await stack.enter_async_context(
                    signed_in(role, "A1" if role in (Role.OFFICER, Role.HEAD) else None)
                )
            )[1]
            for role in Role
            if role is not Role.OFFICE
        ]
        for one, expected in [(visitor, 401), *((other, 403) for other in others)]:
            for path in ("/office/elections", house.here, f"{house.here}/roll/1"):
                headers = {"Accept": "application/json"}
                assert (await one.http.get(path, headers=headers)).status_code == expected
            for act in (
                "trustees",
                "roll",
                "roll/1",
                "issue",
                "open",
                "close",
                "roll/1/release",
                "roll/1/link",
            ):
                await one.post(f"{house.here}/{act}", expect=expected)


async def test_a_vote_that_is_not_there_is_not_found(house: House) -> None:
    await house.officers[0].get("/office/elections/nothing1234567", expect=404)
