"""Speed of the native kernel beside Python and `belenios-tool election verify`, on one board, interleaved in one run.

    python -m tests.bench.kernel [--ballots 40] [--options 30] [--rounds 5] [--json]

As in tests.bench.verify: one core compares processor time, two cores elapsed time, and the minimum of the rounds counts.
What is paid once is shown apart: compiling, loading and trying the kernel, and building its tables.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from unittest.mock import patch

from ballots import foresight
from ballots.kernel import Kernel, kernel
from ballots.verifier import verify
from ballots.workers import check_ballots_in_worker, checking_pool, opened_election
from tests.ballots.boards import Vote, question, reference_accepts
from tests.bench.verify import Timing, _must

KINDS = {"python": "off", "native": "auto"}
"""What YAKSOK_KERNEL says."""


def started(kind: str, vote: Vote) -> ProcessPoolExecutor:
    """A pool of two which uses the kernel or does not, its tables built."""
    with patch.dict(os.environ, YAKSOK_KERNEL=KINDS[kind]):
        pool = checking_pool(2)
        list(pool.map(check_ballots_in_worker, [vote.context.raw] * 8, [vote.ballots[:1]] * 8))
    return pool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ballots", type=int, default=40)
    parser.add_argument("--options", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    compiling, loading, tables = Timing(), Timing(), Timing()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"XDG_CACHE_HOME": folder, "YAKSOK_KERNEL": "auto"}
        with patch.dict(os.environ, environment):
            compiling.take(kernel)
            kernel.cache_clear()
            loading.take(kernel)
            native = kernel()
    if native is None:
        print("there is no native kernel on this machine")
        return

    count = arguments.ballots
    vote = Vote((question(arguments.options),), weights=(1,) * count, seed=7)
    for voter in range(count):
        vote.cast(voter, (voter % arguments.options,))
    opened = opened_election(vote.context.raw)
    tables.take(lambda: native.products(opened.g.base, opened.y.base, [], []))

    tool = Timing()
    one = {kind: Timing() for kind in KINDS}
    two = {kind: Timing() for kind in KINDS}
    used: dict[str, Kernel | None] = {"python": None, "native": native}
    pools = {kind: started(kind, vote) for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            tool.take(lambda: _must(reference_accepts(Path(folder), vote.raw)))
            for kind in KINDS:
                with patch.object(foresight, "kernel", partial(used.get, kind)):
                    one[kind].take(lambda: _must(verify(vote.raw, jobs=1).ok))
                two[kind].take(partial(_verified, vote.raw, pools[kind]))
    for pool in pools.values():
        pool.shutdown()

    each = 1000 / count
    figures: dict[str, float] = {
        "tool_ms": tool.processor * each,
        "tool_elapsed_ms": tool.elapsed * each,
    }
    print(
        f"{count} ballots x {arguments.options} options, {arguments.rounds} interleaved rounds, best, per ballot:"
    )
    print(f"  {'belenios-tool':18} {tool.processor * each:7.1f} ms (elapsed {tool.elapsed * each:.1f})")
    for kind in KINDS:
        for cores, spent, theirs in (
            (1, one[kind].processor, tool.processor),
            (2, two[kind].elapsed, tool.elapsed),
        ):
            figures[f"{kind}_{cores}_ms"] = spent * each
            figures[f"ratio_{kind}_{cores}"] = theirs / spent
            name = f"{kind}, {cores} core" + "s" * (cores > 1)
            print(f"  {name:18} {spent * each:7.1f} ms  {theirs / spent:.2f} times faster")
    once = {"compiling": compiling.elapsed, "loading": loading.elapsed, "tables": tables.elapsed}
    print("  once: " + ", ".join(f"{name} {spent * 1000:.0f} ms" for name, spent in once.items()))
    if arguments.json:
        figures |= {f"{name}_ms": spent * 1000 for name, spent in once.items()}
        print(json.dumps({name: round(figure, 3) for name, figure in figures.items()}))


def _verified(raw: bytes, pool: ProcessPoolExecutor) -> None:
    _must(verify(raw, pool=pool).ok)


if __name__ == "__main__":
    main()
