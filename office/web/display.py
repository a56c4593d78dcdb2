"""How a visitor sees the site: language and contrast."""

from typing import Annotated

from litestar import get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect

from office.i18n import LANGUAGES
from office.pages import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, local_path, see
from office.settings import Settings

YEAR = 365 * 24 * 3600


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
        answer.set_cookie(
            Cookie(key=key, value=value, max_age=YEAR, secure=settings.secure, httponly=True, samesite="lax")
        )
    return answer


ROUTES = [display]
