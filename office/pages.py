"""Pages: one Jinja environment for all departments, and the words and formats a template may use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
from litestar import MediaType, Request, Response
from litestar.enums import RequestEncodingType
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.response import Redirect
from markupsafe import EscapeFormatter, Markup, escape

from office.assets import Assets
from office.clock import SEOUL
from office.decimals import half_up
from office.errors import Later
from office.forms import TOKEN_FIELD, fields_of
from office.forms import read_form as read_form
from office.i18n import Fields, counted, language, negotiate, translate
from office.particles import josa
from office.people import Person, Role
from office.settings import Settings

HERE = Path(__file__).parent
LANGUAGE_COOKIE, THEME_COOKIE = "yaksok_lang", "yaksok_theme"
THEMES = ("light", "high-contrast")
WEEKDAYS = "월화수목금토일"
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

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


def day(moment: datetime | date | None) -> str:
    """The day alone: a moment's in Seoul, or a day as it is."""
    if moment is None:
        return "–"
    local = moment.astimezone(SEOUL) if isinstance(moment, datetime) else moment
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
    return "–" if value is None else format(half_up(value), ",f")


class Pages:
    """Renders templates of all departments with what every page needs."""

    def __init__(
        self, settings: Settings, folders: Sequence[Path], assets: Assets, places: Sequence[Place]
    ) -> None:
        self.settings = settings
        self.places = tuple(places)
        self.environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([HERE / "templates", *folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(asset=assets.address, gettext=_sentence)
        self.environment.filters.update(
            when=when, day=day, number=number, points=points, josa=josa, counted=counted
        )
        # `_()` fills in fields; names that come from people's files may hold a percent sign.
        self.environment.filters["translated"] = translate

    def render(self, request: AnyRequest, name: str, context: Mapping[str, Any]) -> str:
        settle(request)
        person: Person | None = request.scope.get("user")
        token = request.state.get("form_token", "")
        path, theme = request.url.path, request.cookies.get(THEME_COOKIE)
        shown_places = [place for place in self.places if place.open_to(person)]
        around = [place for place in shown_places if f"{path}/".startswith(f"{place.href}/")]
        here = max(around, key=lambda place: len(place.href), default=None)
        shown = {
            "csrf_token": token,
            "csrf_input": Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, token),
            "person": person,
            "lang": language.get(),
            "theme": theme if theme in THEMES else THEMES[0],
            "reading": reading(request),
            "authority": self.settings.authority,
            "demonstration": self.settings.demonstration,
            "navigation": [(translate(place.label), place.href, place is here) for place in shown_places],
        }
        return self.environment.get_template(name).render(shown | dict(context))


class _Escaped(Fields, EscapeFormatter):
    """Fills in the fields of a sentence; what people wrote is escaped."""


class Sentence(Markup):
    """A sentence of a template; `.format` fills it in as `translate` does."""

    def format(self, *args: Any, **values: Any) -> "Sentence":
        return Sentence(_Escaped(self.escape).vformat(self, args, values))


def _sentence(text: str) -> Sentence:
    """A sentence in the language of the page; whatever is in it, it is no markup.  A percent sign is written twice."""
    return Sentence(escape(translate(text)) % {})


def settle(request: AnyRequest) -> str:
    """Make the request's language the current one."""
    chosen = negotiate(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
    language.set(chosen)
    return chosen


async def before_request(request: AnyRequest) -> None:
    """The hook that settles the language before any handler speaks."""
    settle(request)


def page(request: AnyRequest, name: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A rendered page; one that shows a `problem` of passing nature says in its headers, too, when to come back."""
    pages: Pages = request.app.state.pages
    problem = context.get("problem")
    headers = {"Retry-After": str(problem.retry_after)} if isinstance(problem, Later) else {}
    body = pages.render(request, name, context)
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)


def see(path: str) -> Redirect:
    """After a form was taken: go and look (303)."""
    return Redirect(path, status_code=303)


async def form_of(request: AnyRequest) -> dict[str, str]:
    """The text fields of a form; of a field sent twice, the last."""
    if request.content_type[0] == RequestEncodingType.URL_ENCODED:
        return fields_of(await request.body())
    sent = await request.form()
    return {name: value for name, value in sent.items() if isinstance(value, str) and name != TOKEN_FIELD}


def reading(request: AnyRequest) -> str:
    """The address under which this page is read: its own, or for an answer to a form the nearest one above that can be."""
    path = request.url.path
    if request.method in ("GET", "HEAD"):
        return f"{path}?{request.url.query}" if request.url.query else path
    while path != "/":
        try:
            request.app.asgi_router.handle_routing(path, "GET")
        except (NotFoundException, MethodNotAllowedException):
            path = path.rpartition("/")[0] or "/"
        else:
            break
    return path


def local_path(target: str | None, default: str = "/") -> str:
    """A path on this site, and never an address elsewhere (browsers read `/\\` as `//` and drop tabs and newlines)."""
    return target if target and _LOCAL_PATH.fullmatch(target) else default
