"""Logins: rows of our own, one per sign-in on one device.

A token is made by the server at sign-in and only its SHA-256 is stored, so a planted cookie is worth nothing and a
stolen table opens no door.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.clock import now
from office.people import Person

IDLE = timedelta(minutes=60)
"""A login unused for this long ends; every page view extends it."""
LIFE = timedelta(hours=10)
TOUCH = timedelta(minutes=1)
"""How exactly the last view is remembered; a write for every view would be too many."""


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
    await session.exec(delete(Login).where(col(Login.created_at) < now() - LIFE))
    return token


async def end_login(session: AsyncSession, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    await session.exec(delete(Login).where(col(Login.token_hash) == _hash(token)))


async def end_all_logins(session: AsyncSession, person: Person) -> None:
    """Sign a person out everywhere, because their password or authenticator has changed."""
    await session.exec(delete(Login).where(col(Login.person_id) == person.id))


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


async def touch(session: AsyncSession, login: Login) -> None:
    """Remember that the login was used just now."""
    await session.exec(update(Login).where(col(Login.id) == login.id).values(seen_at=now()))
