"""How long the verifier in the browser takes for a ballot of 30 answers, in Chromium.

    python -m tests.bench.browser_verify [--ballots 20] [--options 30] [--rounds 3] [--slow 6]

The same board in turns: on the page's own thread, and with one worker for each core.  Printed is the least of the rounds,
whole verification, tables and the start of the workers included; `--slow 6` slows the page's own thread down to about a
cheap phone's (workers are not slowed by it, so that only the first way is measured then).
"""

from __future__ import annotations

import argparse
import asyncio
import base64

from tests import browsers
from tests.ballots.boards import Vote, question
from tests.local_site import local_site

MEASURE = """async ({board, rounds, withWorkers}) => {
    const {verify} = await import("/static/ballots/verify/verifier.js");
    const {alone, workerPool} = await import("/static/ballots/verify/pool.js");
    const start = () => new Worker("/static/ballots/verify/worker-module.js", {type: "module"});
    const ways = {"page's own thread": alone, ...(withWorkers ? {workers: () => workerPool(start)} : {})};
    const raw = Uint8Array.from(atob(board), (character) => character.charCodeAt(0));
    const least = {};
    for (let round = 0; round < rounds; round += 1) {
        for (const [name, way] of Object.entries(ways)) {
            const began = performance.now();
            const pool = await way();
            const {ok} = await verify(raw, {pool});
            pool.close();
            if (!ok) throw new Error("the board is not well");
            const [best] = least[name] ?? [Infinity];
            least[name] = [Math.min(best, performance.now() - began), pool.size];
        }
    }
    return least;
}"""


def board(ballots: int, options: int) -> bytes:
    """An open vote in which everybody has voted once."""
    vote = Vote((question(options, 1, min(3, options)),), weights=(1,) * ballots, seed=7)
    for voter in range(ballots):
        vote.cast(voter, (voter % options,))
    return vote.raw


async def measure(raw: bytes, rounds: int, slow: float) -> dict[str, tuple[float, int]]:
    """Milliseconds of the whole board and number of threads, by way."""
    with local_site() as site:
        async with browsers.browser() as chromium, browsers.visit(chromium) as page:
            await page.goto(site.address)
            session = await page.context.new_cdp_session(page)
            await session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
            argument = {
                "board": base64.b64encode(raw).decode(),
                "rounds": rounds,
                "withWorkers": slow == 1,
            }
            found: dict[str, tuple[float, int]] = await page.evaluate(MEASURE, argument)
            return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ballots", type=int, default=20)
    parser.add_argument("--options", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow", type=float, default=1)
    arguments = parser.parse_args()
    raw = board(arguments.ballots, arguments.options)
    print(f"{arguments.ballots} ballots of {arguments.options} answers, {len(raw) // 1024} KB")
    for name, (milliseconds, size) in asyncio.run(measure(raw, arguments.rounds, arguments.slow)).items():
        each = milliseconds / arguments.ballots
        print(f"{name:>18} ({size}): {milliseconds:8.0f} ms, {each:6.1f} ms a ballot")


if __name__ == "__main__":
    main()
