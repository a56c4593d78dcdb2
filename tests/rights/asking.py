"""Every route of the application asked by everybody: the answers, and nothing of what they did is kept."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import pyotp
from litestar import Litestar

from rehearsal.visitor import Visitor
from tests.conftest import SECRET
from tests.rights.worlds import World

Route = tuple[str, str]
"""Method and address with its parameters unnamed, as the application knows it."""
SIGN_IN = "in"
"""How the table writes that somebody is led to the sign-in page."""
_PARAMETER = re.compile(r"\{(\w+)\}")
FORMS: Mapping[str, Mapping[str, str]] = {
    "/agency/contracts/{public_id}/edit/new": {"under": "G-1", "kind": "task", "title": "새 과제"},
    "/office/cycles": {"year": "2031", "title": "다음 해의 성과평가"},
    "/office/cycles/{year}/advance": {"to": "scoring"},
    "/office/cycles/{year}/assignments": {"each": "2"},
    "/office/elections": {"title": "도민 투표", "question": "잘 지킨 과제", "max_picks": "2", "blank": "yes"},
    "/evaluation/{assignment_id}": {"grade-E-1": "A0"},
    "/evaluation/{assignment_id}/declare": {"conflict": "no"},
    "/agency/contracts/{public_id}/texts": {"promise-T-1": "다르게 적은 약속"},
    "/agency/contracts/{public_id}/figures": {"actual-W-1": "9"},
    "/checks/{public_id}": {
        "code": "W-1",
        "seen-W-1": "9.6",
        "verdict-W-1": "unclear",
        "note-W-1": "자료가 없습니다",
    },
}
"""What is filled in where an empty form would only be told that it is empty."""


def routes_of(app: Litestar) -> Iterator[Route]:
    """Every method and address the application answers."""
    for route in sorted(app.routes, key=lambda each: each.path_format):
        for method in sorted(set(getattr(route, "methods", ())) - {"HEAD", "OPTIONS"}):
            yield method, route.path_format


def address(path: str, parameters: Mapping[str, str]) -> str:
    """The address with something in the place of each parameter; `KeyError` for one nobody has thought of."""
    return _PARAMETER.sub(lambda found: parameters.get(f"{path} {found[1]}") or parameters[found[1]], path)


async def ask_everything(world: World, only: Sequence[str] = ()) -> dict[Route, dict[str, str]]:
    """The answer of every route to every actor; each is undone before the next is asked.

    `only` asks routes whose address has one of these words in it.
    """
    tokens = {actor: await visitor._csrf() for actor, visitor in world.visitors.items()}
    answers: dict[Route, dict[str, str]] = {}
    for route in routes_of(world.app):
        if only and not any(word in route[1] for word in only):
            continue
        where = address(route[1], world.parameters)
        for actor, visitor in world.visitors.items():
            undone = await world.connection.begin_nested()
            cookies = dict(visitor.http.cookies)
            answer = await _ask(visitor, route, where, tokens[actor])
            visitor.http.cookies.clear()
            for name, value in cookies.items():
                visitor.http.cookies.set(name, value, domain="localhost.local")
            answers.setdefault(route, {})[actor] = _short(answer)
            await undone.rollback()
    return answers


async def _ask(visitor: Visitor, route: Route, where: str, token: str) -> httpx.Response:
    method, path = route
    if method == "GET":
        return await visitor.http.get(where, headers={"Accept": "text/html"})
    code = pyotp.TOTP(SECRET).generate_otp(int(time.time()) // 30)
    form: dict[str, Any] = {"totp": code, **FORMS.get(path, {}), "_csrf_token": token}
    return await visitor.http.request(method, where, data=form, headers={"Accept": "text/html"})


def _short(answer: httpx.Response) -> str:
    if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"):
        return SIGN_IN
    return str(answer.status_code)
