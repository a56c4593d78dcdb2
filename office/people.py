"""People who sign in: one role each, a password (argon2id) and an authenticator (TOTP) whose used steps are remembered."""

import asyncio
import enum
import secrets
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet
from pyotp.exceptions import OTPVerificationError
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.clock import now
from office.database import choice
from office.errors import Refused, TooMany
from office.i18n import N_, translate
from office.settings import Settings

FAILURES_BEFORE_PAUSE = 5
PAUSE = timedelta(minutes=5)
ISSUER = "Yaksok"
MINIMUM_PASSWORD = 10

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# An unknown e-mail is answered after the same work as a wrong password.
_nobody = _hasher.hash(secrets.token_hex(16))
_hashing = asyncio.Semaphore(4)


class Role(enum.StrEnum):
    """What somebody is here to do; the public needs no role."""

    OFFICER = "officer"
    HEAD = "head"
    EVALUATOR = "evaluator"
    OFFICE = "office"
    TRUSTEE = "trustee"


ROLE_LABELS = {
    Role.OFFICER: N_("기관 담당자"),
    Role.HEAD: N_("기관장"),
    Role.EVALUATOR: N_("평가위원"),
    Role.OFFICE: N_("성과관리 담당"),
    Role.TRUSTEE: N_("개표관리인"),
}


class Person(SQLModel, table=True):
    """Somebody who signs in.  `agency` is the permanent code of the body an officer or head belongs to."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=120, unique=True)
    name: str = Field(max_length=80)
    role: Role = Field(sa_type=choice(Role))
    agency: str | None = Field(default=None, max_length=40, index=True)
    password_hash: str = Field(max_length=200)
    totp_sealed: str = Field(max_length=200)
    totp_step: int = 0
    failures: int = 0
    paused_until: datetime | None = None

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
) -> Person:
    """Create a person; without `totp_secret` a fresh one is drawn."""
    if len(password) < MINIMUM_PASSWORD:
        raise Refused(N_("비밀번호는 {n}자 이상이어야 합니다"), n=MINIMUM_PASSWORD)
    person = Person(
        email=email.strip().lower(),
        name=name,
        role=role,
        agency=agency,
        password_hash=await asyncio.to_thread(_hasher.hash, password),
        totp_sealed=_fernet(settings).encrypt((totp_secret or pyotp.random_base32()).encode()).decode(),
    )
    session.add(person)
    await session.flush()
    return person


async def _password_fits(person: Person | None, password: str) -> bool:
    async with _hashing:
        try:
            return await asyncio.to_thread(
                _hasher.verify, person.password_hash if person else _nobody, password
            )
        except (VerificationError, InvalidHashError):
            return False


async def spend_totp(session: AsyncSession, settings: Settings, person: Person, code: str) -> bool:
    """Whether the authenticator code is right and its 30-second step has not been used; the step is then used up.

    One step either way is allowed for a slow clock (RFC 6238, 5.2).
    """
    try:
        step = totp_of(person, settings).verify_and_get_timecode(
            code.replace(" ", ""), for_time=now(), valid_window=1
        )
    except OTPVerificationError:
        return False
    spent = await session.exec(
        update(Person).where(col(Person.id) == person.id, col(Person.totp_step) < step).values(totp_step=step)
    )
    return spent.rowcount == 1


async def require_totp(session: AsyncSession, settings: Settings, person: Person, code: str) -> None:
    """The authenticator code again, before an act that binds (signing a contract)."""
    if not await spend_totp(session, settings, person, code):
        raise Refused(
            N_("인증 앱의 번호가 맞지 않거나 이미 쓴 번호입니다. 새 번호가 나오면 다시 입력해 주십시오"),
            fields={"totp": translate(N_("인증 앱에 새로 나온 번호 6자리를 입력해 주십시오"))},
        )


async def identify(
    session: AsyncSession, settings: Settings, email: str, password: str, code: str
) -> Person | None:
    """The person behind e-mail, password and authenticator code; None when any of the three is wrong.

    Which one was wrong is never said.  After five failures the person waits five minutes (429).
    The caller commits in both cases, so that failures count.
    """
    query = select(Person).where(col(Person.email) == email.strip().lower()).with_for_update()
    person = (await session.exec(query)).first()
    if person and person.paused_until and person.paused_until > now():
        wait = int((person.paused_until - now()).total_seconds()) + 1
        raise TooMany(
            N_("로그인을 여러 번 실패했습니다. {seconds}초 뒤에 다시 해 주십시오"), retry_after=wait
        )
    fits = await _password_fits(person, password)
    if person is None:
        return None
    if fits and await spend_totp(session, settings, person, code):
        person.failures, person.paused_until = 0, None
        return person
    person.failures += 1
    if person.failures >= FAILURES_BEFORE_PAUSE:
        person.failures, person.paused_until = 0, now() + PAUSE
    return None


async def people_with(session: AsyncSession, role: Role) -> list[Person]:
    """Everybody of one role, in the order of enrolment."""
    return list(await session.exec(select(Person).where(col(Person.role) == role).order_by(col(Person.id))))
