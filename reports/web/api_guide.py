"""The public API explained: its OpenAPI document for programs, and a page for people made from the same document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide
from litestar.openapi import OpenAPIConfig

from contracts.public.alike import every_contract
from contracts.reading import tree_of
from contracts.terms.tree import indicators
from contracts.web import api
from contracts.web.answers import TABLE_OF
from contracts.web.api_answering import BASE, FRESH
from contracts.web.files import answered
from contracts.web.indicators import sheet_address
from contracts.web.open_data import published_contract
from office.database import Database
from office.i18n import N_
from office.pages import AnyRequest, page
from office.settings import Settings
from reports.runs import newest_published
from reports.web import api as results

TITLE = N_("약속 공개 API")
ABOUT = N_(
    "공개된 성과계약과 평가 결과를 프로그램으로 읽습니다. 가입도 열쇠도 필요 없습니다. 수는 정확하도록 글(문자열)로 적습니다. "
    "답마다 ETag가 있어, 다시 물을 때 If-None-Match로 보내면 바뀌지 않은 답은 304로 짧게 옵니다."
)
PARTS = {
    "year": N_("평가주기의 해"),
    "public_id": N_("계약의 영구 번호"),
    "run": N_("산출 회차의 번호"),
    "code": N_("계약 안의 지표 코드. 빗금(/)은 %2F로 적습니다"),
}
RESULTS = f"{BASE}/cycles/{{year}}/results"
ANSWER = N_("찾은 답")
PUBLIC: list[Any] = [*api.ROUTES, *results.ROUTES]
"""What is explained: every department's part of the API."""


@cache
def openapi() -> dict[str, Any]:
    """The document, made from the handlers themselves; fields say what the data dictionary says of them."""
    # Of an application of its own: nothing but the public routes can get into it.
    described = Litestar(
        route_handlers=PUBLIC,
        openapi_config=OpenAPIConfig(title=TITLE, version="1", description=ABOUT),
        dependencies={
            "db": Provide(_no_database, sync_to_thread=False),
            "settings": Provide(_no_settings, sync_to_thread=False),
        },
        logging_config=None,
    )
    document: dict[str, Any] = json.loads(json.dumps(described.openapi_schema.to_schema()))
    for struct, table in TABLE_OF.items():
        meanings = {field.name: field.meaning for field in table.fields}
        for name, schema in document["components"]["schemas"][struct.__name__]["properties"].items():
            if "$ref" not in schema and name in meanings:
                schema["description"] = meanings[name]
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"]["200"]["description"] = ANSWER
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["description"] = PARTS[parameter["name"]]
    return document


def _no_database() -> Any:
    """What handlers would be given; the document only needs to know that it is no parameter."""


def _no_settings() -> Any:
    """As above."""


@get(f"{BASE}/openapi.json")
async def document(request: AnyRequest, settings: NamedDependency[Settings]) -> Response[bytes]:
    """The OpenAPI document of this very site."""
    told = openapi() | {"servers": [{"url": settings.base_url.rstrip("/")}]}
    return answered(request, json.dumps(told, ensure_ascii=False).encode(), "application/json")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of an answer as the page shows it; `of` is the kind of object it holds."""

    name: str
    kind: str
    of: str
    required: bool
    said: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    path: str
    summary: str
    said: str
    parameters: tuple[Field, ...]
    answer: str
    example: str


@get("/api")
async def guide(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """What can be asked, with an example of this site for each, and what every field means."""
    told = openapi()
    async with db.reading() as session:
        known = await every_contract(session)
        example: dict[str, str] = {}
        if known:
            _, public_id, year = max(known, key=lambda each: each[2])
            example = {"year": str(year), "public_id": public_id}
            contract, _, _ = await published_contract(session, public_id)
            leaves = indicators(await tree_of(session, contract))
            if leaves:
                example["code"] = sheet_address("", leaves[0].code).rpartition("/")[2]
        result = await newest_published(session)
    runs = {"year": str(result[0].year), "run": str(result[1].number)} if result else {}
    return page(
        request,
        "reports/api.html",
        title=TITLE,
        about=ABOUT,
        operations=[
            _operation(path, methods["get"], runs if path.startswith(RESULTS) else example)
            for path, methods in told["paths"].items()
        ],
        objects=[
            (
                name,
                [_field(each, schema, each in told_of["required"]) for each, schema in _properties(told_of)],
            )
            for name, told_of in told["components"]["schemas"].items()
            if "properties" in told_of
        ],
        fresh=FRESH,
    )


def _operation(path: str, told: Mapping[str, Any], example: Mapping[str, str]) -> Operation:
    filled = path
    for name, value in example.items():
        filled = filled.replace(f"{{{name}}}", value)
    return Operation(
        path,
        told["summary"],
        told["description"],
        tuple(
            _field(
                each["name"], each["schema"] | {"description": each.get("description", "")}, each["required"]
            )
            for each in told.get("parameters", ())
        ),
        _name(told["responses"]["200"]["content"]["application/json"]["schema"]),
        "" if "{" in filled else filled,
    )


def _properties(schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return list(schema["properties"].items())


def _field(name: str, schema: Mapping[str, Any], required: bool) -> Field:
    kind, of = _kind(schema)
    return Field(name, kind, of, required, schema.get("description", ""))


def _kind(schema: Mapping[str, Any]) -> tuple[str, str]:
    """The type in a word, and the object it refers to."""
    if "$ref" in schema:
        return "object", _name(schema)
    if "oneOf" in schema:
        kinds = [_kind(each) for each in schema["oneOf"]]
        return " | ".join(kind for kind, _ in kinds), next((of for _, of in kinds if of), "")
    if schema.get("type") == "array":
        kind, of = _kind(schema["items"])
        return f"array<{kind}>", of
    kind = schema.get("type", "object")
    return (f"{kind} ({schema['format']})" if "format" in schema else str(kind)), ""


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


ROUTES: list[Any] = [document, guide]
