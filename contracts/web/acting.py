"""An act on a contract by whoever may open it: done in one transaction, then on to a page, or the form again with what is wrong."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, Cycle
from contracts.web.opening import opened
from office.database import Database
from office.errors import NotFound, Trouble
from office.pages import AnyRequest, see

Act = Callable[[AsyncSession, Cycle, Contract], Awaitable[Any]]


async def acted(
    request: AnyRequest,
    db: Database,
    public_id: str,
    act: Act,
    *,
    done: str,
    again: Callable[[Trouble], Awaitable[Response[Any]]],
) -> Response[Any]:
    """Do it and go to the address `done`; where it is refused, `again` shows the page that was sent."""
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await act(session, cycle, contract)
    except NotFound:
        raise
    except Trouble as problem:
        return await again(problem)
    return see(done)
