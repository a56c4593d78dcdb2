"""Pages: one Jinja environment for all departments, the words and formats a template may use, and error pages.

A refusal is a page for people and a problem document (RFC 9457) for programs.
"""

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import jinja2
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from office import errors
from office.clock import SEOUL
from office.i18n import N_, catalogue, language, negotiate, translate
from office.particles import josa
from office.people import Person, Role
from office.settings import Settings

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
LANGUAGE_COOKIE, THEME_COOKIE = "yaksok_lang", "yaksok_theme"
WEEKDAYS = (N_("월"), N_("화"), N_("수"), N_("목"), N_("금"), N_("토"), N_("일"))

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; without roles it is everybody's."""

    label: str
    href: str
    roles: tuple[Role, ...] = ()

    def open_to(self, person: Person | None) -> bool:
        return not self.roles or (person is not None and person.role in self.roles)


def when(moment: datetime | None) -> str:
    """A moment on the page, in Seoul time and saying so."""
    if moment is None:
        return "–"
    local = moment.astimezone(SEOUL)
    if language.get() == "en":
        return f"{local:%d %b %Y (%a) %H:%M} KST"
    return f"{local.year}년 {local.month}월 {local.day}일 ({WEEKDAYS[local.weekday()]}) {local:%H:%M} (한국 시각)"


def day(moment: datetime | None) -> str:
    """The day alone."""
    if moment is None:
        return "–"
    local = moment.astimezone(SEOUL)
    if language.get() == "en":
        return f"{local:%d %b %Y}"
    return f"{local.year}년 {local.month}월 {local.day}일 ({WEEKDAYS[local.weekday()]})"


def number(value: Decimal | int | None) -> str:
    """A figure with thousands separators and no trailing zeros; a dash where there is none."""
    if value is None:
        return "–"
    text = format(Decimal(value), ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def points(value: Decimal | None) -> str:
    """A score with its two decimal places, or a dash."""
    return "–" if value is None else format(value.quantize(Decimal("0.01")), ",f")


class Pages:
    """Renders templates of all departments with what every page needs."""

    def __init__(
        self, settings: Settings, folders: Sequence[Path], statics: Sequence[Path], places: Sequence[Place]
    ) -> None:
        self.settings = settings
        self.places = tuple(places)
        self._statics = tuple(statics)
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([HERE / "templates", *folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
            translate, lambda one, many, n: catalogue(language.get()).ngettext(one, many, n), newstyle=True
        )
        self.environment.globals.update(asset=cache(self._asset))
        self.environment.filters.update(when=when, day=day, number=number, points=points, josa=josa)

    def _asset(self, path: str) -> str:
        for folder in self._statics:
            if (folder / path).is_file():
                mark = hashlib.sha256((folder / path).read_bytes()).hexdigest()[:12]
                return f"/static/{path}?v={mark}"
        raise jinja2.TemplateError(f"no static file {path}")

    def render(self, request: AnyRequest, name: str, context: Mapping[str, Any]) -> str:
        settle(request)
        person: Person | None = request.scope.get("user")
        token = ScopeState.from_scope(request.scope).csrf_token or ""
        path = request.url.path
        shown_places = [place for place in self.places if place.open_to(person)]
        around = [place for place in shown_places if f"{path}/".startswith(f"{place.href}/")]
        here = max(around, key=lambda place: len(place.href), default=None)
        shown = {
            "csrf_token": token,
            "csrf_input": Markup('<input type="hidden" name="_csrf_token" value="{}">').format(token),
            "person": person,
            "lang": language.get(),
            "theme": request.cookies.get(THEME_COOKIE, "light"),
            "path": path,
            "demonstration": self.settings.demonstration,
            "navigation": [(translate(place.label), place.href, place is here) for place in shown_places],
        }
        return self.environment.get_template(name).render(shown | dict(context))


def settle(request: AnyRequest) -> str:
    """Make the request's language the current one."""
    chosen = negotiate(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
    language.set(chosen)
    return chosen


async def before_request(request: AnyRequest) -> None:
    """The hook that settles the language before any handler speaks."""
    settle(request)


def page(request: AnyRequest, name: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A rendered page."""
    pages: Pages = request.app.state.pages
    return Response(pages.render(request, name, context), status_code=status, media_type=MediaType.HTML)


def see(path: str) -> Redirect:
    """After a form was taken: go and look (303)."""
    return Redirect(path, status_code=303)


Input = TypeVar("Input", bound=BaseModel)

_SAID = {
    "missing": N_("꼭 적어야 하는 칸입니다"),
    "string_too_short": N_("꼭 적어야 하는 칸입니다"),
    "string_too_long": N_("너무 깁니다. 줄여 주십시오"),
    "string_pattern_mismatch": N_("형식이 맞지 않습니다"),
    "int_parsing": N_("숫자로 적어 주십시오"),
    "decimal_parsing": N_("숫자로 적어 주십시오"),
    "enum": N_("목록에서 골라 주십시오"),
    "literal_error": N_("목록에서 골라 주십시오"),
}


def read_form(model: type[Input], form: Mapping[str, Any]) -> Input:
    """The form as an input model, or a refusal that names every field."""
    try:
        return model.model_validate({name: value for name, value in form.items() if name != "_csrf_token"})
    except ValidationError as wrong:
        fields = {
            str(error["loc"][0]) if error["loc"] else "": translate(
                _SAID.get(error["type"], N_("이 칸의 내용을 확인해 주십시오"))
            )
            for error in wrong.errors(include_input=False, include_url=False)
        }
        raise errors.Refused(
            N_("입력한 내용을 확인해 주십시오. 표시한 칸을 고치면 됩니다"), fields=fields
        ) from None


_WORDS: dict[int, tuple[str, str, str]] = {
    400: (
        N_("요청을 알아볼 수 없습니다"),
        N_("보낸 내용의 형식이 맞지 않습니다."),
        N_("화면을 새로 고친 뒤 다시 해 주십시오."),
    ),
    401: (
        N_("로그인이 필요합니다"),
        N_("이 화면은 로그인한 분만 볼 수 있습니다."),
        N_("로그인한 뒤 다시 열어 주십시오."),
    ),
    403: (
        N_("이 화면을 볼 권한이 없습니다"),
        N_("맡은 일에 속하지 않는 화면이거나, 화면을 연 지 오래되었습니다."),
        N_("화면을 새로 고쳐 다시 해 보시고, 필요한 권한이면 성과관리 담당에게 알려 주십시오."),
    ),
    404: (
        N_("찾는 화면이 없습니다"),
        N_("주소가 바뀌었거나 아직 공개되지 않았습니다."),
        N_("첫 화면에서 찾아 주십시오."),
    ),
    405: (
        N_("이 주소로는 할 수 없는 일입니다"),
        N_("요청 방식이 맞지 않습니다."),
        N_("첫 화면에서 다시 찾아 주십시오."),
    ),
    409: (
        N_("지금은 할 수 없습니다"),
        N_("그 사이에 상태가 바뀌었습니다."),
        N_("화면을 새로 고쳐 지금 상태를 확인해 주십시오."),
    ),
    410: (
        N_("이미 끝난 요청입니다"),
        N_("유효 시간이 지났거나 이미 쓴 것입니다."),
        N_("처음부터 다시 해 주십시오."),
    ),
    413: (
        N_("보낸 내용이 너무 큽니다"),
        N_("파일이나 내용이 받을 수 있는 크기를 넘었습니다."),
        N_("크기를 줄여 다시 보내 주십시오."),
    ),
    422: (
        N_("입력한 내용을 확인해 주십시오"),
        N_("받을 수 없는 내용이 있습니다."),
        N_("앞 화면으로 돌아가 고친 뒤 다시 보내 주십시오."),
    ),
    429: (
        N_("요청이 너무 많습니다"),
        N_("짧은 시간에 여러 번 요청했습니다."),
        N_("잠시 뒤에 다시 해 주십시오."),
    ),
    500: (
        N_("문제가 생겼습니다"),
        N_("저희 쪽 문제로 처리하지 못했습니다. 보낸 내용은 저장되지 않았습니다."),
        N_("잠시 뒤 다시 해 보시고, 계속되면 아래 번호와 함께 담당 부서에 알려 주십시오."),
    ),
    503: (
        N_("지금 이용자가 많습니다"),
        N_("요청을 바로 처리하지 못했습니다."),
        N_("잠시 뒤에 다시 해 주십시오."),
    ),
}


def _wants_page(request: AnyRequest) -> bool:
    return "text/html" in request.headers.get("accept", "")


def refuse(request: AnyRequest, trouble: Exception) -> Response[Any]:
    """The one exception handler: a page for people, a problem document for programs."""
    settle(request)
    headers: dict[str, str] = {}
    fields: dict[str, str] = {}
    said = ""
    number_ = secrets.token_hex(6)
    if isinstance(trouble, errors.Trouble):
        status, said, fields = trouble.status, trouble.said(), trouble.fields
        if isinstance(trouble, errors.Later):
            headers["Retry-After"] = str(trouble.retry_after)
        if isinstance(trouble, errors.SignInNeeded) and request.method == "GET" and _wants_page(request):
            return see(f"/sign-in?next={quote(request.url.path)}")
    elif isinstance(trouble, HTTPException):
        status, headers = trouble.status_code, dict(trouble.headers or {})
    else:
        status = 500
        log.error("request %s failed", number_, exc_info=trouble)
    title, what, following = (
        translate(text) for text in _WORDS.get(status, _WORDS[500 if status >= 500 else 400])
    )
    if _wants_page(request):
        context = {
            "status": status,
            "title": title,
            "what": said or what,
            "next": following,
            "request_id": number_ if status >= 500 else None,
            "retry_after": headers.get("Retry-After"),
        }
        pages: Pages = request.app.state.pages
        body: Any = pages.render(request, "error.html", context)
        return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": said or what,
        "instance": f"urn:request:{number_}",
    }
    if fields:
        problem["fields"] = fields
    return Response(problem, status_code=status, media_type="application/problem+json", headers=headers)
