"""People who sign in: one role each, a password (argon2id) and an authenticator (TOTP) whose used steps are remembered."""

import asyncio
import enum
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet
from pyotp.exceptions import OTPVerificationError
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office import tries
from office.clock import now
from office.database import after_rollback, choice
from office.errors import Busy, Refused
from office.i18n import N_, translate
from office.settings import Settings

Result = TypeVar("Result")
ISSUER = "Yaksok"
MINIMUM_PASSWORD, MAXIMUM_PASSWORD = 10, 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# An unknown e-mail is answered after the same work as a wrong password.
_nobody = _hasher.hash(secrets.token_hex(16))
# Threads of their own: a flood of sign-ins takes one core and no thread that anything else waits for.
_hashers = ThreadPoolExecutor(1, thread_name_prefix="passwords")
_queue: set[object] = set()
LONGEST_QUEUE = 100
"""Passwords that may wait for their check, about three seconds' worth."""


class Role(enum.StrEnum):
    """What somebody is here to do; the public needs no role."""

    OFFICER = "officer"
    HEAD = "head"
    EVALUATOR = "evaluator"
    OFFICE = "office"
    TRUSTEE = "trustee"
    VERIFIER = "verifier"


ROLE_LABELS = {
    Role.OFFICER: N_("기관 담당자"),
    Role.HEAD: N_("기관장"),
    Role.EVALUATOR: N_("평가위원"),
    Role.OFFICE: N_("성과관리 담당"),
    Role.TRUSTEE: N_("개표관리인"),
    Role.VERIFIER: N_("실적 확인 담당"),
}


class Person(SQLModel, table=True):
    """Somebody who signs in.  `agency` is the permanent code of the body an officer or head belongs to."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=120, unique=True)
    name: str = Field(max_length=80)
    role: Role = Field(sa_type=choice(Role))
    agency: str | None = Field(default=None, max_length=40, index=True)
    password_hash: str = Field(default="", max_length=200)
    totp_sealed: str = Field(default="", max_length=200)
    totp_step: int = 0
    """The last 30-second step whose code was used; it and earlier ones are not taken again."""

    @property
    def actor(self) -> str:
        """How the journal names this person."""
        return f"{self.role.value}:{self.id}"

    @property
    def role_label(self) -> str:
        """The role in Korean source text."""
        return ROLE_LABELS[self.role]


def _fernet(settings: Settings) -> Fernet:
    return Fernet(settings.text_key_for("totp secrets at rest"))


def totp_of(person: Person, settings: Settings) -> pyotp.TOTP:
    """The person's authenticator, unsealed."""
    return pyotp.TOTP(_fernet(settings).decrypt(person.totp_sealed.encode()).decode())


def provisioning_uri(person: Person, settings: Settings) -> str:
    """What the QR code of the authenticator says (`otpauth://…`)."""
    return totp_of(person, settings).provisioning_uri(name=person.email, issuer_name=ISSUER)


async def give_credentials(
    person: Person, settings: Settings, *, password: str, totp_secret: str, totp_step: int
) -> None:
    """Set what lets somebody in: the password, hashed, and the authenticator, sealed, with the last step it used."""
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        raise Refused(
            N_("비밀번호는 {least}자 이상 {most}자 이하여야 합니다"),
            fields={"password": translate(N_("다른 비밀번호를 정해 주십시오"))},
            least=MINIMUM_PASSWORD,
            most=MAXIMUM_PASSWORD,
        )
    person.password_hash = await _in_thread(_hasher.hash, password)
    person.totp_sealed = _fernet(settings).encrypt(totp_secret.encode()).decode()
    person.totp_step = totp_step


async def enrol(
    session: AsyncSession,
    settings: Settings,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    agency: str | None = None,
    totp_secret: str | None = None,
    totp_step: int = 0,
) -> Person:
    """Create a person; without `totp_secret` a fresh one is drawn."""
    person = Person(email=email.strip().lower(), name=name, role=role, agency=agency)
    secret = totp_secret or pyotp.random_base32()
    await give_credentials(person, settings, password=password, totp_secret=secret, totp_step=totp_step)
    session.add(person)
    await session.flush()
    return person


async def password_fits(person: Person | None, password: str) -> bool:
    """Whether this is the person's password; for nobody it takes as long and is False."""
    try:
        return await _in_thread(_hasher.verify, person.password_hash if person else _nobody, password)
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(work: Callable[..., Result], *arguments: str) -> Result:
    if len(_queue) >= LONGEST_QUEUE:
        raise Busy(retry_after=5)
    _queue.add(place := object())
    try:
        return await asyncio.get_running_loop().run_in_executor(_hashers, work, *arguments)
    finally:
        _queue.discard(place)


def step_of(totp: pyotp.TOTP, code: str) -> int | None:
    """The 30-second step this code belongs to, if it is a code of now; a step either way is allowed (RFC 6238, 5.2)."""
    try:
        return totp.verify_and_get_timecode("".join(code.split()), for_time=now(), valid_window=1)
    except OTPVerificationError:
        return None


async def spend_totp(session: AsyncSession, settings: Settings, person: Person, code: str) -> bool:
    """Whether the authenticator code is right and its step has not been used; the step is then used up."""
    step = step_of(totp_of(person, settings), code)
    if step is None:
        return False
    spent = await session.exec(
        update(Person).where(col(Person.id) == person.id, col(Person.totp_step) < step).values(totp_step=step)
    )
    return spent.rowcount == 1


async def require_totp(session: AsyncSession, settings: Settings, person: Person, code: str) -> None:
    """The authenticator code again, before an act that binds (signing a contract).

    A wrong one counts although the refusal undoes the rest of the caller's `writing()` transaction.
    """
    if seconds := await tries.waiting(session, settings, person.email):
        raise tries.paused(seconds)
    if await spend_totp(session, settings, person, code):
        return

    async def count(counting: AsyncSession) -> None:
        await tries.reserve(counting, settings, person.email)

    after_rollback(session, count)
    raise Refused(
        N_("인증 앱의 번호가 맞지 않거나 이미 쓴 번호입니다. 새 번호가 나오면 다시 입력해 주십시오"),
        fields={"totp": translate(N_("인증 앱에 새로 나온 번호 6자리를 입력해 주십시오"))},
    )


async def people_with(session: AsyncSession, role: Role) -> list[Person]:
    """Everybody of one role, in the order of enrolment."""
    return list(await session.exec(select(Person).where(col(Person.role) == role).order_by(col(Person.id))))


async def everybody(session: AsyncSession) -> list[Person]:
    """All who sign in, by role and in the order of enrolment."""
    return list(await session.exec(select(Person).order_by(col(Person.role), col(Person.id))))
