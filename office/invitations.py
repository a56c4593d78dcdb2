"""How people come in: an invitation number by mail, then a password and an authenticator of their own choosing.

Somebody who has lost either is invited again, in the same role, and chooses anew.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Annotated

import pyotp
from pydantic import BaseModel, StringConstraints, model_validator
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office import journal
from office.approval import Wanted, agreed
from office.carriers import Letter
from office.clock import now
from office.database import choice
from office.errors import Refused
from office.i18n import N_, translate
from office.logins import end_all_logins
from office.outbox import Outbox
from office.people import Person, Role, enrol, give_credentials, step_of
from office.settings import Settings

INVITE_OFFICER = "people.invite-officer"
LIFE = timedelta(days=14)
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, GROUP = 4, 5
"""Twenty characters of 32: 100 bits."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class Invitation(SQLModel, table=True):
    """Somebody who may come in once; only the hash of the number is kept.

    `asked_by` stands while one officer wishes for another officer, and no number has been made yet.
    """

    id: int | None = Field(default=None, primary_key=True)
    number_hash: str = Field(max_length=64, unique=True)
    email: str = Field(max_length=120, index=True)
    name: str = Field(max_length=80)
    role: Role = Field(sa_type=choice(Role))
    agency: str | None = Field(default=None, max_length=40)
    expires_at: datetime
    used_at: datetime | None = None
    asked_by: int | None = Field(default=None, foreign_key="person.id")


class Invite(BaseModel):
    """What the performance office fills in to invite somebody."""

    email: Annotated[
        str,
        StringConstraints(strip_whitespace=True, to_lower=True, max_length=120, pattern=r"^[^@\s]+@[^@\s]+$"),
    ]
    name: Line
    role: Role
    agency: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""

    @model_validator(mode="after")
    def _agency_where_needed(self) -> "Invite":
        if self.role not in (Role.OFFICER, Role.HEAD):
            self.agency = ""
        return self


class Joining(BaseModel):
    """What an invited person fills in."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)]
    invitation: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True)]
    password: str
    password_again: str
    totp: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6)]


def _hash(number: str) -> str:
    return hashlib.sha256("".join(ch for ch in number.upper() if ch in ALPHABET).encode()).hexdigest()


async def admit(session: AsyncSession, invited: Invite, *, by: str) -> tuple[Invitation, str]:
    """Let somebody in: the invitation, and its number for whoever hands it over; the number is not kept.

    An earlier number for the same address is void from now on.
    """
    if invited.role in (Role.OFFICER, Role.HEAD) and not invited.agency:
        fields = {"agency": translate(N_("기관을 골라 주십시오"))}
        raise Refused(N_("어느 기관 사람인지 골라 주십시오"), fields=fields)
    known = await _known(session, invited.email)
    if known is not None and (known.role, known.agency or "") != (invited.role, invited.agency):
        fields = {"email": translate(N_("다른 전자우편을 적어 주십시오"))}
        raise Refused(
            N_("이미 등록된 전자우편입니다. 다시 초대하려면 지금과 같은 역할과 기관을 골라 주십시오"),
            fields=fields,
        )
    await session.exec(
        delete(Invitation).where(col(Invitation.email) == invited.email, col(Invitation.used_at).is_(None))
    )
    number = "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    invitation = Invitation(
        number_hash=_hash(number),
        email=invited.email,
        name=invited.name,
        role=invited.role,
        agency=invited.agency or None,
        expires_at=now() + LIFE,
    )
    session.add(invitation)
    act = "people.invited" if known is None else "people.invited-again"
    await journal.record(session, by, act, invited.role.value, agency=invited.agency)
    return invitation, number


async def invite(
    session: AsyncSession, outbox: Outbox, settings: Settings, invited: Invite, *, by: Person
) -> bool:
    """Invite somebody by mail; False while an officer-to-be waits for a second officer to ask for the same.

    Whoever could make officers alone could confirm their own acts.
    """
    if invited.role is Role.OFFICE and await _known(session, invited.email) is None:
        asked = await _asked(session, invited, by)
        if not await agreed(session, act=INVITE_OFFICER, subject=str(asked.id), by=by):
            return False
    _, number = await admit(session, invited, by=by.actor)
    text = translate(
        N_(
            "{name} 님, 약속(성과계약 공개·평가)에 초대합니다.\n주소: {url}\n초대번호: {number}\n{days}일 안에 등록해 주십시오."
        ),
        days=LIFE.days,
        name=invited.name,
        url=f"{settings.base_url}/join",
        number=number,
    )
    subject = translate(N_("[약속] 초대합니다"))
    await outbox.post(session, Letter("mail", invited.email, "invitation", subject, text))
    return True


async def _asked(session: AsyncSession, invited: Invite, by: Person) -> Invitation:
    """The wish for this very officer, as somebody has asked for it already, or as it is asked for now."""
    query = select(Invitation).where(
        col(Invitation.email) == invited.email,
        col(Invitation.name) == invited.name,
        col(Invitation.role) == Role.OFFICE,
        col(Invitation.used_at).is_(None),
        col(Invitation.asked_by).is_not(None),
    )
    if (asked := (await session.exec(query)).first()) is not None:
        return asked
    asked = Invitation(
        number_hash=_hash(secrets.token_hex()),
        email=invited.email,
        name=invited.name,
        role=Role.OFFICE,
        expires_at=now() + LIFE,
        asked_by=by.id,
    )
    session.add(asked)
    await session.flush()
    return asked


async def name_wish(_: AsyncSession, __: str) -> Wanted:
    """What the second officer is asked to confirm, in words."""
    return Wanted(translate(N_("성과관리 담당 한 사람 더 초대")), "/office/people")


async def open_invitation(session: AsyncSession, email: str, number: str) -> Invitation:
    """The unused invitation behind an address and a number, or a refusal that does not say which is wrong."""
    query = select(Invitation).where(
        col(Invitation.number_hash) == _hash(number),
        col(Invitation.email) == email.strip().lower(),
        col(Invitation.asked_by).is_(None),
    )
    invitation = (await session.exec(query)).first()
    if invitation is None or invitation.used_at is not None or invitation.expires_at < now():
        raise Refused(
            N_("전자우편과 초대번호가 맞지 않거나 기한이 지났습니다. 받은 초대를 다시 확인해 주십시오"),
            fields={"invitation": translate(N_("초대번호 20자리를 확인해 주십시오"))},
        )
    return invitation


def totp_secret(settings: Settings, invitation: Invitation) -> str:
    """The authenticator secret an invitation leads to: derived, so that nothing waits in the database for it."""
    key = hmac.new(settings.key_for("invited totp"), invitation.number_hash.encode(), hashlib.sha256).digest()
    return base64.b32encode(key[:20]).decode()


async def join(session: AsyncSession, settings: Settings, joining: Joining) -> Person:
    """Turn an invitation into a person; the authenticator has to prove that it works.

    The code that proves it is used up: signing in takes the next one.
    """
    invitation = await open_invitation(session, joining.email, joining.invitation)
    if joining.password != joining.password_again:
        raise Refused(
            N_("두 비밀번호가 다릅니다"),
            fields={"password_again": translate(N_("같은 비밀번호를 한 번 더 적어 주십시오"))},
        )
    secret = totp_secret(settings, invitation)
    step = step_of(pyotp.TOTP(secret), joining.totp)
    if step is None:
        raise Refused(
            N_("인증 앱의 번호가 맞지 않습니다"),
            fields={"totp": translate(N_("인증 앱에 지금 보이는 번호 6자리를 적어 주십시오"))},
        )
    used = await session.exec(
        update(Invitation)
        .where(col(Invitation.id) == invitation.id, col(Invitation.used_at).is_(None))
        .values(used_at=now())
    )
    if used.rowcount != 1:
        raise Refused(N_("이미 쓴 초대번호입니다. 로그인해 주십시오"))
    known = await _known(session, invitation.email)
    if known is not None:
        await give_credentials(known, settings, password=joining.password, totp_secret=secret, totp_step=step)
        session.add(known)
        await end_all_logins(session, known)
        await journal.record(session, known.actor, "people.renewed", known.role.value)
        return known
    person = await enrol(
        session,
        settings,
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        agency=invitation.agency,
        password=joining.password,
        totp_secret=secret,
        totp_step=step,
    )
    await journal.record(session, person.actor, "people.joined", person.role.value)
    return person


async def _known(session: AsyncSession, email: str) -> Person | None:
    return (await session.exec(select(Person).where(col(Person.email) == email))).first()


async def awaited(session: AsyncSession) -> list[Invitation]:
    """Invitations nobody has used yet, and wishes for another officer (`asked_by`), in the order they were made."""
    query = select(Invitation).where(col(Invitation.used_at).is_(None)).order_by(col(Invitation.id))
    return list(await session.exec(query))
