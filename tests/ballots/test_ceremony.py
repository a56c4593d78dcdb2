"""The key ceremony over HTTP: three trustees of whom two suffice, with mandatory ones beside them, step by step."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlmodel import col, select

from ballots.ceremony import calling
from ballots.model import Election, ElectionState, ElectionTrustee
from ballots.protocol import threshold
from ballots.protocol.sealing import signed
from ballots.protocol.seeds import draw_seed, signing_secret
from ballots.protocol.transcript import check_transcript
from ballots.protocol.trustees import read_trustees
from ballots.protocol.verifier import verify
from office.journal import JournalEntry
from office.outbox import Message
from office.people import Role
from rehearsal.keys import Key, confirm, deal, make_key, open_tally, records_of, share_of
from rehearsal.visitor import Visitor, said
from tests.ballots.house import House
from tests.conftest import SignIn


class Hands:
    """The trustees of a house, their keys, and the steps each takes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.keys: dict[int, Key] = {}

    @property
    def everybody(self) -> range:
        return range(len(self.house.trustees))

    def browser(self, place: int) -> Visitor:
        return self.house.trustees[place][1]

    def name(self, place: int) -> str:
        return self.house.trustees[place][0].name

    def new_key(self, place: int) -> Key:
        self.keys[place] = Key(self.name(place), self.house.uuid, draw_seed())
        return self.keys[place]

    async def named(self, *group: int, threshold: str = "2", mandatory: tuple[int, ...] = ()) -> None:
        """The office names them: by default all three, of whom two suffice."""
        ids = [str(person.id) for person, _ in self.house.trustees]
        form = {
            "person": [ids[place] for place in group or self.everybody],
            "threshold": threshold,
            "mandatory": [ids[place] for place in mandatory],
        }
        await self.house.officers[0].post(f"{self.house.here}/trustees", form)

    async def make(self, *places: int) -> None:
        for place in places or self.everybody:
            await make_key(self.browser(place), self.new_key(place))

    async def deal(self, *places: int) -> None:
        for place in places or self.everybody:
            await deal(self.browser(place), self.keys[place])

    async def confirm(self, *places: int) -> None:
        for place in places or self.everybody:
            await confirm(self.browser(place), self.keys[place])

    async def duties(self) -> list[str]:
        answers = [
            await self.browser(place).get(f"/trustee/{self.house.uuid}/state.json")
            for place in self.everybody
        ]
        return [answer.json()["duty"] for answer in answers]

    async def send(self, place: int, step: str, raw: bytes, *, expect: int) -> str:
        answer = await self.browser(place).send(f"/trustee/{self.house.uuid}/{step}", raw, expect=expect)
        return said(answer)

    async def certificates(self) -> list[bytes]:
        async with self.house.db.reading() as session:
            query = select(ElectionTrustee).order_by(col(ElectionTrustee.owner))
            found = list(await session.exec(query))
        return [one.certificate.encode() for one in found if one.certificate]

    async def dealings(self) -> list[bytes]:
        async with self.house.db.reading() as session:
            query = select(ElectionTrustee).order_by(col(ElectionTrustee.owner))
            return [one.dealing.encode() for one in await session.exec(query) if one.dealing]

    async def letters(self) -> list[str]:
        """To whom letters of the ceremony went, oldest first."""
        async with self.house.db.reading() as session:
            query = select(Message.recipient).where(col(Message.purpose) == calling.LETTER)
            return list(await session.exec(query.order_by(col(Message.id))))

    async def acts(self) -> list[str]:
        async with self.house.db.reading() as session:
            return list(await session.exec(select(JournalEntry.act).order_by(col(JournalEntry.id))))

    async def opened(self) -> None:
        """Everything up to the open vote."""
        await self.named()
        await self.make()
        await self.deal()
        await self.confirm()
        await self.house.take_roll()
        await self.house.both("issue")
        await self.house.both("open")


@pytest.fixture
async def hands(house: House, signed_in: SignIn) -> AsyncIterator[Hands]:
    async with AsyncExitStack() as stack:
        house.trustees.append(await stack.enter_async_context(signed_in(Role.TRUSTEE)))
        await house.create()
        yield Hands(house)


async def test_three_make_the_key_step_by_step_and_two_open_the_tally(hands: Hands) -> None:
    house = hands.house
    await hands.named()
    assert await hands.duties() == ["certificate"] * 3
    await hands.make(0)
    assert await hands.duties() == ["others", "certificate", "certificate"]
    await hands.make(1, 2)
    assert await hands.duties() == ["dealing"] * 3
    await hands.deal(2)
    assert await hands.duties() == ["dealing", "dealing", "others"]
    await hands.deal(0, 1)
    await hands.confirm(1)
    assert await hands.duties() == ["confirmation", "others", "confirmation"]
    await hands.confirm(0, 2)
    assert await hands.duties() == ["opening"] * 3
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    await house.vote("1", 0, 2)
    await house.vote("2", 2)
    await house.both("close")
    assert await hands.duties() == ["share"] * 3
    await open_tally(hands.browser(2), hands.keys[2])
    assert await hands.duties() == ["share", "share", "given"]
    assert "1명이 더 열면 결과가 나옵니다" in (await hands.browser(2).get(f"/trustee/{house.uuid}")).text
    await open_tally(hands.browser(0), hands.keys[0])
    election = await house.election()
    assert election.state is ElectionState.TALLIED
    assert json.loads(election.result_record or "")["result"] == [[0, 1, 0, 2]]
    assert await hands.duties() == ["over"] * 3


async def test_a_mandatory_trustee_and_a_group_make_one_key(hands: Hands) -> None:
    house = hands.house
    await hands.named(1, 2, mandatory=(0,))
    assert await hands.duties() == ["key", "certificate", "certificate"]
    await hands.make()
    assert await hands.duties() == ["opening", "dealing", "dealing"]
    await hands.deal(1, 2)
    await hands.confirm(1, 2)
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    record = read_trustees(((await house.election()).trustees_record or "").encode())
    assert [(party.members, party.threshold) for party in record.parties] == [((1,), 1), ((2, 3), 2)]
    await house.vote("1", 1)
    await house.both("close")
    await open_tally(hands.browser(1), hands.keys[1])
    await open_tally(hands.browser(2), hands.keys[2])
    assert (await house.election()).state is ElectionState.CLOSED
    page = (await hands.browser(2).get(f"/trustee/{house.uuid}")).text
    assert f"아직 열지 않은 사람: {hands.name(0)}" in page
    await open_tally(hands.browser(0), hands.keys[0])
    assert (await house.election()).state is ElectionState.TALLIED


async def test_with_two_of_three_missing_nothing_is_opened(hands: Hands) -> None:
    await hands.opened()
    await hands.house.vote("1", 0)
    await hands.house.both("close")
    await open_tally(hands.browser(1), hands.keys[1])
    await hands.house.app.state.clock.tick()
    election = await hands.house.election()
    assert election.state is ElectionState.CLOSED and election.result_record is None


async def test_a_share_made_with_another_members_key_is_refused_by_name(hands: Hands) -> None:
    await hands.opened()
    await hands.house.vote("1", 0)
    await hands.house.both("close")
    theirs = await share_of(hands.browser(1), hands.keys[1])
    refused = await hands.send(0, "share", theirs, expect=422)
    assert f"{hands.name(0)} 님의 부분 개표가" in refused
    await open_tally(hands.browser(0), hands.keys[0])
    await open_tally(hands.browser(1), hands.keys[1])
    assert (await hands.house.election()).state is ElectionState.TALLIED


async def test_no_step_can_be_taken_before_all_have_taken_the_one_before(hands: Hands) -> None:
    await hands.named()
    await hands.make(0, 1)
    third = Key(hands.name(2), hands.house.uuid, draw_seed())
    certificates = [*await hands.certificates(), threshold.make_certificate(third.seed, third.election)]
    early = threshold.make_dealing(hands.keys[0].seed, hands.house.uuid, certificates, 2)
    assert "지금 할 단계가 아닙니다" in await hands.send(0, "dealing", early, expect=409)
    for step in ("confirmation", "complaint"):
        assert "지금 할 단계가 아닙니다" in await hands.send(0, step, b"{}", expect=409)
    assert "혼자" not in await hands.send(0, "key", b"{}", expect=409)


async def test_what_does_not_hold_in_public_is_refused_by_name_and_changes_nothing(hands: Hands) -> None:
    house = hands.house
    await hands.named()
    for raw in (b"", b"{}", b"\xff", b"[]"):
        assert f"{hands.name(0)} 님" in await hands.send(0, "certificate", raw, expect=422)
    await hands.make(0, 1)
    certificates = await hands.certificates()
    copied = await hands.send(2, "certificate", certificates[0], expect=422)
    assert "다른 개표관리인이 이미 낸 열쇠" in copied
    await hands.make(2)
    certificates = await hands.certificates()
    seeds = [hands.keys[place].seed for place in hands.everybody]
    dealing = threshold.make_dealing(seeds[0], house.uuid, certificates, 2)
    for raw in (
        b"{}",
        dealing + b" ",
        threshold.make_dealing(seeds[0], house.uuid, certificates, 3),
        threshold.make_dealing(seeds[1], house.uuid, certificates, 2),
        threshold.make_dealing(seeds[0], house.uuid, list(reversed(certificates)), 2),
    ):
        assert f"{hands.name(0)} 님" in await hands.send(0, "dealing", raw, expect=422)
    assert await hands.dealings() == []
    await hands.deal()
    dealings = await hands.dealings()
    own = threshold.make_confirmation(seeds[0], house.uuid, certificates, dealings, 2)
    others = threshold.make_confirmation(seeds[1], house.uuid, certificates, dealings, 2)
    renamed = threshold.make_confirmation(seeds[0], house.uuid, certificates, dealings, 2, "남의 이름")
    for raw in (b"{}", others, own.replace(b'"key"', b'"Key"')):
        assert f"{hands.name(0)} 님" in await hands.send(0, "confirmation", raw, expect=422)
    assert "이름이" in await hands.send(0, "confirmation", renamed, expect=422)
    assert await hands.duties() == ["confirmation"] * 3


async def test_the_same_bytes_again_are_welcome_and_others_are_not(hands: Hands) -> None:
    await hands.named()
    await hands.make()
    (first, *_) = await hands.certificates()
    await hands.send(0, "certificate", first, expect=201)
    another = threshold.make_certificate(draw_seed(), hands.house.uuid)
    assert "이미 열쇠를" in await hands.send(0, "certificate", another, expect=409)
    await hands.deal()
    dealing = (await hands.dealings())[0]
    await hands.send(0, "dealing", dealing, expect=201)
    again = threshold.make_dealing(hands.keys[0].seed, hands.house.uuid, await hands.certificates(), 2)
    assert "지금 할 단계가 아닙니다" in await hands.send(0, "dealing", again, expect=409)
    await hands.confirm(0)
    assert await hands.duties() == ["others", "confirmation", "confirmation"]


async def test_a_step_larger_than_any_step_is_refused(hands: Hands) -> None:
    await hands.named()
    for step in ("certificate", "dealing", "confirmation", "complaint"):
        await hands.send(0, step, b"1" * 200_000, expect=413)


async def test_a_lost_key_is_made_anew_and_the_others_deal_again(hands: Hands) -> None:
    await hands.named()
    await hands.make()
    await hands.deal(1)
    browser = hands.browser(0)
    page = (await browser.get(f"/trustee/{hands.house.uuid}/anew")).text
    assert f"이미 조각을 나눈 {hands.name(1)} 님이 2단계부터 다시" in page
    await make_key(browser, hands.new_key(0), anew=True)
    assert await hands.duties() == ["dealing"] * 3
    letters = await hands.letters()
    await hands.deal()
    await hands.confirm(0, 1)
    await make_key(browser, hands.new_key(0), anew=True)
    assert await hands.duties() == ["dealing"] * 3
    assert len(await hands.letters()) >= len(letters) + 3
    await hands.deal()
    await hands.confirm()
    assert await hands.duties() == ["opening"] * 3
    await hands.house.take_roll()
    await hands.house.both("issue")
    await hands.house.both("open")
    refused = await browser.get(f"/trustee/{hands.house.uuid}/anew", expect=409)
    assert "새로 만들 수 없습니다" in said(refused)
    late = threshold.make_certificate(draw_seed(), hands.house.uuid)
    assert "투표 중" in await hands.send(0, "certificate?anew=true", late, expect=409)


def cheating(dealing: bytes, seed: str, uuid: str) -> bytes:
    """A dealing whose first two sealed shares are exchanged, well signed by its dealer."""
    parts = json.loads(dealing)
    message = json.loads(parts["shares"]["message"])
    first, second = message["shares"][:2]
    for name in ("ephemeral", "nonce", "data"):
        first[name], second[name] = second[name], first[name]
    text = json.dumps(message, separators=(",", ":"))
    made = signed(signing_secret(seed, uuid), text.encode())
    proof = {"challenge": made.signature.challenge, "response": made.signature.response}
    parts["shares"] = {"message": text, "signature": proof}
    return json.dumps(parts, separators=(",", ":")).encode()


async def test_a_complaint_stops_the_ceremony_names_the_dealer_and_the_office_begins_again(
    hands: Hands,
) -> None:
    house = hands.house
    await hands.named()
    await hands.make()
    await hands.deal(0, 1)
    certificates = await hands.certificates()
    honest = threshold.make_dealing(hands.keys[2].seed, house.uuid, certificates, 2)
    await hands.send(2, "dealing", cheating(honest, hands.keys[2].seed, house.uuid), expect=201)
    complaint = threshold.make_complaint(hands.keys[0].seed, house.uuid, certificates, 3)
    forged = threshold.make_complaint(hands.keys[1].seed, house.uuid, certificates, 3)
    assert f"{hands.name(0)} 님" in await hands.send(0, "complaint", forged, expect=422)
    await hands.send(0, "complaint", complaint, expect=201)
    await hands.send(0, "complaint", complaint, expect=201)
    assert await hands.duties() == ["stopped"] * 3
    sentence = f"{hands.name(0)} 님이 {hands.name(2)} 님에게서 받은 조각이 맞지 않다고"
    assert sentence in (await hands.browser(1).get(f"/trustee/{house.uuid}")).text
    assert "열쇠 만들기를 멈추었습니다" in (await hands.browser(1).get("/trustee")).text
    shown = (await house.officers[0].get(house.here)).text
    assert f"{hands.name(0)} 님이 받은 {hands.name(2)} 님의 조각이" in shown
    for step in ("certificate?anew=true", "dealing", "confirmation"):
        assert "멈추었습니다" in await hands.send(1, step, b"{}", expect=409)
    async with house.db.reading() as session:
        alarms = (
            await session.exec(select(Message.recipient).where(col(Message.purpose) == calling.ALARM))
        ).all()
    assert len(alarms) == 2 and all(address.startswith("office") for address in alarms)
    await house.officers[0].post(f"{house.here}/trustees/again")
    assert await hands.duties() == ["certificate"] * 3
    assert "조각이" not in (await house.officers[0].get(house.here)).text
    await hands.make()
    await hands.deal()
    await hands.confirm()
    assert await hands.duties() == ["opening"] * 3
    acts = [act for act in await hands.acts() if act.startswith("ballots.")]
    assert acts[1:3] == ["ballots.trustees-named", "ballots.certificate-given"]
    assert "ballots.share-refused" in acts and "ballots.ceremony-restarted" in acts
    assert acts[-3:] == ["ballots.key-confirmed"] * 3


async def test_letters_go_to_those_whose_turn_it_is_and_to_nobody_twice(hands: Hands) -> None:
    everybody = [person.email for person, _ in hands.house.trustees]
    await hands.named()
    assert await hands.letters() == everybody
    await hands.make(0, 1)
    assert len(await hands.letters()) == 3
    await hands.make(2)
    assert sorted(await hands.letters()) == sorted(everybody * 2)
    await hands.named()
    await hands.deal()
    assert sorted(await hands.letters()) == sorted(everybody * 3)
    await hands.confirm(1)
    await hands.house.officers[0].post(f"{hands.house.here}/trustees/remind")
    assert (await hands.letters())[9:] == [everybody[0], everybody[2]]
    async with hands.house.db.reading() as session:
        query = select(Message).where(col(Message.purpose) == calling.LETTER).order_by(col(Message.id))
        messages = (await session.exec(query)).all()
    assert f"/trustee/{hands.house.uuid}/practice" in (messages[0].body or "")
    assert "practice" not in (messages[3].body or "") and "2단계" in (messages[3].body or "")
    assert "3단계" in (messages[6].body or "")


async def test_the_clock_calls_the_trustees_once_the_totals_can_be_opened(hands: Hands) -> None:
    await hands.opened()
    before = len(await hands.letters())
    await hands.house.both("close")
    for _ in range(2):
        await hands.house.app.state.clock.tick()
    letters = (await hands.letters())[before:]
    assert sorted(letters) == sorted(person.email for person, _ in hands.house.trustees)


async def test_nobody_is_reminded_when_nobody_has_anything_to_do(hands: Hands) -> None:
    await hands.opened()
    officer = hands.house.officers[0]
    refused = await officer.post(f"{hands.house.here}/trustees/remind", expect=409)
    assert "할 일이 있는 개표관리인이 없습니다" in said(refused)


async def test_another_group_deals_again_and_another_threshold_begins_from_the_start(
    hands: Hands, signed_in: SignIn
) -> None:
    await hands.named()
    await hands.make()
    await hands.deal()
    await hands.named()
    assert await hands.duties() == ["confirmation"] * 3
    async with signed_in(Role.TRUSTEE) as fourth:
        hands.house.trustees.append(fourth)
        await hands.named()
        assert await hands.duties() == ["others", "others", "others", "certificate"]
        await hands.make(3)
        assert await hands.duties() == ["dealing"] * 4
        await hands.deal()
        await hands.named(threshold="3")
        assert await hands.duties() == ["certificate"] * 4
        hands.house.trustees.pop()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"group": (0,), "threshold": "1"}, "2명부터 9명까지"),
        ({"group": (0, 1), "threshold": "1"}, "2부터 2까지"),
        ({"group": (0, 1, 2), "threshold": "4"}, "2부터 3까지"),
        ({"group": (0, 1, 2), "threshold": "둘"}, "2부터 3까지"),
        ({"group": (0,), "threshold": "1", "mandatory": (1,)}, "모임이 되지 않습니다"),
        ({"group": (0, 1), "threshold": "2", "mandatory": (1,)}, "두 번 정할 수 없습니다"),
    ],
)
async def test_an_impossible_group_is_refused_in_words(
    hands: Hands, form: dict[str, object], sentence: str
) -> None:
    ids = [str(person.id) for person, _ in hands.house.trustees]
    places = {name: [ids[place] for place in form.get(name, ())] for name in ("group", "mandatory")}  # type: ignore[attr-defined]  # tuples of places
    answer = await hands.house.officers[0].post(
        f"{hands.house.here}/trustees",
        {"person": places["group"], "mandatory": places["mandatory"], "threshold": str(form["threshold"])},
        expect=422,
    )
    assert sentence in answer.text
    async with hands.house.db.reading() as session:
        assert (await session.exec(select(ElectionTrustee))).all() == []


async def test_the_office_sees_who_waits_for_whom(hands: Hands) -> None:
    officer, here = hands.house.officers[1], hands.house.here
    await hands.named()
    await hands.make(1)
    page = (await officer.get(here)).text
    assert f"지금 기다리는 사람: {hands.name(0)}, {hands.name(2)}" in page
    assert "3명 가운데 2명이 모이면 열 수 있습니다" in page
    await hands.make(0, 2)
    await hands.deal(0)
    assert f"지금 기다리는 사람: {hands.name(1)}, {hands.name(2)}" in (await officer.get(here)).text


async def test_the_opening_says_who_is_missing(hands: Hands) -> None:
    await hands.named()
    await hands.make()
    await hands.deal()
    await hands.confirm(0, 2)
    await hands.house.take_roll()
    await hands.house.both("issue")
    refused = await hands.house.officers[0].post(f"{hands.house.here}/open", expect=409)
    assert f"개표관리인의 열쇠가 아직 없습니다: {hands.name(1)}." in said(refused)


async def test_the_transcript_is_public_from_the_opening_and_proves_the_board(
    hands: Hands, visitor: Visitor
) -> None:
    uuid = hands.house.uuid
    await hands.named(1, 2, mandatory=(0,))
    await hands.make()
    await hands.deal(1, 2)
    await hands.confirm(1, 2)
    for address in ("ceremony", "ceremony.json"):
        await visitor.get(f"/board/{uuid}/{address}", expect=404)
    before = await records_of(hands.browser(0), uuid)
    await hands.house.take_roll()
    await hands.house.both("issue")
    await hands.house.both("open")
    transcript = (await visitor.get(f"/board/{uuid}/ceremony.json")).content
    assert transcript == before
    election: Election = await hands.house.election()
    checked = check_transcript(transcript, (election.trustees_record or "").encode())
    assert checked.names == tuple(hands.name(place) for place in hands.everybody)
    assert checked.trustees.public_key == json.loads(election.election_record or "")["public_key"]
    page = (await visitor.get(f"/board/{uuid}/ceremony")).text
    assert "꼭 있어야 하는 1명과 2명 중 2명" in page
    for place in hands.everybody:
        assert hands.name(place) in page
    assert json.loads(transcript)["context"] in page
    await hands.house.app.state.clock.tick()
    board = await visitor.get(f"/board/{uuid}/{uuid}.bel")
    assert verify(board.content).ok


async def test_only_its_trustees_see_a_ceremony(hands: Hands, signed_in: SignIn) -> None:
    await hands.named()
    uuid = hands.house.uuid
    async with signed_in(Role.TRUSTEE) as (_, stranger):
        for path in ("", "/anew", "/practice", "/ceremony.json", "/state.json"):
            await stranger.get(f"/trustee/{uuid}{path}", expect=404)
        for step in ("key", "certificate", "dealing", "confirmation", "complaint"):
            await stranger.send(f"/trustee/{uuid}/{step}", b"{}", expect=404)
    await hands.browser(0).send(f"/trustee/{uuid}/everything", b"{}", expect=404)
