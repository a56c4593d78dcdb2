"""Speed of our verifier beside `belenios-tool election verify`, on the same board, interleaved in one run.

    python -m tests.bench.verify [--ballots 40] [--options 30] [--rounds 5] [--json]

One core compares processor time (ours: this process, `jobs=1`); two cores compare elapsed time (ours: a pool of two that
is already running).  Starting processes and building tables is shown apart: it is paid once per election and process.
The minimum over the rounds is taken on both sides.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ballots.verifier import verify
from ballots.workers import check_ballots_in_worker, checking_pool, opened_election
from tests.ballots.boards import Vote, question, reference_accepts


@dataclass
class Timing:
    """The best of several rounds, in seconds."""

    elapsed: float = float("inf")
    processor: float = float("inf")

    def take(self, work: Callable[[], object]) -> None:
        elapsed, processor = time.perf_counter(), _processor()
        work()
        self.elapsed = min(self.elapsed, time.perf_counter() - elapsed)
        self.processor = min(self.processor, _processor() - processor)


def _processor() -> float:
    """Processor time of this process and of the children it has waited for."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ballots", type=int, default=40)
    parser.add_argument("--options", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    count = arguments.ballots
    vote = Vote((question(arguments.options),), weights=(1,) * count, seed=7)
    encrypting = Timing()
    for voter in range(count):
        encrypting.take(partial(vote.cast, voter, (voter % arguments.options,)))
    raw = vote.raw

    tables, starting = Timing(), Timing()
    tables.take(lambda: opened_election(vote.context.raw))
    tool, one, two = Timing(), Timing(), Timing()
    with checking_pool(2) as pool, tempfile.TemporaryDirectory() as folder:
        warm = [vote.context.raw] * 8, [vote.ballots[:1]] * 8
        starting.take(lambda: list(pool.map(check_ballots_in_worker, *warm)))
        for _ in range(arguments.rounds):
            tool.take(lambda: _must(reference_accepts(Path(folder), raw)))
            one.take(lambda: _must(verify(raw, jobs=1).ok))
            two.take(lambda: _must(verify(raw, pool=pool).ok))

    figures = {
        "ballots": count,
        "options": arguments.options,
        "tool_ms": tool.processor / count * 1000,
        "tool_elapsed_ms": tool.elapsed / count * 1000,
        "one_core_ms": one.processor / count * 1000,
        "two_cores_ms": two.elapsed / count * 1000,
        "encrypt_ms": encrypting.processor * 1000,
        "tables_ms": tables.processor * 1000,
        "pool_start_ms": starting.elapsed * 1000,
        "ratio_one_core": tool.processor / one.processor,
        "ratio_two_cores": tool.elapsed / two.elapsed,
    }
    print(
        f"{count} ballots x {arguments.options} options, best of {arguments.rounds} interleaved rounds, per ballot:"
    )
    print(
        f"  belenios-tool             {figures['tool_ms']:7.1f} ms (elapsed {figures['tool_elapsed_ms']:.1f})"
    )
    print(
        f"  ours, one core            {figures['one_core_ms']:7.1f} ms  {figures['ratio_one_core']:.2f} times faster"
    )
    print(
        f"  ours, two cores (elapsed) {figures['two_cores_ms']:7.1f} ms  {figures['ratio_two_cores']:.2f} times faster"
    )
    print(
        f"  once: tables {figures['tables_ms']:.0f} ms, starting two processes {figures['pool_start_ms']:.0f} ms"
    )
    print(f"  encrypting one ballot     {figures['encrypt_ms']:7.1f} ms")
    if arguments.json:
        print(json.dumps({key: round(value, 3) for key, value in figures.items()}))


def _must(holds: bool) -> None:
    if not holds:
        raise SystemExit("a valid board was refused")


if __name__ == "__main__":
    main()
