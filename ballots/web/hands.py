"""The office's acts around the key ceremony: name the trustees, remind them, begin the ceremony again."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ceremony import calling, naming
from ballots.ceremony import steps as ceremony
from ballots.model import Election
from ballots.web.office import OFFICE, carry_out
from office.clock import Clock
from office.database import Database
from office.outbox import Outbox
from office.pages import AnyRequest
from office.people import Person
from office.settings import Settings


@post("/office/elections/{uuid:str}/trustees", guards=OFFICE)
async def name(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> Response[Any]:
    """`person` are the group, of whom `threshold` are enough; without `mandatory` ones nothing opens."""
    form = await request.form()
    group, mandatory = (
        [int(typed) for typed in form.getall(field, []) if str(typed).isdecimal()]
        for field in ("person", "mandatory")
    )
    typed = str(form.get("threshold", "")).strip()
    threshold = int(typed) if typed.isdecimal() and typed.isascii() else None

    async def act(session: AsyncSession, found: Election, by: Person) -> None:
        await naming.name_trustees(session, found, mandatory, group, threshold, by)
        await calling.call(session, outbox, settings, found)

    answer = await carry_out(request, db, uuid, act)
    clock.ring()
    return answer


@post("/office/elections/{uuid:str}/trustees/remind", guards=OFFICE)
async def remind(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> Response[Any]:
    async def act(session: AsyncSession, found: Election, by: Person) -> None:
        await calling.call_again(session, outbox, settings, found, by)

    answer = await carry_out(request, db, uuid, act)
    clock.ring()
    return answer


@post("/office/elections/{uuid:str}/trustees/again", guards=OFFICE)
async def again(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> Response[Any]:
    async def act(session: AsyncSession, found: Election, by: Person) -> None:
        await ceremony.restart(session, found, by)
        await calling.call(session, outbox, settings, found)

    answer = await carry_out(request, db, uuid, act)
    clock.ring()
    return answer


ROUTES = [name, remind, again]
