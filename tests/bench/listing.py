"""How long residents wait for the list of contracts, by how many there are.

    python -m tests.bench.listing [CONTRACTS …]      (10 and 1000 by themselves)

In one process, on SQLite, without a network; the median of five.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx

import app as house
from contracts.model import Phase
from office.database import Database, open_engine
from office.schema import migrate
from office.settings import Settings
from tests.seeding import TRANSPORT, YEAR, seed_cycle

ASKED = (
    "/contracts",
    "/contracts?q=정류소&sort=best&page=3",
    "/contracts?view=field",
    f"/contracts/{YEAR}/progress.svg",
    f"/contracts/{YEAR}/progress.svg?size=phone",
    f"/contracts/{YEAR}-A0000/indicators/W-1",
    f"/contracts/{YEAR}-A0000/comparison",
    f"/api/v1/cycles/{YEAR}/contracts?size=50",
)
TIMES = 5


async def measured(contracts: int, folder: Path) -> None:
    url = f"sqlite+aiosqlite:///{folder}/{contracts}.sqlite"
    await asyncio.to_thread(migrate, url)
    engine = open_engine(url)
    trees = [
        replace(TRANSPORT, agency_code=f"A{n:04d}", agency=f"기관 {n}", agency_kind=f"유형 {n % 10}")
        for n in range(contracts)
    ]
    async with Database(engine).writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=trees)
    await engine.dispose()
    settings = Settings(database_url=url, server_key="a key of the bench that is long enough")
    transport = httpx.ASGITransport(cast(Any, house.create_app(settings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as http:
        for path in ASKED:
            taken = []
            for _ in range(TIMES + 1):
                begun = time.perf_counter()
                (await http.get(path, headers={"Accept": "text/html"})).raise_for_status()
                taken.append(time.perf_counter() - begun)
            # The first one compiles the template.
            print(f"{contracts:6} contracts  {1000 * statistics.median(taken[1:]):7.0f} ms  {path}")


async def main(sizes: list[int]) -> None:
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            await measured(size, Path(folder))


if __name__ == "__main__":
    asyncio.run(main([int(each) for each in sys.argv[1:]] or [10, 1000]))
