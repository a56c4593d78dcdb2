"""`python -m tests.rights.write` asks every route again and writes the table anew; whose a route is stays as it was.

Words behind it (`… write /reports /ranking`) ask only routes with one of them in their address; the others stay.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ballots.checking import Checker
from office.database import Database, open_engine
from office.schema import migrate
from office.settings import Settings
from tests.rights import table
from tests.rights.asking import ask_everything
from tests.rights.states import STATES
from tests.rights.worlds import world_in


async def _answers(folder: Path, url: str, only: Sequence[str]) -> table.Table:
    known = table.read(table.FILE.read_text()) if table.FILE.exists() else {}
    found: table.Table = {}
    checker = Checker(1)
    for state in STATES:
        settings = Settings(
            database_url=url,
            server_key="a key of the tests that is long enough",
            demonstration=True,
            board_folder=folder / state,
            evidence_folder=folder / "evidence",
            demonstration_sign_ins=folder / "sign-ins.json",
        )
        engine = open_engine(url)
        async with engine.connect() as connection:
            transaction = await connection.begin()
            async with world_in(state, Database(connection), settings, checker) as world:
                for route, answers in (await ask_everything(world, only)).items():
                    row = found.setdefault(
                        route, table.Row(known[route].audience if route in known else ("?",))
                    )
                    for actor, answer in answers.items():
                        row.answers.setdefault(actor, []).append(answer)
            await transaction.rollback()
        await engine.dispose()
        print(f"{state}: {sum(len(row.answers) for row in found.values())}")
    checker.close()
    return known | found if only else found


def main() -> None:
    """Write the table; what has changed is then read, not only committed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder}/rights.sqlite"
        migrate(url)
        table.FILE.write_text(table.write(asyncio.run(_answers(folder, url, sys.argv[1:]))))


if __name__ == "__main__":
    main()
