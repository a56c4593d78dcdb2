"""Signing in over HTTP: what lets somebody in, what does not, and how long it lasts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
import time_machine
from litestar import Litestar

import app as house
from ballots.checking import Checker
from office.clock import now
from office.database import Database
from office.logins import IDLE, LIFE, TOUCH
from office.people import Role
from office.settings import Settings
from office.tries import FAILURES_BEFORE_PAUSE, PAUSE
from rehearsal.visitor import Visitor, said
from tests.conftest import PASSWORD, SECRET, SignIn, visitor_of
from tests.office.offices import EMAIL, code, dump, enrol_kim, sign_in

LOGIN = "yaksok_login"
GUARDED = "/office/people"


async def is_signed_in(visitor: Visitor) -> bool:
    answer = await visitor.http.get(GUARDED, headers={"Accept": "text/html"})
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


def login_cookie(answer: httpx.Response) -> str:
    return next(c for c in answer.headers.get_list("set-cookie") if LOGIN in c)


async def test_password_and_authenticator_let_somebody_in(
    visitor: Visitor, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    answer = await sign_in(visitor, email=f" {EMAIL.upper()} ")
    assert answer.headers["location"] == "/office"
    assert await is_signed_in(visitor)


async def test_the_login_cookie_is_kept_from_scripts_and_other_sites(
    visitor: Visitor, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    cookie = login_cookie(await sign_in(visitor)).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


async def test_over_https_cookies_are_secure_and_of_this_host_only(
    db: Database, settings: Settings, checker: Checker
) -> None:
    settings = settings.model_copy(update={"base_url": "https://yaksok.example.org"})
    await enrol_kim(db, settings)
    visitor = visitor_of(house.create_app(settings, db=db, checker=checker))
    visitor.http.base_url = httpx.URL("https://yaksok.example.org")
    async with visitor.http:
        form_page = await visitor.get("/sign-in")
        answer = await sign_in(visitor)
        assert await is_signed_in(visitor)
    cookies = [*form_page.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "secure" in cookie.lower()
    assert form_page.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_wrong_password_wrong_code_and_unknown_address_read_the_same(
    app: Litestar, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    pages = []
    for email, password, totp in (
        (EMAIL, "a wrong password", code()),
        (EMAIL, PASSWORD, "000000" if code() != "000000" else "000001"),
        ("lee@example.org", PASSWORD, code()),
    ):
        visitor = visitor_of(app)
        async with visitor.http:
            await visitor.get("/sign-in")
            answer = await sign_in(visitor, email=email, password=password, totp=totp, expect=422)
            pages.append(answer.text.replace(email, "").replace(visitor._token, ""))
            assert "맞지 않는 것이 있습니다" in said(answer)
            assert not await is_signed_in(visitor)
    assert pages[0] == pages[1] == pages[2]


async def test_what_was_typed_stays_but_no_secret_comes_back(
    visitor: Visitor, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    page = (await sign_in(visitor, password="a wrong password", totp="918273", expect=422)).text
    assert EMAIL in page
    assert "a wrong password" not in page
    assert "918273" not in page


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "\x00", "9" * 5000])
async def test_nonsense_for_a_code_is_a_wrong_code(
    visitor: Visitor, db: Database, settings: Settings, typed: str
) -> None:
    await enrol_kim(db, settings)
    await sign_in(visitor, totp=typed, expect=422)


async def test_a_code_typed_with_a_space_or_full_width_digits_is_taken(
    visitor: Visitor, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    wide = code().translate({ord("0") + n: ord("０") + n for n in range(10)})
    await sign_in(visitor, totp=f"{wide[:3]} {wide[3:]}")


async def test_a_used_code_is_refused_and_so_is_an_older_one(
    app: Litestar, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    with time_machine.travel(now(), tick=False):
        for totp, expect in ((code(), 303), (code(), 422), (code(-1), 422), (code(1), 303)):
            visitor = visitor_of(app)
            async with visitor.http:
                await sign_in(visitor, totp=totp, expect=expect)


async def test_of_many_at_once_with_the_same_code_exactly_one_comes_in(
    own_db: tuple[Database, Settings], checker: Checker
) -> None:
    db, settings = own_db
    await enrol_kim(db, settings)
    app = house.create_app(settings, db=db, checker=checker)
    totp = code()

    async def one() -> int:
        visitor = visitor_of(app)
        async with visitor.http:
            return (
                await visitor.http.post(
                    "/sign-in",
                    data={
                        "email": EMAIL,
                        "password": PASSWORD,
                        "code": totp,
                        "_csrf_token": await visitor._csrf(),
                    },
                )
            ).status_code

    answers = await asyncio.gather(*(one() for _ in range(12)))
    assert answers.count(303) == 1, answers
    assert set(answers) <= {303, 422, 429}


async def test_of_many_wrong_passwords_at_once_five_are_compared(
    own_db: tuple[Database, Settings], checker: Checker
) -> None:
    db, settings = own_db
    await enrol_kim(db, settings)
    app = house.create_app(settings, db=db, checker=checker)

    async def one(number: int) -> int:
        visitor = visitor_of(app)
        async with visitor.http:
            token = await visitor._csrf()
            form = {"email": EMAIL, "password": f"guess {number}", "code": "000000", "_csrf_token": token}
            return (await visitor.http.post("/sign-in", data=form)).status_code

    answers = await asyncio.gather(*(one(number) for number in range(20)))
    assert (answers.count(422), answers.count(429)) == (FAILURES_BEFORE_PAUSE, 15)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
async def test_after_five_failures_an_address_rests_whether_anybody_has_it_or_not(
    visitor: Visitor, db: Database, settings: Settings, email: str
) -> None:
    await enrol_kim(db, settings)
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        for _ in range(FAILURES_BEFORE_PAUSE):
            await sign_in(visitor, email=email, password="a wrong password", expect=422)
        paused = await sign_in(visitor, email=email, expect=429)
        assert int(paused.headers["retry-after"]) == int(PAUSE.total_seconds()) + 1
        assert f"{int(PAUSE.total_seconds()) + 1}초 뒤" in said(paused)

        clock.move_to(begun + PAUSE - timedelta(seconds=1))
        await sign_in(visitor, email=email, expect=429)
        clock.move_to(begun + PAUSE + timedelta(seconds=1))
        await sign_in(visitor, email=email, expect=303 if email == EMAIL else 422)


async def test_a_success_forgets_earlier_failures(app: Litestar, db: Database, settings: Settings) -> None:
    await enrol_kim(db, settings)
    with time_machine.travel(now(), tick=False):
        for step in (-1, 0):
            for password, expect in [("a wrong password", 422)] * 4 + [(PASSWORD, 303)]:
                visitor = visitor_of(app)
                async with visitor.http:
                    await sign_in(visitor, password=password, totp=code(step), expect=expect)


async def test_a_planted_login_cookie_is_worth_nothing_before_and_after(
    app: Litestar, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    victim, attacker = visitor_of(app), visitor_of(app)
    async with victim.http, attacker.http:
        for visitor in (victim, attacker):
            visitor.http.cookies.set(LOGIN, "planted", domain="localhost.local")
        assert not await is_signed_in(victim)
        cookie = login_cookie(await sign_in(victim))
        assert "planted" not in cookie
        assert not await is_signed_in(attacker)


async def test_signing_out_ends_the_login_everywhere_it_was_copied_to(
    signed_in: SignIn, app: Litestar
) -> None:
    async with signed_in(Role.OFFICE) as (_, visitor):
        copy = visitor_of(app)
        copy.http.cookies.update(visitor.http.cookies)
        async with copy.http:
            assert await is_signed_in(copy)
            answer = await visitor.post("/sign-out")
            assert "max-age=0" in login_cookie(answer).lower()
            assert not await is_signed_in(copy)
        assert not await is_signed_in(visitor)


async def test_signing_in_again_ends_the_login_this_browser_had(
    visitor: Visitor, app: Litestar, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    with time_machine.travel(now(), tick=False):
        await sign_in(visitor)
        copy = visitor_of(app)
        copy.http.cookies.update(visitor.http.cookies)
        await sign_in(visitor, totp=code(1))
        async with copy.http:
            assert not await is_signed_in(copy)
        assert await is_signed_in(visitor)


async def test_a_login_ends_after_an_hour_without_use(signed_in: SignIn) -> None:
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        async with signed_in(Role.OFFICE) as (_, visitor):
            clock.move_to(begun + IDLE - timedelta(seconds=1))
            assert await is_signed_in(visitor)
            clock.move_to(begun + 2 * IDLE - timedelta(seconds=2))
            assert await is_signed_in(visitor), "using it extends it"
            clock.move_to(begun + 3 * IDLE)
            assert not await is_signed_in(visitor)


async def test_a_login_ends_after_ten_hours_however_busy(signed_in: SignIn) -> None:
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        async with signed_in(Role.OFFICE) as (_, visitor):
            at = begun
            while (at := at + IDLE - TOUCH) < begun + LIFE:
                clock.move_to(at)
                assert await is_signed_in(visitor)
            clock.move_to(begun + LIFE + timedelta(seconds=1))
            assert not await is_signed_in(visitor)


async def test_neither_password_nor_authenticator_nor_login_can_be_read_from_the_tables(
    visitor: Visitor, db: Database, settings: Settings
) -> None:
    await enrol_kim(db, settings)
    await sign_in(visitor)
    await sign_in(visitor, email="a typo of a password", expect=422)
    stored = await dump(db)
    assert EMAIL in stored
    for secret in (PASSWORD, SECRET, visitor.http.cookies[LOGIN], "a typo of a password"):
        assert secret not in stored


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/office/journal", "/office/journal"),
        ("/contracts?year=2026&q=%EA%B8%B8", "/contracts?year=2026&q=%EA%B8%B8"),
        ("https://evil.example", "/office"),
        ("//evil.example", "/office"),
        ("/\\evil.example", "/office"),
        ("/\t/evil.example", "/office"),
        ("/\n/evil.example", "/office"),
        ("\\\\evil.example", "/office"),
        ("javascript:alert(1)", "/office"),
        ("/%0d%0aSet-Cookie:x=1", "/%0d%0aSet-Cookie:x=1"),
    ],
)
async def test_signing_in_leads_on_within_this_site_and_nowhere_else(
    visitor: Visitor, db: Database, settings: Settings, asked: str, led: str
) -> None:
    await enrol_kim(db, settings)
    answer = await sign_in(visitor, following=asked)
    assert answer.headers["location"] == led
    elsewhere = await visitor.get("/display", params={"theme": "light", "next": asked}, expect=303)
    assert elsewhere.headers["location"] == ("/" if led == "/office" else led)


async def test_a_page_that_needs_a_sign_in_is_where_it_leads(visitor: Visitor) -> None:
    answer = await visitor.get("/office/people?done=invited", expect=303)
    assert answer.headers["location"] == "/sign-in?next=/office/people%3Fdone%3Dinvited"
    form = await visitor.get(answer.headers["location"])
    assert 'name="next" value="/office/people?done=invited"' in form.text


async def test_after_joining_the_page_says_so(visitor: Visitor) -> None:
    assert "등록을 마쳤습니다" in (await visitor.get("/sign-in?done=joined")).text
    assert "등록을 마쳤습니다" not in (await visitor.get("/sign-in?done=nonsense")).text
