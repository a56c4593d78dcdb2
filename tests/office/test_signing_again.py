"""The authenticator code before an act that binds: once, and not by guessing."""

from __future__ import annotations

import pytest
import time_machine

from office.clock import now
from office.database import Database
from office.errors import Refused, TooMany
from office.people import Person, require_totp
from office.settings import Settings
from office.tries import FAILURES_BEFORE_PAUSE, PAUSE
from rehearsal.visitor import Visitor
from tests.office.offices import code, enrol_kim, sign_in


async def sign(db: Database, settings: Settings, person: Person, totp: str) -> None:
    async with db.writing() as session:
        await require_totp(session, settings, person, totp)


async def test_a_code_signs_once(db: Database, settings: Settings) -> None:
    person = await enrol_kim(db, settings)
    with time_machine.travel(now(), tick=False):
        await sign(db, settings, person, code())
        with pytest.raises(Refused, match="이미 쓴 번호"):
            await sign(db, settings, person, code())
        await sign(db, settings, person, code(1))


async def test_the_code_that_signed_in_does_not_sign(
    visitor: Visitor, db: Database, settings: Settings
) -> None:
    person = await enrol_kim(db, settings)
    with time_machine.travel(now(), tick=False):
        await sign_in(visitor)
        with pytest.raises(Refused):
            await sign(db, settings, person, code())


async def test_wrong_codes_count_although_the_refusal_undoes_the_act(
    db: Database, settings: Settings
) -> None:
    person = await enrol_kim(db, settings)
    with time_machine.travel(now(), tick=False) as clock:
        wrong = "000000" if code() != "000000" else "000001"
        for _ in range(FAILURES_BEFORE_PAUSE):
            with pytest.raises(Refused):
                await sign(db, settings, person, wrong)
        with pytest.raises(TooMany):
            await sign(db, settings, person, code())
        clock.shift(PAUSE.total_seconds() + 1)
        await sign(db, settings, person, code())
