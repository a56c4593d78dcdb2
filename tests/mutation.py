"""Mutation testing of the protocol's modules: small mistakes are planted one at a time, and a test must notice each.

    python -m tests.mutation [--seconds 600] [--sample 300] [--seed 1] [MODULE ...]

The planting is mutmut's (its own folder beside the test libraries: `make mutation` puts it there).  It runs the fast, pure
tests in a copy of the project, for each mistake only those that reach it.  Mistakes in wording alone (a line with a Korean
sentence, the text of an error) are left out; of the others a random sample is tried within the time given.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOL = ROOT / ".venv" / "mutation"
# Modules, and the tests that are there for them: each set is tried by itself.
SETS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("group", "powers", "proofs", "ballot", "records"),
        ("group", "ballot", "forged_ballots", "trustees", "credentials", "protocol_numbers"),
    ),
    (("credentials",), ("credentials",)),
    (("exponents", "audit"), ("audit", "protocol_numbers")),
    (("tally", "trustees", "recount", "verifier"), ("trustees", "verifier", "verifier_holes", "verdicts")),
    (("threshold", "pedersen", "sealing", "seeds"), ("threshold",)),
    (("board", "archive"), ("board", "verify_diff", "verdicts")),
)
MODULES = tuple(module for modules, _ in SETS for module in modules)
LEFT_OUT = "not reference and not any_t_of_n"
"""Tests that take long or ask the independent tool."""
COPIED = (
    "app.py",
    "office",
    "contracts",
    "ballots",
    "evaluation",
    "reports",
    "rehearsal",
    "docs",
    "pyproject.toml",
)
UNNOTICED = (0, 5, 33)
"""Exit codes of mutmut: the tests passed, no test was collected, no test reaches the place."""
BEGUN = b"Running mutation testing"
RUN = "import sys; sys.path.append({tool!r}); from mutmut.__main__ import cli; cli()"


def main() -> None:
    """Plant, try, and print the score of each module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="MODULE")
    parser.add_argument(
        "--seconds",
        type=int,
        default=600,
        help="time for trying mistakes, once it is known which tests reach what (default 600)",
    )
    parser.add_argument("--sample", type=int, default=300, help="mistakes tried at most (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice (default 1)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    wanted = parser.parse_args()
    if not (TOOL / "mutmut").is_dir():
        sys.exit("mutmut is not there: make mutation installs it")
    sums: Counter[str] = Counter()
    missed: list[str] = []
    print(f"{'module':12} {'of':>6} {'tried':>6} {'noticed':>8} {'score':>7}", flush=True)
    for modules, tests in SETS:
        chosen = [module for module in modules if module in wanted.modules]
        if chosen:
            share = len(chosen) / len(wanted.modules)
            missed += _tried(chosen, tests, wanted, share, sums)
    print(_line("all", sums["planted"], sums["tried"], sums["noticed"]))
    print("\nnot noticed:", *missed, sep="\n")


def _tried(
    modules: Sequence[str], tests: Sequence[str], wanted: argparse.Namespace, share: float, sums: Counter[str]
) -> list[str]:
    """Try some mistakes in these modules, print a line for each; returns what nobody noticed."""
    with tempfile.TemporaryDirectory(prefix="yaksok-mutation-") as made:
        folder = Path(made)
        _copy(folder, modules, tests)
        _mutmut(folder, 60, "nothing-matches-this")
        planted = [name for module in modules for name in _worth_trying(folder, module)]
        chosen = random.Random(wanted.seed).sample(planted, min(len(planted), round(wanted.sample * share)))
        said = _mutmut(folder, round(wanted.seconds * share), *chosen, jobs=wanted.jobs)
        if BEGUN.decode() not in said:
            sys.exit(f"mutmut did not begin:\n{said[-3000:]}")
        missed: list[str] = []
        for module in modules:
            results = {key: code for key, code in _results(folder, module).items() if key in chosen}
            tried = [key for key, code in results.items() if code is not None]
            survived = [key for key in tried if results[key] in UNNOTICED]
            missed += [_shown(folder, key) for key in survived]
            here = sum(key.split(".")[2] == module for key in planted)
            noticed = len(tried) - len(survived)
            sums.update(planted=here, tried=len(tried), noticed=noticed)
            print(_line(module, here, len(tried), noticed), flush=True)
        return missed


def _line(name: str, planted: int, tried: int, noticed: int) -> str:
    share = f"{100 * noticed / tried:6.1f}%" if tried else "      –"
    return f"{name:12} {planted:6} {tried:6} {noticed:8} {share}"


def _copy(folder: Path, modules: Sequence[str], tests: Sequence[str]) -> None:
    for name in (*COPIED, "tests"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    settings = {
        "source_paths": [f"ballots/protocol/{module}.py" for module in modules],
        "also_copy": list(COPIED),
        "pytest_add_cli_args_test_selection": [f"tests/ballots/test_{name}.py" for name in tests],
        "pytest_add_cli_args": ["--noconftest", "-p", "no:cacheprovider", "-k", LEFT_OUT],
    }
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    with (folder / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.mutmut]\n{lines}")


def _mutmut(folder: Path, seconds: int, *names: str, jobs: int = 1) -> str:
    """Run it; once it has seen which tests reach what, it has so many seconds.  Returns what it said."""
    command = [sys.executable, "-c", RUN.format(tool=str(TOOL)), "run", "--max-children", str(jobs), *names]
    log = folder / "log"
    with log.open("wb") as said:
        started = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "YAKSOK_KERNEL": "off"},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        left = seconds
        try:
            while left > 0 and started.poll() is None:
                time.sleep(1)
                left -= BEGUN in log.read_bytes()
        finally:
            if started.poll() is None:
                print(f"time is up after {seconds - left} s", flush=True)
                os.killpg(started.pid, signal.SIGKILL)
                started.wait()
    return log.read_text(errors="replace")


def _functions(folder: Path, module: str) -> dict[str, str]:
    """Name → source of every function in the file that holds all variants."""
    text = (folder / "mutants" / "ballots" / "protocol" / f"{module}.py").read_text()
    return {
        node.name: ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _worth_trying(folder: Path, module: str) -> Iterator[str]:
    """The variants of a module that differ in more than words."""
    functions = _functions(folder, module)
    for key in _results(folder, module):
        variant = key.rpartition(".")[2]
        original = functions[variant.rpartition("__mutmut_")[0] + "__mutmut_orig"].splitlines()[1:]
        changed = [line for line in functions[variant].splitlines()[1:] if line not in original]
        gone = [line for line in original if line not in functions[variant].splitlines()]
        if not any("what=" in line or "가" <= max(line) <= "힣" for line in (*changed, *gone)):
            yield key


def _results(folder: Path, module: str) -> dict[str, int | None]:
    meta = folder / "mutants" / "ballots" / f"{module}.py.meta"
    found: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"] if meta.exists() else {}
    return found


def _shown(folder: Path, name: str) -> str:
    """One mistake: the lines it took away and put in."""
    _, module, variant = name.split(".", 2)
    functions = _functions(folder, module)
    original = functions[variant.rpartition("__mutmut_")[0] + "__mutmut_orig"].splitlines()[1:]
    mutated = functions[variant].splitlines()[1:]
    lines = [f"- {line.strip()}" for line in original if line not in mutated]
    lines += [f"+ {line.strip()}" for line in mutated if line not in original]
    return "\n".join([name, *(f"    {line}" for line in lines)])


if __name__ == "__main__":
    main()
