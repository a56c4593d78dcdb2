"""Speed of our verifier beside `belenios-tool election verify`, on the same board, interleaved in one run.

    python -m tests.bench.verify [--ballots 40] [--options 30] [--rounds 5] [--json]

One core compares processor time (ours: this process, `jobs=1`); two cores compare elapsed time (ours: a pool of two that
is already running).  `ratio_one_core` and `ratio_two_cores` are of pure Python; where there is a native kernel, its
ratios stand beside them.  What is paid once is shown apart: starting the tool, starting two processes, building tables.
The minimum over the rounds is taken on all sides, so that a busy machine disturbs it least; the figure of two cores
still needs both of them to be free in one round.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest.mock import patch

from ballots.protocol import foresight
from ballots.protocol.kernel import Kernel, kernel
from ballots.protocol.verifier import verify
from ballots.protocol.workers import check_ballots_in_worker, checking_pool, cores, opened_election
from tests.ballots.boards import Vote, ask_reference, question, reference_accepts

KERNEL = {"python": "off", "native": "auto"}
"""What YAKSOK_KERNEL says for each way of computing."""


@dataclass
class Timing:
    """Seconds of every round: elapsed, and of processors (this process and children it waited for)."""

    rounds: list[tuple[float, float]] = field(default_factory=list)

    def take(self, work: Callable[[], object]) -> None:
        elapsed, processor = time.perf_counter(), _processor()
        work()
        self.rounds.append((time.perf_counter() - elapsed, _processor() - processor))

    @property
    def elapsed(self) -> float:
        return min(elapsed for elapsed, _ in self.rounds)

    @property
    def processor(self) -> float:
        return min(processor for _, processor in self.rounds)


@dataclass
class Way:
    """One way of computing: its pool of two processes, and the rounds on one core and on two."""

    pool: ProcessPoolExecutor
    native: Kernel | None
    one: Timing = field(default_factory=Timing)
    two: Timing = field(default_factory=Timing)

    def verify(self, raw: bytes) -> None:
        with patch.object(foresight, "kernel", lambda: self.native):
            self.one.take(lambda: _must(verify(raw, jobs=1).ok))
        self.two.take(lambda: _must(verify(raw, pool=self.pool).ok))


def _processor() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ballots", type=int, default=40)
    parser.add_argument("--options", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="the figures once more, as a last line of JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.ballots, arguments.options, arguments.rounds)
    show(figures)
    if arguments.json:
        print(json.dumps({key: round(value, 3) for key, value in figures.items()}))


def measure(count: int, options: int, rounds: int) -> dict[str, float]:
    """Milliseconds for each ballot of one open board, and what is paid once."""
    vote = Vote((question(options),), weights=(1,) * count, seed=7)
    encrypting = Timing()
    for voter in range(count):
        encrypting.take(partial(vote.cast, voter, (voter % options,)))
    raw = vote.raw

    ways = {"python": None} | ({"native": kernel()} if kernel() else {})
    tables, pool_start, tool_start, tool = Timing(), Timing(), Timing(), Timing()
    tables.take(lambda: _build(vote.context.raw))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        running: dict[str, Way] = {}
        for kind, native in ways.items():
            with patch.dict(os.environ, YAKSOK_KERNEL=KERNEL[kind]):
                running[kind] = Way(stack.enter_context(checking_pool(2)), native)
                starting = pool_start if kind == "python" else Timing()
                starting.take(partial(_warm, running[kind].pool, vote))
        for _ in range(rounds):
            tool_start.take(partial(ask_reference, Path(name), "--version"))
            tool.take(lambda: _must(reference_accepts(Path(name), raw)))
            for way in running.values():
                way.verify(raw)

    each = 1000 / count
    figures = {
        "ballots": count,
        "options": options,
        "rounds": rounds,
        "cores": cores(),
        "load": os.getloadavg()[0],
        "tool_ms": tool.processor * each,
        "tool_elapsed_ms": tool.elapsed * each,
        "encrypt_ms": encrypting.processor * 1000,
        "tool_start_ms": tool_start.elapsed * 1000,
        "tables_ms": tables.processor * 1000,
        "pool_start_ms": pool_start.elapsed * 1000,
    }
    for kind, way in running.items():
        prefix = "" if kind == "python" else f"{kind}_"
        figures |= {
            f"{prefix}one_core_ms": way.one.processor * each,
            f"{prefix}two_cores_ms": way.two.elapsed * each,
            f"{prefix}ratio_one_core": tool.processor / way.one.processor,
            f"{prefix}ratio_two_cores": tool.elapsed / way.two.elapsed,
        }
    return figures


def show(figures: Mapping[str, float]) -> None:
    """The figures for a person."""
    print(
        f"{figures['ballots']} ballots x {figures['options']} options, least of {figures['rounds']} interleaved "
        f"rounds, milliseconds a ballot (load {figures['load']:.1f} on {figures['cores']} cores):"
    )
    lines = [("belenios-tool, one core", "tool_ms", ""), ("belenios-tool, elapsed", "tool_elapsed_ms", "")]
    for prefix, name in (("", "pure Python"), ("native_", "native kernel")):
        lines.append((f"{name}, one core", f"{prefix}one_core_ms", f"{prefix}ratio_one_core"))
        lines.append((f"{name}, two cores (elapsed)", f"{prefix}two_cores_ms", f"{prefix}ratio_two_cores"))
    for text, key, ratio in lines:
        if key in figures:
            faster = f"   {figures[ratio]:.2f} times faster" if ratio else ""
            print(f"  {text:36} {figures[key]:7.1f}{faster}")
    print(
        f"paid once, milliseconds: starting the tool {figures['tool_start_ms']:.0f}, building our tables "
        f"{figures['tables_ms']:.0f}, starting two processes with theirs {figures['pool_start_ms']:.0f}"
    )
    print(f"encrypting one ballot, as a voter does: {figures['encrypt_ms']:.1f} ms")


def _warm(pool: ProcessPoolExecutor, vote: Vote) -> None:
    """Eight chunks at once: both processes start and build their tables."""
    list(pool.map(check_ballots_in_worker, [vote.context.raw] * 8, [vote.ballots[:1]] * 8))


def _build(election: bytes) -> None:
    context = opened_election(election)
    context.g.build()
    context.y.build()


def _must(holds: bool) -> None:
    if not holds:
        raise SystemExit("a valid board was refused")


if __name__ == "__main__":
    main()
