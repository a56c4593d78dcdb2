"""Who is asking: login rows of our own, the middleware that reads them, and guards per route.

A login token is made by the server at sign-in and only its SHA-256 is stored, so a planted cookie is worth nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.clock import now
from office.database import Database
from office.errors import Forbidden, SignInNeeded
from office.people import Person, Role

COOKIE = "yaksok_login"
IDLE = timedelta(minutes=60)
"""A login unused for this long ends; every page view extends it."""
LIFE = timedelta(hours=10)
TOUCH = timedelta(minutes=1)


class Login(SQLModel, table=True):
    """One sign-in on one device."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime
    seen_at: datetime


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def start_login(session: AsyncSession, person: Person) -> str:
    """A fresh login for a person who has just been identified; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    assert person.id is not None  # noqa: S101 - a stored person
    session.add(Login(person_id=person.id, token_hash=_hash(token), created_at=now(), seen_at=now()))
    await session.exec(delete(Login).where(col(Login.seen_at) < now() - LIFE))
    return token


async def end_login(session: AsyncSession, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    await session.exec(delete(Login).where(col(Login.token_hash) == _hash(token)))


async def who(session: AsyncSession, token: str) -> tuple[Person, Login] | None:
    """The person a token belongs to, unless it has ended."""
    query = select(Person, Login).join(Login, col(Login.person_id) == col(Person.id))
    found = (await session.exec(query.where(col(Login.token_hash) == _hash(token)))).first()
    if found is None:
        return None
    person, login = found
    if login.seen_at < now() - IDLE or login.created_at < now() - LIFE:
        return None
    return person, login


class SignedIn(AbstractAuthenticationMiddleware):
    """Puts the signed-in person (or None) on the request."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        token = connection.cookies.get(COOKIE)
        if not token:
            return AuthenticationResult(user=None, auth=None)
        db: Database = connection.app.state.db
        async with db.reading() as session:
            found = await who(session, token)
        if found is None:
            return AuthenticationResult(user=None, auth=None)
        person, login = found
        if login.seen_at < now() - TOUCH:
            async with db.writing() as session:
                await session.exec(update(Login).where(col(Login.id) == login.id).values(seen_at=now()))
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
