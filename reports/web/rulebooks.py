"""Publishing the rulebook, and its public file."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import cycle_of
from evaluation.arithmetic.combining import COMBINING_NAMES
from office.access import only
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.people import Role
from reports.rulebook import default_rulebook, read_rulebook
from reports.rules import BEFORE_THE_VOTE, publish_rulebook, rulebook_file, rulebook_of

INGREDIENTS = {
    "quantitative": N_("정량 지표(계산)"),
    "expert": N_("전문가 평정"),
    "citizen": N_("도민 투표"),
}
CONVERSIONS = {
    "share_of_best": N_("표를 가장 많이 받은 기관에 대한 비율 × 배점"),
    "share_of_voters": N_("투표한 사람 수에 대한 비율 × 배점"),
}
MISSING = {
    "unranked": N_("어느 부문의 점수를 낼 수 없으면 순위를 매기지 않습니다"),
    "rescaled": N_("어느 부문의 점수를 낼 수 없으면 나머지 부문을 100점으로 환산합니다"),
}


@get("/office/cycles/{year:int}/rulebook", guards=[only(Role.OFFICE)])
async def rulebook_page(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], done: FromQuery[str] = ""
) -> Response[str]:
    said = translate(N_("평가규칙을 공개했습니다")) if done else None
    return await _page(request, db, year, None, said)


@post("/office/cycles/{year:int}/rulebook", guards=[only(Role.OFFICE)])
async def publish(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form = await request.form()
    source = str(form.get("source", ""))
    try:
        data = default_rulebook() if source == "default" else await _uploaded(form.get("file"))
        async with db.writing() as session:
            await publish_rulebook(session, await cycle_of(session, year), data, request.user)
    except Trouble as problem:
        return await _page(request, db, year, problem, None)
    return see(f"/office/cycles/{year}/rulebook?done=published")


async def _uploaded(file: object) -> bytes:
    data = await file.read() if isinstance(file, UploadFile) else b""
    if not data:
        fields = {"file": translate(N_("TOML 파일을 골라 주십시오"))}
        raise Refused(N_("올린 파일이 없거나 비어 있습니다"), fields=fields)
    return data


async def _page(
    request: AnyRequest, db: Database, year: int, problem: Trouble | None, done: str | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        in_force = await rulebook_of(session, cycle)
    shipped = read_rulebook(default_rulebook())
    return page(
        request,
        "reports/rulebook.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        rulebook=in_force,
        shown=in_force or shipped,
        shipped=shipped,
        can_publish=cycle.phase in BEFORE_THE_VOTE,
        ingredients=INGREDIENTS,
        conversions=CONVERSIONS,
        missing=MISSING,
        combining=COMBINING_NAMES,
        problem=problem,
        done=done,
    )


@get("/rulebooks/{name:str}")
async def public_file(db: NamedDependency[Database], name: FromPath[str]) -> Response[bytes]:
    """The rulebook's own bytes; its SHA-256 is its name."""
    async with db.reading() as session:
        data = await rulebook_file(session, name.removesuffix(".toml"))
    headers = {"Content-Disposition": 'inline; filename="rulebook.toml"'}
    return Response(data, media_type="text/plain; charset=utf-8", headers=headers)


ROUTES: list[Any] = [rulebook_page, publish, public_file]
