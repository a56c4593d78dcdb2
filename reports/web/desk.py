"""The performance office's desk."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from ballots.watch import Watch
from office.access import only
from office.clock import SEOUL, now
from office.database import Database
from office.pages import AnyRequest, page
from office.people import Role
from reports.desk import desk
from reports.web.line import line_of


@get("/office", guards=[only(Role.OFFICE)])
async def office_desk(
    request: AnyRequest, db: NamedDependency[Database], watch: NamedDependency[Watch]
) -> Response[str]:
    async with db.reading() as session:
        found = await desk(session, request.user, watch)
    this_year = now().astimezone(SEOUL).year
    return page(
        request,
        "reports/desk.html",
        desk=found,
        steps=line_of(found.steps, late=True),
        today=now(),
        new_year=found.newest + 1 if found.newest else this_year,
    )


ROUTES: list[Any] = [office_desk]
