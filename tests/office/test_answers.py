"""What every answer carries, whatever it answers: headers, tokens, hosts, and refusals for people and for programs."""

import logging
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from sqlalchemy.exc import IntegrityError, OperationalError

import app as house
from ballots.checking import Checker
from office import journal
from office.database import Database
from office.demonstration import WrongDatabase, keep_apart
from office.errors import Busy, Conflict, Gone, NotFound, Refused, TooLarge, TooMany
from office.forms import MOST_FIELDS
from office.i18n import LOCALE
from office.people import Role
from office.security import CONTENT_SECURITY_POLICY, PICTURE_POLICY
from office.settings import Settings
from rehearsal.visitor import Visitor, said
from tests.conftest import SignIn, visitor_of

PAGE, PROGRAM = {"Accept": "text/html"}, {"Accept": "application/json"}
SECRET = "a secret in a fault: 010-1234-5678"
TROUBLES: dict[str, Exception] = {
    "refused": Refused("배점을 확인해 주십시오", fields={"weight": "숫자로 적어 주십시오"}),
    "conflict": Conflict(),
    "gone": Gone(),
    "not-found": NotFound(),
    "too-large": TooLarge(),
    "too-many": TooMany(retry_after=41),
    "busy": Busy(retry_after=7),
    "fault": RuntimeError(SECRET),
    "database": OperationalError("SELECT 1", {}, Exception(SECRET)),
    "clash": IntegrityError("INSERT", {}, Exception(SECRET)),
}
STATUS = {
    "refused": 422,
    "conflict": 409,
    "gone": 410,
    "not-found": 404,
    "too-large": 413,
    "too-many": 429,
    "busy": 503,
    "fault": 500,
    "database": 503,
    "clash": 409,
}


@get("/troubles/{name:str}")
async def trouble(name: FromPath[str]) -> None:
    """A handler in which something goes wrong."""
    raise TROUBLES[name]


@post("/small", request_max_body_size=100)
async def small(request: Request[Any, Any, Any]) -> str:
    """A handler that takes little."""
    return str(len(await request.body()))


@post("/file")
async def file(request: Request[Any, Any, Any]) -> str:
    """A handler that takes a file."""
    sent = (await request.form()).get("file")
    return (await sent.read()).decode() if isinstance(sent, UploadFile) else "nothing"


@pytest.fixture(scope="module")
def houses() -> list[tuple[Settings, Litestar]]:
    """Not everybody's: these have handlers of this file."""
    return []


@pytest.fixture
def app(app: Litestar) -> Litestar:
    if not any(route.path == "/small" for route in app.routes):
        for handler in (trouble, small, file):
            app.register(handler)
    return app


# --- headers ---------------------------------------------------------------------------------------------------------

KINDS = [
    ("/sign-in", 200, "text/html"),
    ("/", 200, "text/html"),
    ("/nowhere", 404, "text/html"),
    ("/troubles/fault", 500, "text/html"),
    ("/troubles/refused", 422, "text/html"),
    ("/office/people", 303, ""),
    ("/sign-out", 405, "text/html"),
    ("/static/site.css", 200, "text/css"),
    ("/static/site.js", 200, "text/javascript"),
    ("/static/emblem.svg", 200, "image/svg+xml"),
    ("/static/nothing.css", 404, "text/html"),
    ("/health/live", 200, "text/plain"),
    ("/demonstration/outbox", 200, "text/html"),
]


@pytest.mark.parametrize(("path", "status", "kind"), KINDS)
async def test_every_kind_of_answer_carries_the_security_headers(
    visitor: Visitor, path: str, status: int, kind: str
) -> None:
    answer = await visitor.get(path, expect=status)
    assert answer.headers.get("content-type", "").startswith(kind)
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    picture = kind == "image/svg+xml"
    assert headers["content-security-policy"] == (PICTURE_POLICY if picture else CONTENT_SECURITY_POLICY)
    if not (path.startswith("/static/") and status == 200):
        assert headers["cache-control"] == "no-store"


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    for rule in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in CONTENT_SECURITY_POLICY
    assert "script-src" not in PICTURE_POLICY
    assert "sandbox" in PICTURE_POLICY


async def test_an_address_that_leads_nowhere_knows_who_has_signed_in(
    visitor: Visitor, signed_in: SignIn
) -> None:
    assert "담당자 로그인" in (await visitor.get("/nowhere", expect=404)).text
    async with signed_in(Role.OFFICE) as (person, officer):
        await officer.get("/office/journal")
        for path in ("/nowhere", "/office/cycles/nowhere/x", "/contracts/2026-NO"):
            page = (await officer.get(path, expect=404)).text
            assert "담당자 로그인" not in page and person.name in page
        await officer.post("/sign-out")
        assert "담당자 로그인" in (await officer.get("/nowhere", expect=404)).text, (
            "the token of that page was right"
        )


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/nowhere", "/demonstration/outbox"])
async def test_no_page_has_anything_inline(visitor: Visitor, path: str) -> None:
    page = (await visitor.get(path, expect=404 if path == "/nowhere" else 200)).text
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style|javascript:|https?://(?!localhost)", page
    )


# --- static files ----------------------------------------------------------------------------------------------------


async def test_a_static_file_named_by_its_content_is_kept_for_ever_and_packed(visitor: Visitor) -> None:
    page = (await visitor.get("/sign-in")).text
    found = re.search(r"/static/vendor/krds/css/component/output\.css\?v=[0-9a-f]{12}", page)
    assert found
    answer = await visitor.get(found[0])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < len(answer.content) / 5
    assert "set-cookie" not in answer.headers
    plain = await visitor.get(found[0], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content


async def test_another_name_for_a_static_file_is_asked_again_and_answered_shortly(visitor: Visitor) -> None:
    for path in ("/static/site.css", "/static/site.css?v=000000000000"):
        answer = await visitor.get(path)
        assert answer.headers["cache-control"] == "public, no-cache"
    again = await visitor.get(path, headers={"If-None-Match": answer.headers["etag"]}, expect=304)
    assert again.content == b""
    head = await visitor.http.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static/..%2fsettings.py",
        "/static//etc/passwd.txt",
        "/static/%00.css",
        "/static/vendor.toml",
        "/static/vendor/pretendard-gov/PretendardGOV-Bold.otf",
        "/static/",
        "/static",
    ],
)
async def test_only_what_pages_use_is_served(visitor: Visitor, path: str) -> None:
    await visitor.get(path, expect=404)


async def test_pages_are_not_packed_since_they_carry_tokens(visitor: Visitor) -> None:
    answer = await visitor.get("/sign-in", headers={**PAGE, "Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in answer.headers


# --- form tokens and hosts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_is_changed_without_a_token(visitor: Visitor, method: str) -> None:
    await visitor.get("/sign-in")
    answer = await visitor.http.request(method, "/sign-out", headers=PAGE)
    assert answer.status_code == (403 if method == "POST" else 405)
    if method == "POST":
        assert "화면을 연 지 오래되었거나" in answer.text
        assert "새로 고친 뒤 다시 보내 주십시오" in answer.text


async def test_a_token_of_somebody_else_or_of_nobody_is_refused(app: Litestar, visitor: Visitor) -> None:
    other = visitor_of(app)
    async with other.http:
        theirs = await other._csrf()
    await visitor.get("/sign-in")
    for token in (theirs, "", "x" * 96, theirs[:-1] + "0", "토큰"):
        answer = await visitor.http.post("/sign-out", data={"_csrf_token": token}, headers=PAGE)
        assert answer.status_code == 403
    assert (await visitor.post("/sign-out")).status_code == 303


async def test_a_token_cookie_the_server_did_not_make_is_replaced(visitor: Visitor) -> None:
    planted = "a" * 96
    visitor.http.cookies.set("yaksok_form", planted, domain="localhost.local")
    refused = await visitor.http.post("/sign-out", data={"_csrf_token": planted}, headers=PAGE)
    assert refused.status_code == 403
    answer = await visitor.get("/sign-in")
    cookie = answer.headers["set-cookie"].lower()
    assert planted not in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    visitor.http.cookies.delete("yaksok_form", domain="localhost.local")
    visitor.http.cookies.extract_cookies(answer)
    await visitor.post("/sign-out")


async def test_a_token_comes_in_a_header_too_and_beside_a_file(visitor: Visitor, signed_in: SignIn) -> None:
    assert (await visitor.send("/small", b"[1,2]")).text == "5"
    async with signed_in(Role.OFFICE) as (_, officer):
        answer = await officer.post("/file", files={"file": ("a.csv", "내용")}, expect=201)
        assert answer.text == "내용"
        token = {"_csrf_token": ("a.txt", await officer._csrf())}
        assert (await officer.http.post("/file", files=token, headers=PAGE)).status_code == 403


async def test_a_file_from_somebody_who_has_not_signed_in_is_not_even_read(visitor: Visitor) -> None:
    await visitor.get("/sign-in")
    read = []

    async def megabytes() -> AsyncIterator[bytes]:
        for number in range(20):
            read.append(number)
            yield b"x" * 2**20

    headers = {**PAGE, "Content-Type": "multipart/form-data; boundary=x"}
    assert (await visitor.http.post("/file", content=megabytes(), headers=headers)).status_code == 401
    assert read == []


@pytest.mark.parametrize("body", [b"&" * 20_000, b"a=1&" * (MOST_FIELDS + 1), b"%ff=%ff&\xff"])
async def test_a_monstrous_form_is_refused_and_no_fault(visitor: Visitor, body: bytes) -> None:
    await visitor.get("/sign-in")
    headers = {**PAGE, "Content-Type": "application/x-www-form-urlencoded"}
    assert (await visitor.http.post("/file", content=body, headers=headers)).status_code in (403, 413)


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n\r\n", b"nonsense"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
async def test_a_broken_upload_is_refused_and_no_fault(signed_in: SignIn, body: bytes, kind: str) -> None:
    async with signed_in(Role.OFFICE) as (_, officer):
        await officer.get("/sign-in")
        headers = {**PAGE, "Content-Type": kind}
        assert (await officer.http.post("/file", content=body, headers=headers)).status_code in (400, 403)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:8001", "localhost", "localhost:8000.evil.example", ""]
)
async def test_another_host_is_refused(visitor: Visitor, host: str) -> None:
    answer = await visitor.http.get("/sign-in", headers={"Host": host, "X-Forwarded-Host": "localhost:8000"})
    assert answer.status_code == 400
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_address_of_the_settings_is_answered(
    db: Database, settings: Settings, checker: Checker
) -> None:
    settings = settings.model_copy(update={"base_url": "https://yaksok.example.org", "allowed_hosts": []})
    visitor = visitor_of(house.create_app(settings, db=db, checker=checker))
    async with visitor.http:
        for base, status in (("https://yaksok.example.org", 200), ("http://localhost:8000", 400)):
            answer = await visitor.http.get(f"{base}/sign-in", headers={"X-Forwarded-Host": base})
            assert answer.status_code == status


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_refusal_is_a_page_for_people(visitor: Visitor, name: str) -> None:
    answer = await visitor.get(f"/troubles/{name}", expect=STATUS[name])
    assert answer.headers["content-type"].startswith("text/html")
    assert "이렇게 해 주십시오" in answer.text
    assert "None" not in answer.text


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_refusal_is_a_problem_document_for_programs(visitor: Visitor, name: str) -> None:
    for headers in (PROGRAM, {"Accept": "*/*"}):
        answer = await visitor.get(f"/troubles/{name}", expect=STATUS[name], headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == STATUS[name]
        assert problem["type"] == "about:blank"
        assert problem["title"].isascii()
        assert problem["detail"]
        assert problem["instance"].startswith("urn:request:")
        assert problem.get("fields") == (TROUBLES[name].fields if name == "refused" else None)  # type: ignore[attr-defined]  # a Refused


@pytest.mark.parametrize(("name", "seconds"), [("too-many", "41"), ("busy", "7"), ("database", "30")])
async def test_what_may_be_tried_again_says_when(visitor: Visitor, name: str, seconds: str) -> None:
    for headers in (PAGE, PROGRAM):
        answer = await visitor.get(f"/troubles/{name}", expect=STATUS[name], headers=headers)
        assert answer.headers["retry-after"] == seconds
    assert f"{seconds}초 뒤" in (await visitor.get(f"/troubles/{name}", expect=STATUS[name])).text


@pytest.mark.parametrize("name", ["fault", "database", "clash"])
async def test_a_fault_shows_its_number_and_nothing_else(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    for headers in (PAGE, PROGRAM):
        with caplog.at_level(logging.ERROR):
            answer = await visitor.get(f"/troubles/{name}", expect=STATUS[name], headers=headers)
        for hidden in (SECRET, "Traceback", "RuntimeError", "sqlalchemy", "SELECT", "INSERT", ".py"):
            assert hidden not in answer.text
        number = re.search(r"request ([0-9a-f]{12}) failed", caplog.text)
        assert number
        if STATUS[name] >= 500 or headers is PROGRAM:
            assert number[1] in answer.text
        assert "in trouble" in caplog.text, "whoever runs the site can look it up"
        caplog.clear()


async def test_what_cannot_be_stored_is_no_fault_of_ours(visitor: Visitor) -> None:
    for path in (
        "/contracts?q=%00",
        "/contracts/%00",
        f"/demonstration/outbox?page={'9' * 30}",
        "/ranking/" + "9" * 30,
    ):
        answer = await visitor.http.get(path, headers=PAGE)
        assert answer.status_code < 500, path


async def test_the_wrong_method_names_the_right_ones(visitor: Visitor) -> None:
    for headers in (PAGE, PROGRAM):
        answer = await visitor.get("/sign-out", expect=405, headers=headers)
        assert "POST" in answer.headers["allow"]


async def test_too_much_is_refused(visitor: Visitor) -> None:
    await visitor.send("/small", b"x" * 101, expect=413)
    await visitor.post("/sign-in", {"email": "x" * 20_000}, expect=413)


async def test_a_person_of_another_role_reads_what_to_do(signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (_, visitor):
        answer = await visitor.get("/office/people", expect=403)
        assert "권한" in answer.text
        assert "성과관리 담당에게 알려 주십시오" in answer.text
    async with signed_in(Role.EVALUATOR) as (_, visitor):
        answer = await visitor.get("/office/people", expect=403, headers=PROGRAM)
        assert answer.json()["title"] == "Forbidden"


async def test_a_program_that_has_not_signed_in_is_told_so(visitor: Visitor) -> None:
    assert (await visitor.get("/office/people", expect=401, headers=PROGRAM)).json()["status"] == 401


async def test_a_refusal_speaks_the_language_of_the_visitor(visitor: Visitor) -> None:
    english = {**PROGRAM, "Accept-Language": "en"}
    told = (await visitor.get("/nowhere", expect=404, headers=english)).json()["detail"]
    assert told.isascii() or not (LOCALE / "en.po").exists()
    assert said(await visitor.get("/nowhere", expect=404, headers=PROGRAM)) != told


# --- demonstrations and the province ---------------------------------------------------------------------------------


async def test_the_pages_of_a_demonstration_exist_nowhere_else(
    db: Database, settings: Settings, checker: Checker
) -> None:
    for demonstration, status in ((True, 200), (False, 404)):
        real = settings.model_copy(update={"demonstration": demonstration})
        visitor = visitor_of(house.create_app(real, db=db, checker=checker))
        async with visitor.http:
            for path in ("/demonstration/outbox", "/demonstration/sign-ins"):
                answer = await visitor.http.get(path, headers=PAGE)
                assert answer.status_code == status
            assert ("/demonstration/" in (await visitor.get("/sign-in")).text) is demonstration


async def test_a_demonstration_and_real_data_never_share_a_database(
    own_db: tuple[Database, Settings], checker: Checker
) -> None:
    db, settings = own_db
    await keep_apart(db, settings)
    await keep_apart(db, settings)
    real = settings.model_copy(update={"demonstration": False})
    with pytest.raises(WrongDatabase, match="belongs to a demonstration"):
        await keep_apart(db, real)
    with pytest.RaisesGroup(WrongDatabase):
        async with house.create_app(real, db=db, checker=checker).lifespan():
            pass


async def test_a_demonstration_leaves_real_data_alone(own_db: tuple[Database, Settings]) -> None:
    db, settings = own_db
    real = settings.model_copy(update={"demonstration": False})
    await keep_apart(db, real)
    async with db.writing() as session:
        await journal.record(session, "operator", "people.invited", "office")
    await keep_apart(db, real)
    with pytest.raises(WrongDatabase, match="left alone"):
        await keep_apart(db, settings)


async def test_every_page_names_the_province(db: Database, settings: Settings, checker: Checker) -> None:
    named = settings.model_copy(update={"authority": "충청남도", "demonstration": False})
    visitor = visitor_of(house.create_app(named, db=db, checker=checker))
    async with visitor.http:
        for path in ("/sign-in", "/nowhere"):
            answer: httpx.Response = await visitor.http.get(path, headers=PAGE)
            assert answer.text.count("충청남도") >= 2
