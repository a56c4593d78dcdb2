"""How the public API answers: where it lives, its fingerprints and refusals, and that pages of other sites may read it."""

import hashlib
from typing import Any, TypeVar

import msgspec
from litestar import MediaType, Response, get
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.openapi import ResponseSpec
from litestar.types import Message, Scope

from contracts.web import answers
from office.i18n import N_
from office.pages import AnyRequest
from office.settings import Settings

BASE = "/api/v1"
FRESH = 60
"""Seconds for which an answer may be shown again without asking."""
PROBLEM = "application/problem+json"
T = TypeVar("T", bound=msgspec.Struct)

MISSING = {
    404: ResponseSpec(
        answers.Problem,
        description=N_("그런 것이 없거나 아직 공개되지 않았습니다"),
        media_type=PROBLEM,
        generate_examples=False,
    ),
}
WRONG = {
    400: ResponseSpec(answers.Problem, description=N_("조건을 알아볼 수 없습니다"), media_type=PROBLEM, generate_examples=False),
}  # fmt: skip


def given(request: AnyRequest, answer: T) -> Response[T]:
    """The answer with its fingerprint; who has it already is told so (304)."""
    mark = f'"{hashlib.sha256(msgspec.json.encode(answer)).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": f"public, max-age={FRESH}"}
    if request.headers.get("if-none-match") == mark:
        unchanged: Response[Any] = Response(None, status_code=304, headers=headers, media_type=MediaType.JSON)
        return unchanged
    return Response(answer, headers=headers, media_type=MediaType.JSON)


def reading(path: str, operation: str, summary: str, description: str) -> get:
    """A route that tells of one thing, or that there is none (404); the texts are Korean source texts."""
    return get(
        f"{BASE}{path}",
        operation_id=operation,
        summary=summary,
        description=description,
        responses=MISSING,
    )


def site(settings: Settings) -> str:
    """The address of this site, without a slash at its end."""
    return settings.base_url.rstrip("/")


async def open_to_all(message: Message, scope: Scope) -> None:
    """A `before_send` hook: pages of other sites may read the public API, its refusals too; it knows no cookies."""
    if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
        return
    if not scope["path"].startswith(f"{BASE}/"):
        return
    headers = MutableScopeHeaders.from_message(message)
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if scope["method"] == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET"
        headers["Access-Control-Allow-Headers"] = "If-None-Match"
