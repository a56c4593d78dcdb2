"""Coming in with an invitation number, over HTTP, and coming back after losing a password or an authenticator."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from datetime import timedelta

import httpx
import pyotp
import pytest
import time_machine
from litestar import Litestar
from sqlmodel import col, select

import app as house
from ballots.checking import Checker
from office import invitations
from office.clock import now
from office.database import Database
from office.invitations import Invitation, Invite, admit
from office.journal import JournalEntry
from office.outbox import Message
from office.people import Person, Role
from office.settings import Settings
from rehearsal.visitor import Visitor, said
from tests.conftest import PASSWORD, SignIn, visitor_of
from tests.office.offices import dump, sign_in

LEE = "lee@example.org"
SECRET_SHOWN = re.compile(r"\b[A-Z2-7]{32}\b")


async def invited(db: Database, email: str = LEE) -> str:
    """The number of a fresh invitation."""
    async with db.writing() as session:
        _, number = await admit(
            session, Invite(email=email, name="이두리", role=Role.EVALUATOR), by="operator"
        )
        return number


async def step_one(visitor: Visitor, number: str, *, email: str = LEE, expect: int = 200) -> httpx.Response:
    return await visitor.post("/join", {"email": email, "invitation": number}, expect=expect)


def second_form(number: str, totp: str) -> Mapping[str, str]:
    form = {"email": LEE, "invitation": number, "password": PASSWORD, "password_again": PASSWORD}
    return {**form, "totp": totp}


async def secret_for(visitor: Visitor, number: str) -> str:
    found = SECRET_SHOWN.search((await step_one(visitor, number)).text)
    assert found
    return found[0]


def now_code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()), counter_offset=steps)


async def test_an_invited_person_sets_a_password_connects_an_authenticator_and_signs_in(
    visitor: Visitor, db: Database
) -> None:
    number = await invited(db)
    with time_machine.travel(now(), tick=False):
        secret = await secret_for(visitor, number.lower().replace("-", " "))
        answer = await visitor.post("/join", second_form(number, now_code(secret)))
        assert answer.headers["location"] == "/sign-in?done=joined"
        await sign_in(visitor, email=LEE, totp=now_code(secret), expect=422)
        answer = await sign_in(visitor, email=LEE, totp=now_code(secret, 1))
    assert answer.headers["location"] == "/evaluation"


@pytest.mark.parametrize("number", ["", "AAAAA-AAAAA-AAAAA-AAAAA", "\x00", "가나다"])
async def test_a_wrong_number_is_refused_and_what_was_typed_stays(
    visitor: Visitor, db: Database, number: str
) -> None:
    await invited(db)
    answer = await step_one(visitor, number, expect=422)
    assert "맞지 않거나 기한이 지났습니다" in said(answer)
    assert LEE in answer.text
    assert not SECRET_SHOWN.search(answer.text)


async def test_a_number_belongs_to_its_address(visitor: Visitor, db: Database) -> None:
    wrong = await step_one(visitor, await invited(db), email="other@example.org", expect=422)
    unknown = await step_one(visitor, "AAAAA", email="other@example.org", expect=422)
    assert said(wrong) == said(unknown)


async def test_a_number_is_good_for_fourteen_days(visitor: Visitor, db: Database) -> None:
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        number = await invited(db)
        clock.move_to(begun + invitations.LIFE - timedelta(seconds=1))
        await step_one(visitor, number)
        clock.move_to(begun + invitations.LIFE + timedelta(seconds=1))
        await step_one(visitor, number, expect=422)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "짧은말", "password_again": "짧은말"}, "비밀번호는 10자 이상"),
        ({"password": "x" * 201, "password_again": "x" * 201}, "200자 이하"),
        ({"password_again": "something else"}, "두 비밀번호가 다릅니다"),
        ({"totp": "000000"}, "인증 앱의 번호가 맞지 않습니다"),
        ({"totp": ""}, "입력한 내용을 확인해 주십시오"),
        ({"password": "ten\x07characters", "password_again": "ten\x07characters"}, "입력한 내용을 확인해"),
    ],
)
async def test_what_is_wrong_in_the_second_step_is_said_and_the_number_stays_good(
    visitor: Visitor, db: Database, changed: dict[str, str], sentence: str
) -> None:
    number = await invited(db)
    secret = await secret_for(visitor, number)
    answer = await visitor.post("/join", {**second_form(number, now_code(secret)), **changed}, expect=422)
    assert sentence in said(answer)
    assert PASSWORD not in answer.text
    assert secret in answer.text, "the authenticator stays the same"
    assert LEE not in await people_in(db)
    await visitor.post("/join", second_form(number, now_code(secret)))


async def people_in(db: Database) -> list[str]:
    async with db.reading() as session:
        return list(await session.exec(select(Person.email)))


async def test_a_number_lets_in_once_however_many_use_it_at_once(
    own_db: tuple[Database, Settings], checker: Checker
) -> None:
    db, settings = own_db
    app = house.create_app(settings, db=db, checker=checker)
    number = await invited(db)
    visitors = [visitor_of(app) for _ in range(6)]
    secret = await secret_for(visitors[0], number)
    tokens = [await visitor._csrf() for visitor in visitors]

    async def one(visitor: Visitor, token: str) -> int:
        form = {**second_form(number, now_code(secret)), "_csrf_token": token}
        return (await visitor.http.post("/join", data=form)).status_code

    answers = await asyncio.gather(*(one(v, t) for v, t in zip(visitors, tokens, strict=True)))
    assert sorted(answers) == [303, 422, 422, 422, 422, 422]
    assert await people_in(db) == [LEE]


async def test_a_second_invitation_makes_the_first_worthless(visitor: Visitor, db: Database) -> None:
    first, second = await invited(db), await invited(db)
    await step_one(visitor, first, expect=422)
    await step_one(visitor, second)


async def test_who_lost_the_authenticator_is_invited_again_and_every_login_ends(
    signed_in: SignIn, app: Litestar, db: Database
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, old), signed_in(Role.OFFICE) as (_, officer):
        await officer.post(
            "/office/people", {"email": person.email, "name": "아무개", "role": "evaluator", "agency": ""}
        )
        async with db.reading() as session:
            body = (await session.exec(select(Message.body))).one()
        assert body
        found = re.search(r"\b[A-Z2-9]{5}(?:-[A-Z2-9]{5}){3}\b", body)
        assert found
        visitor = visitor_of(app)
        async with visitor.http:
            page = await step_one(visitor, found[0], email=person.email)
            secret = SECRET_SHOWN.search(page.text)
            assert secret
            new = {"password": "an entirely new password", "password_again": "an entirely new password"}
            form = {**second_form(found[0], now_code(secret[0])), **new, "email": person.email}
            await visitor.post("/join", form)
            assert (await old.http.get("/evaluation")).status_code == 401
            await sign_in(visitor, email=person.email, totp=now_code(secret[0], 1), expect=422)
            totp = now_code(secret[0], 1)
            await sign_in(visitor, email=person.email, password=new["password"], totp=totp)
        async with db.reading() as session:
            again = (await session.exec(select(Person).where(col(Person.email) == person.email))).one()
        assert (again.id, again.name, again.role) == (person.id, person.name, person.role)


async def test_an_address_in_use_is_not_invited_in_another_role(signed_in: SignIn, db: Database) -> None:
    async with signed_in(Role.EVALUATOR) as (person, _), signed_in(Role.OFFICE) as (_, officer):
        form = {"email": person.email, "name": "아무개", "role": "office", "agency": ""}
        answer = await officer.post("/office/people", form, expect=422)
        assert "이미 등록된 전자우편" in said(answer)
        assert person.email in answer.text
    async with db.reading() as session:
        assert (await session.exec(select(Invitation))).first() is None


async def test_an_officer_is_invited_by_two(signed_in: SignIn, db: Database) -> None:
    form = {"email": LEE, "name": "이두리", "role": "office", "agency": ""}
    async with signed_in(Role.OFFICE) as (_, first), signed_in(Role.OFFICE) as (_, second):
        await first.get("/office/people")
        answer = await first.post("/office/people", form, expect=303)
        assert "다른 성과관리 담당에게" in (await first.get(answer.headers["location"])).text
        assert "다른 담당자" in said(await first.post("/office/people", form, expect=409))
        async with db.reading() as session:
            assert (await session.exec(select(Message).where(col(Message.recipient) == LEE))).first() is None
        page = (await second.get("/office/people")).text
        assert "성과관리 담당으로 초대할까요?" in page and f'value="{LEE}"' in page
        await second.post("/office/people", form)
        page = (await first.get("/office/people")).text
        assert "성과관리 담당으로 초대할까요?" not in page and LEE in page
    async with db.reading() as session:
        letters = list(await session.exec(select(Message).where(col(Message.recipient) == LEE)))
        invitations = list(await session.exec(select(Invitation)))
        entries = list(await session.exec(select(JournalEntry)))
    assert [letter.purpose for letter in letters] == ["invitation"]
    assert [invitation.asked_by for invitation in invitations] == [None]
    acts = [entry.act for entry in entries if entry.act.startswith("people.invite")]
    assert acts == ["people.invite-officer.asked", "people.invite-officer.confirmed", "people.invited"]
    assert not any(LEE in f"{entry.subject}{entry.details}" for entry in entries)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"role": "head", "agency": ""}, "어느 기관 사람인지"),
        ({"role": "governor"}, "입력한 내용을 확인해"),
        ({"email": "no address"}, "입력한 내용을 확인해"),
        ({"email": "x" * 120 + "@example.org"}, "입력한 내용을 확인해"),
        ({"name": ""}, "입력한 내용을 확인해"),
        ({"name": "이\x00름"}, "입력한 내용을 확인해"),
    ],
)
async def test_a_bad_invitation_is_refused_and_what_was_typed_stays(
    signed_in: SignIn, db: Database, form: dict[str, str], sentence: str
) -> None:
    filled = {"email": LEE, "name": "이두리", "role": "evaluator", "agency": "", **form}
    async with signed_in(Role.OFFICE) as (_, officer):
        answer = await officer.post("/office/people", filled, expect=422)
        assert sentence in said(answer)
        assert 'value="이두리"' in answer.text or "name" in form
    async with db.reading() as session:
        assert (await session.exec(select(Message))).first() is None


async def test_only_the_performance_office_invites(signed_in: SignIn) -> None:
    for role in Role:
        agency = "a1" if role in (Role.OFFICER, Role.HEAD) else None
        async with signed_in(role, agency) as (_, visitor):
            await visitor.get("/office/people", expect=200 if role is Role.OFFICE else 403)
            if role is not Role.OFFICE:
                await visitor.post("/office/people", {"email": LEE}, expect=403)


async def test_the_tables_hold_no_number_and_no_waiting_authenticator(
    own_db: tuple[Database, Settings], checker: Checker
) -> None:
    db, settings = own_db
    number = await invited(db)
    visitor = visitor_of(house.create_app(settings, db=db, checker=checker))
    async with visitor.http:
        secret = await secret_for(visitor, number)
    stored = await dump(db)
    assert LEE in stored
    for hidden in (number, number.replace("-", ""), secret):
        assert hidden not in stored
