"""The certificate as it is signed, shown and printed."""

import io
import json
import re

import pytest
from pypdf import PdfReader
from sqlmodel import col, delete, select

from ballots import certificate, closing
from ballots.model import (
    RollEntry,
)
from ballots.protocol.records import sha256_hex
from office.clock import now
from office.errors import Forbidden, NotFound, Refused
from office.journal import JournalEntry
from office.people import totp_of
from rehearsal.visitor import Visitor
from tests.ballots.certifying import begun, read
from tests.ballots.house import House
from tests.ballots.votes import Vote


async def test_what_does_not_fit_the_count_stands_on_the_public_page(vote: Vote, visitor: Visitor) -> None:
    await begun(vote)
    await vote.close()
    await vote.count()
    address = f"/board/{vote.uuid}/certificate"
    assert "예, 모두 맞습니다" in (await visitor.get(address)).text
    async with vote.db.writing() as session:
        election = await vote.held(session)
        changed = json.loads(election.certificate_record or "")
        changed["roll"] |= {"voted": 4, "not_voted": 8}
        election.certificate_record = json.dumps(
            changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
    page = (await visitor.get(address)).text
    assert "맞지 않는 것이" in page and "4 ≠ 3" in page


async def test_both_officers_who_closed_sign_and_nobody_else(house: House) -> None:
    await house.opened()
    await house.officers[0].get(f"{house.here}/certificate", expect=404)
    await house.vote("1", 0)
    await house.both("close")
    place = f"{house.here}/certificate"
    first, second = house.officers
    assert "서명할까요" in (await first.get(place)).text
    assert "투표 확인서에 남은 서명 2개" in (await first.get("/office")).text
    await first.post(place, {"totp": first.totp()})
    assert "서명하셨습니다" in (await first.get(place)).text
    await first.post(place, {"totp": first.totp()}, expect=409)
    await second.post(place, {"totp": "000000"}, expect=422)
    await second.post(place, {"totp": second.totp()})
    assert "투표 확인서에 남은 서명" not in (await first.get("/office")).text
    election = await house.election()
    async with house.db.reading() as session:
        query = select(JournalEntry).where(col(JournalEntry.act) == "ballots.certificate-signed")
        signed = list(await session.exec(query.order_by(col(JournalEntry.id))))
        names = [person.name for _, person in await certificate.signatures_of(session, election)]
    assert len({entry.actor for entry in signed}) == 2
    assert {entry.details["sha256"] for entry in signed} == {
        sha256_hex((election.certificate_record or "").encode())
    }
    assert len(names) == 2
    page = (await second.get(f"/board/{house.uuid}/certificate")).text
    assert (
        "아직 서명하지 않음" not in page and sha256_hex((election.certificate_record or "").encode()) in page
    )


async def test_an_officer_who_did_not_close_signs_nothing(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    other = vote.trustees[0]
    with pytest.raises(Forbidden, match="두 담당자만"):
        async with vote.db.writing() as session:
            await certificate.sign(
                session, vote.settings, await vote.held(session), other, "000000", act=closing.ACT
            )


async def test_a_wrong_authenticator_code_signs_nothing(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    with pytest.raises(Refused, match="인증 앱"):
        async with vote.db.writing() as session:
            await certificate.sign(
                session, vote.settings, await vote.held(session), vote.officers[0], "000000", act=closing.ACT
            )
    code = totp_of(vote.officers[0], vote.settings).at(now())
    async with vote.db.writing() as session:
        await certificate.sign(
            session, vote.settings, await vote.held(session), vote.officers[0], code, act=closing.ACT
        )
    async with vote.db.reading() as session:
        assert len(await certificate.signatures_of(session, await vote.held(session))) == 1


async def test_the_raw_record_and_the_picture_are_everybodys_after_the_close(
    vote: Vote, visitor: Visitor
) -> None:
    await begun(vote)
    with pytest.raises(NotFound):
        await read(vote)
    for suffix in ("", ".json", ".svg"):
        await visitor.get(f"/board/{vote.uuid}/certificate{suffix}", expect=404)
    await vote.close()
    raw = (await visitor.get(f"/board/{vote.uuid}/certificate.json")).content
    assert raw.decode() == (await vote.election()).certificate_record
    drawn = (await visitor.get(f"/board/{vote.uuid}/certificate.svg")).content
    assert drawn.startswith(b"<?xml")


async def test_the_paper_says_what_the_page_says_and_who_signed(vote: Vote, visitor: Visitor) -> None:
    await begun(vote)
    await vote.close()
    await vote.count()
    async with vote.db.writing() as session:
        held = await vote.held(session)
        code = totp_of(vote.officers[0], vote.settings).at(now())
        await certificate.sign(session, vote.settings, held, vote.officers[0], code, act=closing.ACT)
    answer = await visitor.get(f"/board/{vote.uuid}/certificate.pdf")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    raw, _ = certificate.read(await vote.election())
    assert "수가 모두 맞습니다" in words and "12 = 3 + 9 + 0" in words and "2 ≤ 4" in words
    assert "담당1" in words and words.count("아직 서명하지 않음") == 1
    assert sha256_hex(raw) in words.replace(" ", "")
    assert b"pdfuaid" in answer.content


async def test_a_refused_close_stands_on_the_offices_page(house: House) -> None:
    await house.opened()
    async with house.db.writing() as session:
        await session.exec(delete(RollEntry).where(col(RollEntry.number) == "3"))
    await house.officers[0].post(f"{house.here}/close")
    answer = await house.officers[1].post(f"{house.here}/close", expect=409)
    assert "명부 = 게시판에 공개한 자격키: 2 ≠ 3" in answer.text
    assert "마감하지 못했습니다" in (await house.officers[0].get(house.here)).text
