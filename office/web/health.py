"""Whether the process lives, and whether it can serve."""

from litestar import MediaType, get
from litestar.di import NamedDependency

from office.database import Database
from office.errors import Busy
from office.schema import newest, present


@get("/health/live", media_type=MediaType.TEXT)
async def live() -> str:
    return "ok"


@get("/health/ready", media_type=MediaType.TEXT)
async def ready(db: NamedDependency[Database]) -> str:
    """The database answers and is at the schema this code is written for."""
    async with db.reading() as session:
        found = await (await session.connection()).run_sync(present)
    if found != newest():
        raise Busy
    return "ok"


ROUTES = [live, ready]
