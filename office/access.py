"""Who is asking: the middleware that reads the login cookie, and guards per route."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard

from office.clock import now
from office.database import Database
from office.errors import Forbidden, SignInNeeded
from office.logins import TOUCH, Login, touch, who
from office.people import Person, Role
from office.settings import Settings


def cookie_name(settings: Settings) -> str:
    """The name of the login cookie."""
    return settings.cookie("yaksok_login")


class SignedIn(AbstractAuthenticationMiddleware):
    """Puts the signed-in person (or None) on the request."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        found = await signed_in(connection)
        if found is None:
            return AuthenticationResult(user=None, auth=None)
        person, login, token = found
        if login.seen_at < now() - TOUCH:
            async with connection.app.state.db.writing() as session:
                await touch(session, login)
        return AuthenticationResult(user=person, auth=token)


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[Person, Login, str] | None:
    """Who a connection comes from by its login cookie, with the login and its token."""
    token = connection.cookies.get(cookie_name(connection.app.state.settings))
    if not token:
        return None
    db: Database = connection.app.state.db
    async with db.reading() as session:
        found = await who(session, token)
    return found and (*found, token)


def only(*roles: Role) -> Guard:
    """A guard that lets in people of these roles; with no role named, anybody who has signed in."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        person: Person | None = connection.user
        if person is None:
            raise SignInNeeded
        if roles and person.role not in roles:
            raise Forbidden

    return guard
