"""No secret is logged on the whole way from an invitation to a spent code, with everything logged that can be."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from sqlmodel import select

import app as house
from ballots.checking import Checker
from office import codes
from office.carriers import Letter
from office.clock import Clock
from office.codes import Right
from office.database import Database
from office.faults import told
from office.invitations import Invite
from office.outbox import Message, Outbox
from office.people import Person, Role
from office.settings import Settings
from tests.conftest import PASSWORD, visitor_of
from tests.office.offices import EMAIL, enrol_kim, sign_in
from tests.office.test_joining import LEE, now_code, second_form, secret_for

PHONE = "010-9876-5432"


async def test_no_secret_is_logged_on_any_way(
    own_db: tuple[Database, Settings], checker: Checker, caplog: pytest.LogCaptureFixture
) -> None:
    db, settings = own_db
    secrets = [PASSWORD, "a wrong password", PHONE, settings.server_key.get_secret_value()]
    caplog.set_level(logging.DEBUG)
    app = house.create_app(settings, db=db, checker=checker)
    outbox: Outbox = app.state.outbox

    await enrol_kim(db, settings)
    visitor = visitor_of(app)
    async with visitor.http:
        await sign_in(visitor, password="a wrong password", expect=422)
        await sign_in(visitor)
        form = {"email": LEE, "name": "이두리", "role": "evaluator", "agency": ""}
        await visitor.post("/office/people", form)
        secrets += [visitor.http.cookies["yaksok_login"], visitor._token]
    await outbox.deliver()
    async with db.reading() as session:
        body = (await session.exec(select(Message.body))).one() or ""
    number = re.findall(r"[A-Z2-9]{5}(?:-[A-Z2-9]{5}){3}", body)[0]
    newcomer = visitor_of(app)
    async with newcomer.http:
        totp_secret = await secret_for(newcomer, number)
        await newcomer.post("/join", second_form(number, now_code(totp_secret)))
    secrets += [number, totp_secret]

    async with db.writing() as session:
        challenge, code = await codes.issue(
            session, settings, subject="vote:1", purpose="cast", binding="f" * 64
        )
        await outbox.post(session, Letter("sms", PHONE, "one-time code", "", f"인증번호 {code}"))
    await outbox.deliver()
    async with db.writing() as session:
        right = await codes.try_code(
            session, settings, challenge_id=challenge.id, code=code, purpose="cast", binding="f" * 64
        )
        assert isinstance(right, Right)
        await codes.consume(session, right)
    written = "\n".join(
        # The drivers underneath and the test's own client log at levels no server is run with.
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("office") or record.levelno >= logging.WARNING
    )
    assert not [secret for secret in (*secrets, code) if secret in written]


async def test_a_fault_of_the_database_is_logged_without_the_row_it_is_about(
    db: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    address, hashed = "".join(["l", "ee@example.org"]), "".join(["ha", "shed"])

    async def clash() -> None:
        await enrol_kim(db, settings)
        await enrol_kim(db, settings)

    async def missing() -> None:
        async with db.writing() as session:
            name: Any = None
            session.add(Person(email=address, name=name, role=Role.OFFICE, password_hash=hashed))

    async def nonsense() -> None:
        Invite.model_validate({"email": address.replace("@", " ")})

    await Clock([clash, missing, nonsense]).tick()
    assert caplog.text.count("IntegrityError") >= 2
    assert "pydantic_core" in caplog.text
    assert "test_logging.py" in caplog.text
    for hidden in (EMAIL, "김하나", "lee", hashed, "argon2id"):
        assert hidden not in caplog.text


async def test_a_fault_is_told_with_what_led_to_it() -> None:
    with pytest.raises(BaseExceptionGroup) as raised:
        try:
            raise KeyError("first")
        except KeyError as first:
            raise ExceptionGroup("both", [ValueError("one"), LookupError("two")]) from first
    lines = [line for line in told(raised.value).splitlines() if not line.startswith(" ")]
    assert lines == [
        "builtins.KeyError: 'first'",
        "then",
        "builtins.ExceptionGroup: both (2 sub-exceptions)",
        "builtins.ValueError: one",
        "builtins.LookupError: two",
    ]
