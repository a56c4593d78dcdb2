"""The native kernel: it answers what Python answers, changes no verdict, and is missed by nobody where it is absent."""

from __future__ import annotations

import logging
import os
import random
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gmpy2 import mpz, powmod

from ballots.protocol import foresight, kernel, proofs
from ballots.protocol.ballot import check_answers, check_proofs, read_ballot
from ballots.protocol.group import G, P, Q
from ballots.protocol.kernel import Kernel, Unavailable, Wanted, by_python
from ballots.protocol.refusals import Invalid, Reason
from tests.ballots.boards import Vote, question
from tests.ballots.forging import with_small_order, with_value, with_wider_rule
from tests.ballots.mutations import ballot_mutations, originals
from tests.data import PROJECT

THIRD = powmod(5, (P - 1) // 3, P)
BASES = [mpz(1), P - 1, THIRD, THIRD * THIRD % P, P - THIRD, G, mpz(2), P - 2, (P - 1) // 2, mpz(1) << 2047]
BASES += [(mpz(1) << 2040) - 1, mpz(2**52 - 1), mpz(2**52), P - 2**52]
EXPONENTS = [mpz(0), mpz(1), mpz(2), mpz(15), mpz(16), Q - 1, Q, Q + 1, mpz(2) ** 256 - 1]
EXPONENTS += [mpz(1) << bit for bit in (3, 51, 52, 63, 64, 127, 128, 191, 192, 252, 253, 254, 255)]
Y = powmod(G, 12345, P)


@pytest.fixture(scope="module")
def native() -> Kernel:
    try:
        return Kernel(kernel.built())
    except Unavailable as why:
        pytest.skip(f"no native kernel here: {why}")


@pytest.fixture
def afresh() -> Iterator[None]:
    """The next question for the kernel is the process's first."""
    kernel.kernel.cache_clear()
    yield
    kernel.kernel.cache_clear()


def test_it_raises_every_base_to_every_exponent_as_python_does(native: Kernel) -> None:
    assert THIRD != 1 == powmod(THIRD, 3, P)
    nothing = mpz(0)
    wanted = [Wanted(base, e, nothing, nothing) for base in range(len(BASES)) for e in EXPONENTS]
    assert native.products(G, Y, BASES, wanted) == by_python(G, Y, BASES, wanted)


def test_its_tables_raise_g_and_y_to_every_exponent_as_python_does(native: Kernel) -> None:
    nothing = mpz(0)
    wanted = [
        pair for e in EXPONENTS for pair in (Wanted(0, nothing, e, nothing), Wanted(0, nothing, nothing, e))
    ]
    assert native.products(G, Y, BASES, wanted) == by_python(G, Y, BASES, wanted)
    assert native.products(P - 1, THIRD, BASES, wanted) == by_python(P - 1, THIRD, BASES, wanted)


@pytest.mark.parametrize("bases", [1, 7, 8, 9, 17])
@pytest.mark.parametrize("count", [1, 8, 23])
def test_it_agrees_on_any_number_of_bases_and_products(native: Kernel, bases: int, count: int) -> None:
    rng = random.Random(100 * bases + count)
    numbers = [mpz(rng.randrange(1, int(P))) for _ in range(bases)]
    wanted = [
        Wanted(rng.randrange(bases), *(mpz(rng.getrandbits(rng.choice((8, 255, 256)))) for _ in range(3)))
        for _ in range(count)
    ]
    assert native.products(G, Y, numbers, wanted) == by_python(G, Y, numbers, wanted)


@pytest.mark.parametrize("base", [-1, 2])
def test_a_base_that_is_not_there_never_reaches_the_library(native: Kernel, base: int) -> None:
    with pytest.raises(IndexError):
        native.products(G, Y, [G, Y], [Wanted(base, Q, Q, Q)])


def test_threads_do_not_disturb_each_other(native: Kernel) -> None:
    asked = [kernel._questions(bytes([seed])) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda each: native.products(*each), asked))
    assert answers == [by_python(*each) for each in asked]


# The same verdicts.


def verdict(vote: Vote, raw: bytes) -> Reason | None:
    try:
        check_proofs(vote.context, raw)
    except Invalid as finding:
        return finding.reason
    return None


def both_verdicts(
    native: Kernel, monkeypatch: pytest.MonkeyPatch, vote: Vote, raw: bytes
) -> tuple[Reason | None, Reason | None]:
    """Python's, and the kernel's."""
    found = []
    for used in (None, native):
        monkeypatch.setattr(foresight, "kernel", lambda used=used: used)
        found.append(verdict(vote, raw))
    return found[0], found[1]


@pytest.mark.slow
def test_every_mutated_ballot_gets_the_same_verdict_either_way(
    native: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    differing, refusals = [], set()
    for name, vote, raw in ballot_mutations():
        python, kernels = both_verdicts(native, monkeypatch, vote, raw)
        refusals.add(python)
        if python is not kernels:
            differing.append(name)
    assert not differing
    assert {Reason.BAD_PROOF, Reason.NOT_IN_GROUP} <= refusals


def test_honest_ballots_pass_either_way(native: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, vote, raw in originals():
        assert both_verdicts(native, monkeypatch, vote, raw) == (None, None), name


FORGERIES: dict[str, tuple[Callable[[Vote], bytes], Reason]] = {
    "order 2": (lambda vote: with_small_order(vote, 0, 2), Reason.NOT_IN_GROUP),
    "order 3": (lambda vote: with_small_order(vote, 0, 3), Reason.NOT_IN_GROUP),
    "holds 2": (lambda vote: with_value(vote, 0, (2, 0, 0, 0)), Reason.BAD_PROOF),
    "holds -1": (lambda vote: with_value(vote, 0, (-1, 1, 1, 0)), Reason.BAD_PROOF),
    "nothing picked": (lambda vote: with_wider_rule(vote, 0, ()), Reason.BAD_PROOF),
    "too much picked": (lambda vote: with_wider_rule(vote, 0, (0, 1, 2)), Reason.BAD_PROOF),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_ballot_is_refused_for_the_same_reason_either_way(
    native: Kernel, monkeypatch: pytest.MonkeyPatch, forgery: str
) -> None:
    vote = Vote((question(4, 1, 2),), seed=11)
    make, reason = FORGERIES[forgery]
    assert both_verdicts(native, monkeypatch, vote, make(vote)) == (reason, reason)


def test_with_the_kernel_python_raises_nothing_to_any_power(
    native: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More choices than go into one call, several questions and a blank flag: everything is foreseen."""
    vote = Vote((question(40, 0, 2, blank=True), question(30, 1, 3), question(2, 0, 1)), (1,), seed=12)
    ballot = read_ballot(vote.context, vote.make(0, None, (3, 4), ()))

    def python(_: mpz) -> list[mpz]:
        raise AssertionError("a power was left to Python")

    monkeypatch.setattr(foresight, "kernel", lambda: native)
    monkeypatch.setattr(proofs, "squares", python)
    check_answers(vote.context, ballot)


@pytest.mark.parametrize("strange", [mpz(0), P, P + 1, P - 1, THIRD, mpz(2) ** 2048])
def test_one_stranger_among_many_credentials_is_found_either_way(
    native: Kernel, monkeypatch: pytest.MonkeyPatch, strange: mpz
) -> None:
    members = [powmod(G, e, P) for e in range(140)]
    for used in (None, native):
        monkeypatch.setattr(foresight, "kernel", lambda used=used: used)
        assert foresight.all_members(members)
        for place in (0, 127, 128, 139):
            assert not foresight.all_members([*members[:place], strange, *members[place:]])


# Where there is none.


def told(caplog: pytest.LogCaptureFixture, level: int) -> str:
    return "\n".join(record.getMessage() for record in caplog.records if record.levelno == level)


@pytest.mark.usefixtures("afresh")
def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("YAKSOK_KERNEL", "off")
    assert kernel.kernel() is None
    assert "switched off" in told(caplog, logging.INFO)
    vote = Vote((question(2, 1, 1),), (1,), seed=13)
    check_proofs(vote.context, vote.make(0, (1,)))


@pytest.mark.usefixtures("afresh")
def test_without_a_compiler_python_checks_the_ballots(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("YAKSOK_KERNEL", "auto")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kernel.kernel() is None
    assert "without the native kernel" in told(caplog, logging.INFO)
    vote = Vote((question(2, 1, 1),), (1,), seed=14)
    check_proofs(vote.context, vote.make(0, (1,)))
    assert verdict(vote, with_small_order(vote, 0, 2)) is Reason.NOT_IN_GROUP


@pytest.mark.usefixtures("afresh")
def test_a_processor_without_the_instructions_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAKSOK_KERNEL", "auto")
    monkeypatch.setattr(kernel, "INSTRUCTIONS", frozenset({"an instruction nobody has"}))
    assert kernel.kernel() is None


@pytest.mark.usefixtures("afresh")
def test_a_source_that_does_not_compile_is_told_and_done_without(
    native: Kernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("YAKSOK_KERNEL", "auto")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(kernel, "SOURCE", tmp_path / "kernel.c")
    (tmp_path / "kernel.c").write_text("this is not C")
    assert kernel.kernel() is None
    assert "failed" in told(caplog, logging.INFO)
    assert not list((tmp_path / "yaksok").iterdir())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("if (exponent[i]) ", "if (exponent[i] > 1) "),
        ("if (any && digit) ", "if (any) "),
        ("_mm512_add_epi64(v, mask)", "v"),
    ],
)
@pytest.mark.usefixtures("afresh")
def test_a_kernel_that_computes_something_else_is_not_used(
    native: Kernel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    right: str,
    wrong: str,
) -> None:
    monkeypatch.setenv("YAKSOK_KERNEL", "auto")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = kernel.SOURCE.read_text()
    assert right in source
    monkeypatch.setattr(kernel, "SOURCE", tmp_path / "kernel.c")
    (tmp_path / "kernel.c").write_text(source.replace(right, wrong, 1))
    assert kernel.kernel() is None
    assert "something else than Python" in told(caplog, logging.WARNING)


# Building.


def test_it_is_built_once_and_nobody_else_may_write_there(
    native: Kernel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: kernel.built(), range(2))
    assert first == second
    folder = tmp_path / "yaksok"
    assert [path.name for path in folder.iterdir()] == [first.name]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    made = first.stat().st_mtime_ns
    assert kernel.built().stat().st_mtime_ns == made
    folder.chmod(0o777)
    with pytest.raises(Unavailable):
        kernel.built()


def test_importing_builds_nothing(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import ballots.protocol.verifier, ballots.protocol.workers"],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "XDG_CACHE_HOME": str(tmp_path)},
        check=True,
    )
    assert not list(tmp_path.iterdir())
