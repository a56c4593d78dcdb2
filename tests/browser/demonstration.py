"""The demonstration, filled once and served by a process of its own, for whoever looks at all its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page
from sqlmodel import col, select

from office.access import cookie_name
from office.database import Database, open_engine
from office.logins import start_login
from office.pages import THEME_COOKIE
from office.people import Person
from office.settings import Settings
from rehearsal import demonstration
from rehearsal.cycle import DOMAIN
from rehearsal.theatre import SIGN_INS, theatre


@dataclass(frozen=True)
class Shown:
    """A demonstration that is being served: where, and what it was filled with."""

    address: str
    settings: Settings
    filled: demonstration.Demonstration

    async def come_in(self, page: Page, who: str, theme: str = "light") -> None:
        """Sign the browser in as `who` (the beginning of their address; nobody when empty), in the contrast wanted."""
        cookies = {THEME_COOKIE: theme}
        if who:
            engine = open_engine(self.settings.database_url)
            async with Database(engine).writing() as session:
                query = select(Person).where(col(Person.email) == f"{who}@{DOMAIN}")
                person = (await session.exec(query)).one()
                cookies[cookie_name(self.settings)] = await start_login(session, person)
            await engine.dispose()
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )


@asynccontextmanager
async def shown(folder: Path) -> AsyncIterator[Shown]:
    """Fill a demonstration in an empty folder and serve it until the block ends."""
    async with theatre(folder) as (address, numbers):
        filled = await demonstration.fill(address, numbers, print)
        filled.write(folder / SIGN_INS)
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{folder}/yaksok.sqlite",
            server_key=(folder / "server.key").read_text(),
            demonstration=True,
            base_url=address,
        )
        yield Shown(address, settings, filled)
