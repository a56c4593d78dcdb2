"""One-time codes: HOTP on a secret per challenge that is derived, so that neither secret nor code is ever stored.

A code lives ten minutes, is asked for again without changing, and is used once.  Five failures end a challenge, ten
over the whole vote lock the subject; both counters move in the statement that reads them.  Sources: NIST SP 800-63B
(out-of-band authenticators), OWASP ASVS 5.0 6.5 and 6.6.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.clock import now
from office.database import insert_or_keep
from office.errors import Conflict, Gone, NotFound, Refused, TooMany
from office.i18n import N_, translate
from office.settings import Settings

LIFE = timedelta(minutes=10)
SHOWN_LIFE = timedelta(minutes=5)
"""What the page promises; the difference is a reserve for slow messages."""
RESEND_AFTER = timedelta(seconds=60)
CHALLENGES_A_DAY = 5
MESSAGES_A_DAY = 10
MESSAGES_A_CHALLENGE = 4
DAY = timedelta(days=1)
FAILURES_A_CHALLENGE = 5
FAILURES_A_SUBJECT = 10


class Challenge(SQLModel, table=True):
    """One request for a code, bound to a subject, a purpose and the bytes it will release.

    An unknown link gets a challenge too, under a subject nobody has, whose code is sent to nobody: every answer is
    then the same, and so are the limits.
    """

    id: str = Field(primary_key=True, max_length=43)
    subject: str = Field(max_length=120, index=True)
    purpose: str = Field(max_length=40)
    binding: str = Field(max_length=64)
    counter: int = 0
    issued_at: datetime
    expires_at: datetime
    sent_at: datetime
    messages: int = 1
    failures: int = 0
    consumed_at: datetime | None = None


class CodeSubject(SQLModel, table=True):
    """How often codes for one subject have failed; a locked subject gets no code until an officer releases it."""

    __tablename__ = "code_subject"

    subject: str = Field(primary_key=True, max_length=120)
    failures: int = 0
    released_at: datetime | None = None


ENDED = N_("인증번호의 유효 시간이 지났거나 여러 번 틀렸습니다. 인증번호를 새로 받아 주십시오")
LOCKED = N_("인증번호를 여러 번 틀려 잠겼습니다. 담당 부서에 전화하시면 바로 풀어 드립니다")


@dataclass(frozen=True, slots=True)
class Right:
    """A right code that has not been spent yet."""

    challenge: str
    subject: str


def _code(settings: Settings, challenge: Challenge) -> str:
    secret = hmac.new(settings.key_for("one-time codes"), challenge.id.encode(), hashlib.sha256).digest()
    return pyotp.HOTP(base64.b32encode(secret).decode(), digest=hashlib.sha256).at(challenge.counter)


async def issue(
    session: AsyncSession, settings: Settings, *, subject: str, purpose: str, binding: str
) -> tuple[Challenge, str]:
    """A new challenge and its code, for the carrier only."""
    at = now()
    await insert_or_keep(session, CodeSubject, subject=subject, failures=0)
    # Requests for one subject come one after the other from here on, or five could be counted before any is stored.
    held = select(CodeSubject).where(col(CodeSubject.subject) == subject).with_for_update()
    if (await session.exec(held)).one().failures >= FAILURES_A_SUBJECT:
        raise Refused(LOCKED)
    challenges, messages, oldest = await _today(session, subject, at)
    if challenges >= CHALLENGES_A_DAY or messages >= MESSAGES_A_DAY:
        raise _enough_for_today(oldest, at)
    challenge = Challenge(
        id=secrets.token_urlsafe(24),
        subject=subject,
        purpose=purpose,
        binding=binding,
        issued_at=at,
        expires_at=at + LIFE,
        sent_at=at,
    )
    session.add(challenge)
    await session.flush()
    return challenge, _code(settings, challenge)


async def _today(session: AsyncSession, subject: str, at: datetime) -> tuple[int, int, datetime | None]:
    """Challenges and messages of one subject in the last 24 hours, and when the first of them was."""
    query = select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(Challenge.messages), 0),
        sa.func.min(Challenge.issued_at),
    ).where(col(Challenge.subject) == subject, col(Challenge.issued_at) > at - DAY)
    return (await session.exec(query)).one()


async def left_today(session: AsyncSession, subject: str) -> int:
    """How many more codes this subject can ask for now."""
    challenges, messages, _ = await _today(session, subject, now())
    return max(0, min(CHALLENGES_A_DAY - challenges, MESSAGES_A_DAY - messages))


def _enough_for_today(oldest: datetime | None, at: datetime) -> TooMany:
    return TooMany(
        N_("하루에 받을 수 있는 인증번호를 모두 쓰셨습니다. 내일 다시 하시거나 담당 부서에 전화해 주십시오"),
        retry_after=int(((oldest or at) + DAY - at).total_seconds()) + 1,
    )


async def again(session: AsyncSession, settings: Settings, challenge_id: str) -> tuple[Challenge, str]:
    """The same code once more, at least a minute after the last message; nothing is reset."""
    at = now()
    query = (
        update(Challenge)
        .where(col(Challenge.id) == challenge_id, col(Challenge.consumed_at).is_(None))
        .where(col(Challenge.expires_at) > at, col(Challenge.sent_at) <= at - RESEND_AFTER)
        .where(col(Challenge.messages) < MESSAGES_A_CHALLENGE)
        .where(col(Challenge.failures) < FAILURES_A_CHALLENGE)
        .values(sent_at=at, messages=col(Challenge.messages) + 1)
    )
    sent = (await session.exec(query)).rowcount == 1
    challenge = await session.get(Challenge, challenge_id, populate_existing=True)
    if challenge is None:
        raise Gone(ENDED)
    _, messages, oldest = await _today(session, challenge.subject, at)
    if messages > MESSAGES_A_DAY or (messages == MESSAGES_A_DAY and not sent):
        raise _enough_for_today(oldest, at)
    if sent:
        return challenge, _code(settings, challenge)
    over = challenge.consumed_at is not None or challenge.expires_at <= at
    if over or challenge.failures >= FAILURES_A_CHALLENGE:
        raise Gone(ENDED)
    if challenge.messages >= MESSAGES_A_CHALLENGE:
        raise TooMany(
            N_("이 인증번호는 더 보내 드리지 않습니다. {seconds}초 뒤에 새 인증번호를 받으실 수 있습니다"),
            retry_after=int((challenge.expires_at - at).total_seconds()) + 1,
        )
    raise TooMany(
        N_("인증번호는 1분에 한 번만 다시 보냅니다. {seconds}초 뒤에 눌러 주십시오"),
        retry_after=int((challenge.sent_at + RESEND_AFTER - at).total_seconds()) + 1,
    )


async def try_code(
    session: AsyncSession, settings: Settings, *, challenge_id: str, code: str, purpose: str, binding: str
) -> Right | Refused:
    """Compare a code; a wrong one counts, a right one stays unspent until `consume`.

    Returns the refusal instead of raising it, so that the caller's transaction commits the count.
    The reservation is taken before the comparison: however many tries arrive at once, five are compared.
    """
    at = now()
    reserved = await session.exec(
        update(Challenge)
        .where(col(Challenge.id) == challenge_id, col(Challenge.purpose) == purpose)
        .where(col(Challenge.binding) == binding, col(Challenge.consumed_at).is_(None))
        .where(col(Challenge.expires_at) > at, col(Challenge.failures) < FAILURES_A_CHALLENGE)
        .values(failures=col(Challenge.failures) + 1)
    )
    ended = Gone(ENDED, fields={"code": translate(N_("인증번호를 새로 받아 주십시오"))})
    if reserved.rowcount != 1:
        return ended
    challenge = await session.get_one(Challenge, challenge_id, populate_existing=True)
    allowed = await session.exec(
        update(CodeSubject)
        .where(col(CodeSubject.subject) == challenge.subject)
        .where(col(CodeSubject.failures) < FAILURES_A_SUBJECT)
        .values(failures=col(CodeSubject.failures) + 1)
    )
    if allowed.rowcount != 1:
        return Refused(LOCKED)
    if not pyotp.utils.strings_equal("".join(code.split()), _code(settings, challenge)):
        left = FAILURES_A_CHALLENGE - challenge.failures
        return (
            Refused(
                N_("인증번호가 맞지 않습니다. 앞으로 {left}번 더 입력할 수 있습니다"),
                fields={"code": translate(N_("문자로 받은 6자리 숫자를 확인해 주십시오"))},
                left=left,
            )
            if left
            else ended
        )
    await session.exec(
        update(Challenge)
        .where(col(Challenge.id) == challenge_id)
        .values(failures=col(Challenge.failures) - 1)
    )
    await session.exec(
        update(CodeSubject)
        .where(col(CodeSubject.subject) == challenge.subject)
        .values(failures=col(CodeSubject.failures) - 1)
    )
    return Right(challenge_id, challenge.subject)


async def consume(session: AsyncSession, right: Right) -> None:
    """Spend a right code, exactly once, in the transaction of the act it releases."""
    spent = await session.exec(
        update(Challenge)
        .where(col(Challenge.id) == right.challenge, col(Challenge.consumed_at).is_(None))
        .values(consumed_at=now())
    )
    if spent.rowcount != 1:
        raise Conflict(N_("이미 쓴 인증번호입니다. 다시 투표하시려면 인증번호를 새로 받아 주십시오"))


async def release(session: AsyncSession, subject: str) -> None:
    """Unlock a subject: its failures start from zero."""
    freed = await session.exec(
        update(CodeSubject).where(col(CodeSubject.subject) == subject).values(failures=0, released_at=now())
    )
    if freed.rowcount != 1:
        raise NotFound(N_("잠긴 선거인이 아닙니다"))
