"""The trustees' pages, over HTTP: a key before the vote, a share after it, and nobody else's."""

import pytest
from sqlmodel import select

from ballots.model import ElectionState, ElectionTrustee
from ballots.protocol.trustees import make_key, partial_decryption
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.ballots.house import House
from tests.conftest import SignIn


async def test_the_first_page_says_what_is_to_be_done_at_every_stage(house: House) -> None:
    _, trustee = house.trustees[0]
    assert "아직 맡으신 투표가 없습니다" in (await trustee.get("/trustee")).text
    await house.create()
    await house.name_trustees()
    assert "열쇠를 만들어 주십시오" in (await trustee.get("/trustee")).text
    await house.give_keys()
    assert "지금 하실 일이 없습니다" in (await trustee.get("/trustee")).text
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    assert "투표 중입니다" in (await trustee.get("/trustee")).text
    await house.both("close")
    assert "합계를 열어 주십시오" in (await trustee.get("/trustee")).text
    await house.share(0)
    assert "다른 개표관리인을 기다립니다" in (await trustee.get("/trustee")).text
    page = await trustee.get(f"/trustee/{house.uuid}")
    assert "아직 열지 않은 사람: trustee 4" in page.text
    await house.share(1)
    assert "개표가 끝났습니다" in (await trustee.get("/trustee")).text
    assert (await house.election()).state is ElectionState.TALLIED


async def test_the_page_carries_what_the_scripts_look_for(house: House) -> None:
    await house.create()
    await house.name_trustees()
    _, trustee = house.trustees[0]
    address = f"/trustee/{house.uuid}"
    page = (await trustee.get(address)).text
    for needed in (
        f'data-key-maker data-election="{house.uuid}"',
        f'data-kind="single" data-send-url="{address}/key"',
        'data-screen="make"',
        'data-screen="save"',
        'data-screen="done"',
        "data-make",
        "data-download",
        "data-print-paper",
        "data-saved",
        "data-paper",
        'data-fill="record-hash"',
        "<noscript>",
        "trustee-page.js",
    ):
        assert needed in page
    await house.give_keys()
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    page = (await trustee.get(address)).text
    assert "data-key-maker" not in page and "data-count" not in page and "data-paper" not in page
    await house.both("close")
    page = (await trustee.get(address)).text
    for needed in (
        f'data-board-url="/board/{house.uuid}/{house.uuid}.bel"',
        f'data-tally-url="{address}/tally.json"',
        f'data-send-url="{address}/share"',
        'data-owner="1" data-kind="single"',
        'data-screen="open"',
        'data-screen="working"',
        'data-screen="check"',
        "data-open",
        "data-confirm",
        "data-progress",
        'data-fill="tally-hash"',
    ):
        assert needed in page


async def test_a_lost_key_is_replaced_before_the_opening_and_not_after(house: House) -> None:
    await house.create()
    await house.name_trustees()
    await house.give_keys()
    _, trustee = house.trustees[0]
    secret, key = make_key()
    await trustee.send(f"/trustee/{house.uuid}/key", key)
    house.secrets[0] = secret
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    _, late = make_key()
    refused = await trustee.send(f"/trustee/{house.uuid}/key", late, expect=409)
    assert "투표 중" in said(refused)
    await house.both("close")
    await house.share(0)


async def test_what_is_no_key_is_refused_in_words(house: House) -> None:
    await house.create()
    await house.name_trustees()
    _, trustee = house.trustees[0]
    for raw in (b"", b"{}", b"[]", b"\xff", b'{"public_key":"1"}'):
        refused = await trustee.send(f"/trustee/{house.uuid}/key", raw, expect=422)
        assert "trustee 3 님의 열쇠를 확인할 수 없어" in said(refused)


async def test_a_bad_share_is_refused_by_name_and_leaves_the_vote_as_it_was(house: House) -> None:
    await house.opened()
    await house.both("close")
    _, first = house.trustees[0]
    tally = (await first.http.get(f"/trustee/{house.uuid}/tally.json")).content
    election = await house.election()
    assert tally.decode() == election.tally_record
    others = partial_decryption(election.fingerprint or "", tally, house.secrets[1])
    elsewhere = partial_decryption("B" * 43, tally, house.secrets[0])
    for raw in (others, elsewhere, b"{}", b""):
        refused = await first.send(f"/trustee/{house.uuid}/share", raw, expect=422)
        assert "trustee 3 님의 부분 개표가" in said(refused)
    async with house.db.reading() as session:
        assert list(await session.exec(select(ElectionTrustee.share_record))) == [None, None]
    await house.share(0)
    await house.share(1)


async def test_another_trustee_sees_nothing_of_a_vote_that_is_not_theirs(
    house: House, signed_in: SignIn
) -> None:
    await house.opened()
    await house.both("close")
    async with signed_in(Role.TRUSTEE) as (_, stranger):
        assert "아직 맡으신 투표가 없습니다" in (await stranger.get("/trustee")).text
        await stranger.get(f"/trustee/{house.uuid}", expect=404)
        await stranger.get(f"/trustee/{house.uuid}/tally.json", expect=404)
        _, key = make_key()
        await stranger.send(f"/trustee/{house.uuid}/key", key, expect=404)
        await stranger.send(f"/trustee/{house.uuid}/share", b"{}", expect=404)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRUSTEE])
async def test_only_trustees_enter(house: House, signed_in: SignIn, visitor: Visitor, role: Role) -> None:
    await house.create()
    await house.name_trustees()
    agency = "A1" if role in (Role.OFFICER, Role.HEAD) else None
    async with signed_in(role, agency) as (_, somebody):
        for one, expected in ((visitor, 401), (somebody, 403)):
            headers = {"Accept": "application/json"}
            for path in ("", f"/{house.uuid}", f"/{house.uuid}/tally.json"):
                assert (await one.http.get(f"/trustee{path}", headers=headers)).status_code == expected
            for act in ("key", "share"):
                await one.send(f"/trustee/{house.uuid}/{act}", b"{}", expect=expected)
