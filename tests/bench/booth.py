"""How long the booth takes to encrypt a ballot of 30 answers: fixed-base tables against plain powers, one page.

    .venv/bin/python -m tests.bench.booth [--rounds 7] [--slow 6] [--ratings 17]

Both ways run in turns in the same page, tables built anew each time; the least of the rounds is printed, with the
longest time the page could not paint.  `--slow 6` slows the processor down to about a cheap phone's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

from tests import browsers
from tests.local_site import local_site

MEASURE = """async ({record, rounds, votes}) => {
    const {encryptBallot} = await import("/static/ballots/crypto/ballot.js");
    const {fixedBase, power} = await import("/static/ballots/crypto/group.js");
    const ways = {
        "plain powers": (base) => (exponent) => power(base, exponent),
        "tables w=4": (base) => fixedBase(base, 4),
        "tables w=5": (base) => fixedBase(base, 5),
    };
    const vote = {electionBytes: new TextEncoder().encode(record), credential: "123-456-789-ABC-DE4", votes};
    const results = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
        for (const [name, powersOf] of Object.entries(ways)) {
            let longest = 0, last = performance.now(), running = true;
            const tick = () => {
                longest = Math.max(longest, performance.now() - last);
                last = performance.now();
                if (running) setTimeout(tick);
            };
            setTimeout(tick);
            const start = (last = performance.now());
            await encryptBallot({...vote, powersOf});
            const end = performance.now();
            results[name].push([end - start, Math.max(longest, end - last)]);
            running = false;
            await new Promise((resume) => setTimeout(resume, 50));
        }
    }
    return results;
}"""


async def measure(answers: int, ratings: int, rounds: int, slow: float) -> dict[str, list[list[float]]]:
    """Milliseconds of each round by way: [whole ballot, longest time without a turn of the event loop]."""
    with local_site() as site:
        async with browsers.browser() as chromium, browsers.visit(chromium, browsers.PHONE) as page:
            await page.goto(site.address)
            session = await page.context.new_cdp_session(page)
            await session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
            key = await page.evaluate(
                """async () => {
                    const {G, power} = await import("/static/ballots/crypto/group.js");
                    return String(power(G, 123456789n ** 8n));
                }"""
            )
            question = {"answers": [str(i) for i in range(answers)], "min": 1, "max": 3, "question": "?"}
            rating = {"answers": list("12345"), "min": 0, "max": 1, "question": "?"}
            election: dict[str, Any] = {
                "version": 1,
                "description": "",
                "name": "bench",
                "group": "BELENIOS-2048",
                "public_key": key,
                "questions": [question, *([rating] * ratings)],
                "uuid": "2Koreatest1234",
            }
            record = json.dumps(election, separators=(",", ":"))
            votes = [{"choices": [1]}, *([{"choices": [3]}] * ratings)]
            results: dict[str, list[list[float]]] = await page.evaluate(
                MEASURE, {"record": record, "rounds": rounds, "votes": votes}
            )
            return results


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=int, default=30)
    parser.add_argument("--ratings", type=int, default=0, help="further questions of five answers")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slow", type=float, default=1, help="times the processor is slowed down")
    options = parser.parse_args()
    results = asyncio.run(measure(options.answers, options.ratings, options.rounds, options.slow))
    plain = min(time for time, _ in results["plain powers"])
    asked = f"{options.answers} answers and {options.ratings} ratings"
    print(f"{asked}, {options.rounds} rounds, processor slowed {options.slow:g} times")
    for name, rounds in results.items():
        least, longest = (
            min(time for time, _ in rounds),
            sorted(block for _, block in rounds)[len(rounds) // 2],
        )
        print(f"  {name:13} {least:7.1f} ms   {plain / least:4.2f} x   longest block {longest:5.1f} ms")


if __name__ == "__main__":
    main()
