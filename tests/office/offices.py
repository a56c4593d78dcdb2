"""What the tests of the office share: a person with a known password, codes of the moment, a dump of every table."""

from __future__ import annotations

import time

import httpx
import pyotp
from sqlmodel import SQLModel

from office.database import Database
from office.people import Person, Role, enrol
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.conftest import PASSWORD, SECRET

EMAIL = "kim@example.org"


async def enrol_kim(
    db: Database, settings: Settings, role: Role = Role.OFFICE, *, secret: str = SECRET
) -> Person:
    """An officer of the performance office whose password and authenticator the test knows."""
    async with db.writing() as session:
        return await enrol(
            session,
            settings,
            email=EMAIL,
            name="김하나",
            role=role,
            password=PASSWORD,
            totp_secret=secret,
        )


def code(steps: int = 0, secret: str = SECRET) -> str:
    """The authenticator's code of now, or so many 30-second steps later."""
    return pyotp.TOTP(secret).at(int(time.time()), counter_offset=steps)


async def sign_in(
    visitor: Visitor,
    *,
    email: str = EMAIL,
    password: str = PASSWORD,
    totp: str | None = None,
    following: str = "",
    expect: int = 303,
) -> httpx.Response:
    """Fill in the page that takes password and code."""
    form = {"email": email, "password": password, "code": code() if totp is None else totp, "next": following}
    return await visitor.post("/sign-in", form, expect=expect)


async def dump(db: Database) -> str:
    """Everything that is stored, as text."""
    lines = []
    async with db.reading() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            lines += [repr(tuple(row)) for row in await connection.execute(table.select())]
    return "\n".join(lines)
