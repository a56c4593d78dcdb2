"""Signing in: e-mail, password and authenticator code, all three right or nothing said about which was wrong."""

from sqlmodel import col, select

from office import journal, tries
from office.database import Database
from office.logins import end_login, start_login
from office.people import Person, password_fits, spend_totp
from office.settings import Settings


async def sign_in(
    db: Database, settings: Settings, *, email: str, password: str, code: str, earlier: str | None = None
) -> tuple[Person, str] | None:
    """The person and the token of a new login; None when any of the three is wrong.

    After five failures the address waits five minutes (429), whether anybody has it or not.  The password is checked
    between transactions: argon2 takes its time on purpose, and SQLite has one write lock, which ballots need too.
    `earlier` is the login this browser had until now: it ends.
    """
    async with db.writing() as session:
        seconds = await tries.reserve(session, settings, email)
    if seconds:
        raise tries.paused(seconds)
    async with db.reading() as session:
        query = select(Person).where(col(Person.email) == email.strip().lower())
        person = (await session.exec(query)).first()
    if not await password_fits(person, password) or person is None:
        return None
    async with db.writing() as session:
        if not await spend_totp(session, settings, person, code):
            return None
        await tries.forget(session, settings, email)
        if earlier:
            await end_login(session, earlier)
        token = await start_login(session, person)
        await journal.record(session, person.actor, "people.signed-in", "")
    return person, token
