"""The office's own pages: signing in and out, joining, display settings, people, messages and the journal."""

from typing import Annotated, Any

import pyotp
import segno
from litestar import MediaType, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect
from sqlmodel import col, select

from office import invitations, journal
from office.access import cookie_name, only
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import LANGUAGES, N_, translate
from office.journal import JournalEntry
from office.outbox import Outbox, latest
from office.pages import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    AnyRequest,
    Place,
    page,
    read_form,
    see,
)
from office.logins import LIFE, end_login
from office.people import ISSUER, ROLE_LABELS, Person, Role
from office.settings import Settings
from office.sign_in import sign_in as signed_in

PLACES = (
    Place(N_("사람"), "/office/people", (Role.OFFICE,)),
    Place(N_("보낸 메시지"), "/office/messages", (Role.OFFICE,)),
    Place(N_("업무 기록"), "/office/journal", (Role.OFFICE,)),
)
HOME = {
    Role.OFFICER: "/agency",
    Role.HEAD: "/agency",
    Role.EVALUATOR: "/evaluation",
    Role.OFFICE: "/office",
    Role.TRUSTEE: "/trustee",
}
"""Where each role starts its work."""
YEAR = 365 * 24 * 3600
THEMES = ("light", "high-contrast")


def local_path(target: str | None, default: str = "/") -> str:
    """A path on this site, and never an address elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    return target


@get("/sign-in")
async def sign_in_form(
    request: AnyRequest, following: Annotated[str, QueryParameter(name="next")] = ""
) -> Response[str]:
    return page(request, "sign_in.html", problem=None, email="", next=local_path(following, ""))


@post("/sign-in")
async def sign_in(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[Any]:
    form = await request.form()
    email, following = str(form.get("email", "")), local_path(str(form.get("next", "")), "")
    try:
        found = await signed_in(
            db,
            settings,
            email=email,
            password=str(form.get("password", "")),
            code=str(form.get("code", "")),
            earlier=request.auth,
        )
        if found is None:
            raise Refused(
                N_(
                    "전자우편, 비밀번호, 인증번호 가운데 맞지 않는 것이 있습니다. 인증 앱에 새 번호가 나오면 다시 해 주십시오"
                ),
                fields={"code": translate(N_("한 번 쓴 인증번호는 다시 쓸 수 없습니다"))},
            )
    except Trouble as problem:
        return page(
            request, "sign_in.html", status=problem.status, problem=problem, email=email, next=following
        )
    person, token = found
    answer = see(following or HOME[person.role])
    answer.set_cookie(
        Cookie(
            key=cookie_name(settings),
            value=token,
            httponly=True,
            secure=settings.secure,
            samesite="lax",
            path="/",
            max_age=int(LIFE.total_seconds()),
        )
    )
    return answer


@post("/sign-out")
async def sign_out(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Redirect:
    if request.auth:
        async with db.writing() as session:
            await end_login(session, request.auth)
    answer = see("/")
    answer.delete_cookie(cookie_name(settings))
    return answer


@get("/display")
async def display(
    settings: NamedDependency[Settings],
    lang: FromQuery[str] = "",
    theme: FromQuery[str] = "",
    following: Annotated[str, QueryParameter(name="next")] = "",
) -> Redirect:
    """Remember the language or the contrast in a cookie; works without JavaScript."""
    answer = see(local_path(following))
    chosen = [(LANGUAGE_COOKIE, lang)] if lang in LANGUAGES else []
    chosen += [(THEME_COOKIE, theme)] if theme in THEMES else []
    for key, value in chosen:
        answer.set_cookie(Cookie(key=key, value=value, max_age=YEAR, secure=settings.secure, samesite="lax"))
    return answer


def _qr(text: str) -> str:
    """A QR code as an image address of its own (data:), so that the secret is in no URL of ours."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=3)


@get("/join")
async def join_form(request: AnyRequest) -> Response[str]:
    return page(request, "join.html", problem=None, email="", invitation="", invited=None, qr="", secret="")


@post("/join")
async def join(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[Any]:
    """Two steps on one address: the invitation number, then password and authenticator."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    email, number = form.get("email", ""), form.get("invitation", "")
    problem: Trouble | None = None
    context: dict[str, Any] = {"email": email, "invitation": number, "invited": None, "qr": "", "secret": ""}
    try:
        async with db.reading() as session:
            invited = await invitations.open_invitation(session, email, number)
        secret = invitations.totp_secret(settings, invited)
        uri = pyotp.TOTP(secret).provisioning_uri(name=invited.email, issuer_name=ISSUER)
        context |= {"invited": invited, "qr": _qr(uri), "secret": secret}
        if "password" in form:
            async with db.writing() as session:
                await invitations.join(session, settings, read_form(invitations.Joining, form))
            return see("/sign-in?done=joined")
    except Trouble as trouble:
        problem = trouble
    return page(request, "join.html", status=problem.status if problem else 200, problem=problem, **context)


@get("/office/people", guards=[only(Role.OFFICE)])
async def people(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    return await _people_page(request, db, {}, None)


@post("/office/people", guards=[only(Role.OFFICE)])
async def invite(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    outbox: NamedDependency[Outbox],
) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        invited = read_form(invitations.Invite, form)
        async with db.writing() as session:
            await invitations.invite(session, outbox, settings, invited, by=request.user.actor)
    except Trouble as problem:
        return await _people_page(request, db, form, problem)
    return see("/office/people")


async def _people_page(
    request: AnyRequest, db: Database, form: dict[str, str], problem: Trouble | None
) -> Response[str]:
    async with db.reading() as session:
        everybody = list(await session.exec(select(Person).order_by(col(Person.role), col(Person.id))))
        waiting = list(
            await session.exec(
                select(invitations.Invitation)
                .where(col(invitations.Invitation.used_at).is_(None))
                .order_by(col(invitations.Invitation.id))
            )
        )
    return page(
        request,
        "people.html",
        status=problem.status if problem else 200,
        people=everybody,
        waiting=waiting,
        roles=list(ROLE_LABELS.items()),
        form=form,
        problem=problem,
    )


@get("/office/messages", guards=[only(Role.OFFICE)])
async def messages(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """What became of every message; never what it said."""
    async with db.reading() as session:
        return page(request, "messages.html", messages=await latest(session))


@get("/office/journal", guards=[only(Role.OFFICE)])
async def journal_page(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    async with db.reading() as session:
        query = select(JournalEntry).order_by(col(JournalEntry.id).desc()).limit(200)
        entries = list(await session.exec(query))
        broken = await journal.broken_at(session)
    return page(request, "journal.html", entries=entries, broken=broken)


@get("/health/live", media_type=MediaType.TEXT)
async def live() -> str:
    return "ok"


@get("/health/ready", media_type=MediaType.TEXT)
async def ready(db: NamedDependency[Database]) -> str:
    async with db.reading() as session:
        await session.exec(select(1))
    return "ok"


ROUTES = [
    sign_in_form,
    sign_in,
    sign_out,
    display,
    join_form,
    join,
    people,
    invite,
    messages,
    journal_page,
    live,
    ready,
]
