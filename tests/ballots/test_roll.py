"""The roll: a file is tried out, every bad row named, and what was taken over is proven later."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlmodel import col, select, update

from ballots import roll
from ballots.casting import subject_for, subject_of
from ballots.model import RollDraft, RollEntry
from ballots.roll_file import mail_address, mobile, parse
from office import codes
from office.errors import Conflict, NotFound, Refused
from tests.ballots.votes import ROLL, Vote

HEAD = "번호,이름,휴대전화,전자우편,가중치\n"


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in parse(text.encode(), "roll.csv").problems]


def test_a_good_file_is_read_whole() -> None:
    parsed = parse(ROLL.encode(), "roll.csv")
    assert not parsed.problems
    assert parsed.rows_read == 3
    assert [(v.number, v.name, v.phone, v.mail, v.weight) for v in parsed.voters] == [
        ("1", "김하나", "010-1234-5671", "", 1),
        ("2", "이두리", "010-1234-5672", "", 1),
        ("3", "박세나", "", "three@example.kr", 1),
    ]


def test_english_headers_and_a_file_from_korean_excel_are_read() -> None:
    english = "number,name,phone,mail,stratum,weight\n1,Kim,010-1234-5678,,youth,1\n"
    assert parse(english.encode(), "roll.csv").voters[0].stratum == "youth"
    assert parse(ROLL.encode("cp949"), "roll.csv").voters[0].name == "김하나"


def test_a_spreadsheet_that_dropped_the_leading_zero_is_understood() -> None:
    made = io.BytesIO()
    book = Workbook()
    book.worksheets[0].append(["번호", "이름", "휴대전화"])
    book.worksheets[0].append([1, "김하나", 1012345678])
    book.save(made)
    parsed = parse(made.getvalue(), "roll.xlsx")
    assert not parsed.problems
    assert parsed.voters[0].phone == "010-1234-5678"


@pytest.mark.parametrize(
    "written", ["010-1234-5678", "01012345678", "+82 10 1234 5678", "010.1234.5678", "０１０-1234-5678"]
)
def test_a_mobile_number_has_one_form(written: str) -> None:
    assert mobile(written) == "010-1234-5678"


@pytest.mark.parametrize(
    "written",
    ["02-123-4567", "010-123-4567", "011-1234-5678", "+1 202 555 0170", "전화 없음", "010-1234-56789", ""],
)
def test_what_is_no_korean_mobile_number_is_none(written: str) -> None:
    assert mobile(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "a@b",
        "a b@example.kr",
        "a@example.kr\nBcc: x@y.kr",
        "@example.kr",
        "a..b@example.kr",
        "이름@example.kr",
        "a@-b.kr",
    ],
)
def test_what_is_no_plain_mail_address_is_none(written: str) -> None:
    assert mail_address(written) is None


def test_every_bad_row_is_named_with_its_column() -> None:
    text = HEAD + (
        "1,김하나,010-1234-5671,,\n"
        ",이두리,010-1234-5672,,\n"
        "3,,010-1234-5673,,\n"
        "4,박네모,02-123-4567,,\n"
        "5,오다섯,,not a mail,\n"
        "6,육여섯,,,\n"
        "7,칠일곱,010-1234-5677,,1.5\n"
        "8,팔여덟,010-1234-5678,,0\n"
        "9,구아홉,010-1234-5679,,1001\n"
        "1,김하나,010-1111-1111,,\n"
        "11,김열하나,01012345671,,\n"
        "12/3,번호,010-1234-0012,,\n"
    )
    assert problems(text) == [
        (3, "번호"),
        (4, "이름"),
        (5, "휴대전화"),
        (6, "전자우편"),
        (7, "휴대전화"),
        (8, "가중치"),
        (9, "가중치"),
        (10, "가중치"),
        (11, "번호"),
        (12, "휴대전화"),
        (13, "번호"),
    ]
    assert len(parse(text.encode(), "roll.csv").voters) == 1


def test_a_repeated_number_or_phone_names_the_row_it_repeats() -> None:
    text = HEAD + "1,가,010-1234-5671,,\n2,나,010-1234-5672,,\n1,다,010-1234-5671,,\n"
    assert [p.said() for p in parse(text.encode(), "roll.csv").problems] == [
        "2행과 번호가 같습니다",
        "2행과 받는 곳이 같습니다. 사람마다 다른 번호나 주소가 있어야 합니다",
    ]


def test_a_family_may_share_a_mail_address_that_no_link_goes_to() -> None:
    text = HEAD + "1,가,010-1234-5671,home@example.kr,\n2,나,010-1234-5672,home@example.kr,\n"
    assert problems(text) == []
    assert problems(HEAD + "1,가,,home@example.kr,\n2,나,,HOME@example.kr,\n") == [(3, "전자우편")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "")]),
        (HEAD, [(0, "")]),
        ("번호,휴대전화\n1,010-1234-5678\n", [(1, "이름")]),
        ("번호,이름\n1,가\n", [(1, "휴대전화")]),
        ("번호,이름,휴대전화,주민등록번호\n1,가,010-1234-5678,x\n", [(1, "주민등록번호")]),
        ("번호,이름,휴대전화,휴대폰\n1,가,010-1234-5678,\n", [(1, "휴대전화")]),
    ],
    ids=["empty", "header only", "no name", "no address", "more than is needed", "twice"],
)
def test_a_file_that_is_no_roll_says_why(text: str, expected: list[tuple[int, str]]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b"\xff\xfe\x00", b'1,"open'])
def test_a_file_that_cannot_be_read_says_so(data: bytes) -> None:
    assert parse(data, "roll.xlsx").problems


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=6))
def test_no_text_makes_the_reader_fail(cells: list[list[str]]) -> None:
    parse((HEAD + "\n".join(",".join(row) for row in cells)).encode("utf-8", "replace"), "roll.csv")


async def test_a_draft_changes_nothing_until_it_is_taken_over_and_is_gone_then(vote: Vote) -> None:
    await vote.prepare()
    async with vote.db.writing() as session:
        election = await vote.held(session)
        draft = await roll.keep_draft(
            session, election, "roll.csv", parse(ROLL.encode(), "roll.csv"), vote.officers[0]
        )
    assert await vote.roll() == []
    async with vote.db.writing() as session:
        assert await roll.apply_draft(session, await vote.held(session), draft.id or 0, vote.officers[0]) == 3
    async with vote.db.reading() as session:
        assert (await session.exec(select(RollDraft))).all() == []
    assert [entry.number for entry in await vote.roll()] == ["1", "2", "3"]


async def test_a_file_with_a_bad_row_stores_nobody(vote: Vote) -> None:
    await vote.prepare()
    parsed = parse((ROLL + "4,,010-1234-5674,,\n").encode(), "roll.csv")
    async with vote.db.writing() as session:
        draft = await roll.keep_draft(session, await vote.held(session), "roll.csv", parsed, vote.officers[0])
    with pytest.raises(Refused, match="1군데"):
        async with vote.db.writing() as session:
            await roll.apply_draft(session, await vote.held(session), draft.id or 0, vote.officers[0])
    assert await vote.roll() == []


async def test_the_second_file_replaces_the_first_and_its_draft(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    await vote.list_voters(HEAD + "9,구아홉,010-9999-9999,,1\n")
    assert [(entry.number, entry.weight) for entry in await vote.roll()] == [("9", 1)]
    with pytest.raises(NotFound):
        async with vote.db.writing() as session:
            await roll.apply_draft(session, await vote.held(session), 1, vote.officers[0])


async def test_the_roll_is_fixed_once_links_are_out(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    await vote.issue()
    with pytest.raises(Conflict, match="투표 링크 발송"):
        await vote.list_voters()


@pytest.mark.parametrize(
    "change",
    [
        {"phone": "010-9999-9999"},
        {"name": "다른 사람"},
        {"stratum": "청년"},
        {"weight": 2},
        {"number": "77"},
        {"credential": "5"},
    ],
    ids=str,
)
async def test_any_change_to_the_roll_after_the_opening_shows(vote: Vote, change: dict[str, object]) -> None:
    await vote.begin()
    async with vote.db.reading() as session:
        assert await roll.unchanged(session, await vote.held(session))
    async with vote.db.writing() as session:
        await session.exec(update(RollEntry).where(col(RollEntry.number) == "2").values(**change))
    async with vote.db.reading() as session:
        assert not await roll.unchanged(session, await vote.held(session))


async def test_a_voter_added_after_the_opening_shows(vote: Vote) -> None:
    await vote.begin()
    async with vote.db.writing() as session:
        election = await vote.held(session)
        session.add(
            RollEntry(election_id=election.id or 0, number="4", name="늦은 사람", phone="010-0000-0001")
        )
    async with vote.db.reading() as session:
        assert not await roll.unchanged(session, await vote.held(session))


async def test_the_published_fingerprint_is_the_salted_record_and_names_nobody(vote: Vote) -> None:
    await vote.begin()
    election = await vote.election()
    assert f"roll sha256:{election.roll_sha256}" in (election.election_record or "")
    assert roll.digest(await vote.roll()) != election.roll_sha256
    for entry in await vote.roll():
        assert entry.name not in (election.election_record or "")


async def test_one_officer_releases_a_locked_voter_at_once_and_another_confirms(vote: Vote) -> None:
    await vote.begin()
    await _lock(vote, "2")
    async with vote.db.reading() as session:
        assert [e.number for e in await roll.locked_voters(session, await vote.held(session))] == ["2"]
    assert await _release(vote, "2", 0) is False
    async with vote.db.reading() as session:
        assert await roll.locked_voters(session, await vote.held(session)) == []
        assert len(await roll.releases_to_confirm(session, await vote.held(session))) == 1
    with pytest.raises(Conflict, match="이미 요청"):
        await _release(vote, "2", 0)
    assert await _release(vote, "2", 1) is True
    async with vote.db.reading() as session:
        assert await roll.releases_to_confirm(session, await vote.held(session)) == []


async def test_a_voter_locked_again_before_the_confirmation_is_released_again(vote: Vote) -> None:
    await vote.begin()
    await _lock(vote, "2")
    await _release(vote, "2", 0)
    await _lock(vote, "2")
    await _release(vote, "2", 0)
    async with vote.db.reading() as session:
        assert await roll.locked_voters(session, await vote.held(session)) == []


async def test_nobody_is_released_who_is_not_locked_or_not_listed(vote: Vote) -> None:
    await vote.begin()
    with pytest.raises(Conflict, match="잠긴 선거인이 아닙니다"):
        await _release(vote, "1", 0)
    with pytest.raises(NotFound):
        await _release(vote, "99", 0)


async def test_a_made_up_credential_that_was_locked_is_nobody_on_the_roll(vote: Vote) -> None:
    await vote.begin()
    election = await vote.election()
    async with vote.db.writing() as session:
        stranger = subject_for(election, None, "12345")
        session.add(codes.CodeSubject(subject=stranger, failures=codes.FAILURES_A_SUBJECT))
    await _lock(vote, "2")
    async with vote.db.reading() as session:
        assert [entry.number for entry in await roll.locked_voters(session, election)] == ["2"]


async def _release(vote: Vote, number: str, officer: int) -> bool:
    async with vote.db.writing() as session:
        return await roll.release(session, await vote.held(session), number, vote.officers[officer])


async def _lock(vote: Vote, number: str) -> None:
    entry = next(entry for entry in await vote.roll() if entry.number == number)
    async with vote.db.writing() as session:
        subject = subject_of(await vote.election(), entry)
        await session.merge(codes.CodeSubject(subject=subject, failures=codes.FAILURES_A_SUBJECT))
