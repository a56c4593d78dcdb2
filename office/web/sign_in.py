"""Signing in and out."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect

from office.access import cookie_name
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_, translate
from office.logins import LIFE, end_login
from office.pages import AnyRequest, form_of, local_path, page, see
from office.people import Role
from office.settings import Settings
from office.sign_in import sign_in

HOME = {
    Role.OFFICER: "/agency",
    Role.HEAD: "/agency",
    Role.EVALUATOR: "/evaluation",
    Role.OFFICE: "/office",
    Role.TRUSTEE: "/trustee",
    Role.VERIFIER: "/checks",
}
"""Where each role starts its work."""
LARGEST_FORM = 16 * 1024
"""Bytes; nobody has signed in yet."""
SAID = {"joined": N_("등록을 마쳤습니다. 인증 앱에 새 번호가 나오면 로그인해 주십시오")}


@get("/sign-in")
async def sign_in_form(
    request: AnyRequest,
    following: Annotated[str, QueryParameter(name="next")] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    said = translate(SAID[done]) if done in SAID else None
    return page(request, "sign_in.html", problem=None, email="", next=local_path(following, ""), done=said)


@post("/sign-in", request_max_body_size=LARGEST_FORM)
async def take_sign_in(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[Any]:
    form = await form_of(request)
    email, following = form.get("email", ""), local_path(form.get("next", ""), "")
    try:
        found = await sign_in(
            db,
            settings,
            email=email,
            password=form.get("password", ""),
            code=form.get("code", ""),
            earlier=request.auth,
        )
        if found is None:
            raise Refused(
                N_(
                    "전자우편, 비밀번호, 인증번호 가운데 맞지 않는 것이 있습니다. 인증 앱에 새 번호가 나오면 다시 해 주십시오"
                ),
                fields={"code": translate(N_("인증 앱에 새로 나온 번호를 적어 주십시오"))},
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
    answer.set_cookie(
        Cookie(key=cookie_name(settings), value="", max_age=0, httponly=True, secure=settings.secure)
    )
    return answer


ROUTES = [sign_in_form, take_sign_in, sign_out]
