"""Speed of what compares everything with everything: assigning a province's evaluators, finding doubled names of bodies.

    python -m tests.bench.pairing [--rounds 3] [--json]

Seconds of this machine, the least of the rounds; `growth` is how many times longer twice the size takes in the same run
(4 is quadratic).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from itertools import product
from random import Random

from contracts.files.merging import MOST_BODIES, Body, likely_same
from evaluation.experts.balancing import Wanted, balanced

LETTERS = [chr(letter) for letter in range(ord("가"), ord("힣"))]


def assign(contracts: int, evaluators: int = 30, each: int = 5) -> None:
    """Give every contract its evaluators; a tenth of the pairs is barred, a sixth fits in field."""
    marked, marking = tuple(range(contracts)), tuple(range(1000, 1000 + evaluators))
    pairs = list(product(marked, marking))
    barred = frozenset((c, e) for c, e in pairs if (c * 7 + e * 3) % 11 == 0)
    fitting = frozenset((c, e) for c, e in pairs if c % 6 == e % 6)
    balanced(Wanted(marked, marking, each, barred=barred, fitting=fitting, seed="2026"))


def compare(names: int) -> None:
    """Look for one body under two names among so many, none of which are alike."""
    drawn = Random(2026)
    made = [f"도립{''.join(drawn.choices(LETTERS, k=8))}재단" for _ in range(names)]
    likely_same([Body(f"N{at}", name) for at, name in enumerate(made)])


def least(work: Callable[[int], None], size: int, rounds: int) -> float:
    """The shortest of some runs, in seconds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work(size)
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures: dict[str, float] = {}
    for name, work, size in (("assign", assign, 139), ("compare", compare, MOST_BODIES)):
        whole, half = least(work, size, asked.rounds), least(work, size // 2, asked.rounds)
        figures |= {f"{name}_{size}_seconds": round(whole, 3), f"{name}_growth": round(whole / half, 2)}
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:24} {figure}")


if __name__ == "__main__":
    main()
