"""Who is asking: the middleware that reads the login cookie, and guards per route."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard

from office.clock import now
from office.database import Database
from office.errors import Forbidden, SignInNeeded
from office.logins import TOUCH, touch, who
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
        token = connection.cookies.get(cookie_name(connection.app.state.settings))
        nobody = AuthenticationResult(user=None, auth=None)
        if not token:
            return nobody
        db: Database = connection.app.state.db
        async with db.reading() as session:
            found = await who(session, token)
        if found is None:
            return nobody
        person, login = found
        if login.seen_at < now() - TOUCH:
            async with db.writing() as session:
                await touch(session, login)
        return AuthenticationResult(user=person, auth=token)


def only(*roles: Role) -> Guard:
    """A guard that lets in people of these roles; with no role named, anybody who has signed in."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        person: Person | None = connection.user
        if person is None:
            raise SignInNeeded
        if roles and person.role not in roles:
            raise Forbidden

    return guard
