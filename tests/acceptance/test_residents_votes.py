"""Residents' real ballots through encryption, board and tally: every total is the published one.

Every k-of-n file of the acceptance data that fits on a ballot (up to 60 options).  Ballots are encrypted by processes
side by side and checked once, by the verifier; the key is held by three trustees, of whom two answer.  It
takes minutes on processors that have nothing else to do; progress and times are printed as it goes.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from ballots.protocol.ballot import encrypt
from ballots.protocol.board import (
    Entry,
    add_ballot,
    add_encrypted_tally,
    add_partial_decryption,
    add_result,
    end_ballots,
    open_board,
)
from ballots.protocol.credentials import credentials_record, derive, draw, draw_uuid
from ballots.protocol.election import election_record, open_election
from ballots.protocol.records import Question
from ballots.protocol.tally import encrypted_tally, result_record
from ballots.protocol.trustees import partial_decryption, read_trustees, trustees_record
from ballots.protocol.verifier import verify
from ballots.protocol.workers import checking_pool, opened_election
from rehearsal.pabulib import BallotFile, NotTheseBallots, read_ballots
from tests.ballots.boards import TIMESTAMP, ceremony, reference_accepts
from tests.data import DATA, acceptance_data

pytestmark = pytest.mark.slow
MOST_OPTIONS = 60
ANSWERING = (1, 3)
CHUNK = 8
Job: TypeAlias = tuple[int, tuple[int, ...], int]
"""A voter's secret, what is picked, and the seed of the ballot's randomness."""
Say: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Held:
    """A vote that was held: its file, and seconds by step."""

    board: bytes
    seconds: dict[str, float]


def encrypt_in_worker(election: bytes, jobs: Sequence[Job]) -> list[bytes]:
    """Some ballots, as the booth makes them."""
    context = opened_election(election)
    return [encrypt(context, secret, [picks], random.Random(seed)) for secret, picks, seed in jobs]


def hold(file: BallotFile, pool: ProcessPoolExecutor, say: Say) -> Held:
    """A whole vote with these ballots, one voter each, from the ceremony of the keys to the announced result."""
    rng = random.Random(file.name)
    began = time.monotonic()
    uuid = draw_uuid(rng)
    keys = [derive(draw(rng), uuid) for _ in file.ballots]
    group, secrets = ceremony(uuid, 3, 2, rng)
    trustees = trustees_record([], group)
    asked = Question(
        answers=tuple(project.name for project in file.projects),
        min=file.minimum,
        max=file.maximum,
        question=file.name,
    )
    election = election_record(
        uuid=uuid, name=file.name, questions=[asked], public_key=read_trustees(trustees).public_key
    )
    listed = credentials_record({key.public: 1 for key in keys})
    context = open_election(election, listed)
    opened = time.monotonic()

    jobs = [
        (key.secret, ballot.picks, rng.getrandbits(64))
        for key, ballot in zip(keys, file.ballots, strict=True)
    ]
    made: list[bytes] = []
    progress = Progress(say, "encrypted")
    chunks = [jobs[start : start + CHUNK] for start in range(0, len(jobs), CHUNK)]
    for ballots in pool.map(partial(encrypt_in_worker, election), chunks):
        made += ballots
        progress(len(made), len(jobs))
    encrypted = time.monotonic()

    head, written = None, []

    def grow(entry: Entry) -> None:
        nonlocal head
        head = entry.head
        written.append(entry.raw)

    grow(open_board(TIMESTAMP, election, trustees, listed))
    assert head is not None
    for ballot in made:
        grow(add_ballot(head, ballot))
    grow(end_ballots(head))
    tally = encrypted_tally(context, made)
    grow(add_encrypted_tally(head, tally.raw, tally.sized))
    shares = {
        owner: partial_decryption(context.fingerprint, tally.raw, secrets[owner - 1], rng)
        for owner in ANSWERING
    }
    for owner, share in shares.items():
        grow(add_partial_decryption(head, owner, share))
    grow(add_result(head, result_record(tally.raw, read_trustees(trustees), shares, tally.total_weight)))
    counted = time.monotonic()
    seconds = {"setup": opened - began, "encryption": encrypted - opened, "count": counted - encrypted}
    return Held(b"".join(written), seconds)


@dataclass
class Progress:
    """Says how far a step has come, a quarter at a time."""

    say: Say
    step: str
    quarters: int = 0

    def __call__(self, done: int, total: int) -> None:
        if 4 * done // total > self.quarters:
            self.quarters = 4 * done // total
            self.say(f"{self.step} {done}/{total}")


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with checking_pool() as processes:
        yield processes


def fitting() -> list[str]:
    """The files' names; a stand-in that is skipped with the reason where the data is absent."""
    names = sorted(path.name.removesuffix(".pb") for path in (DATA / "ballots").glob("*.pb"))
    return names or ["absent"]


@pytest.mark.parametrize("name", fitting())
def test_every_total_of_residents_ballots_is_the_published_one(
    name: str, pool: ProcessPoolExecutor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = acceptance_data(f"ballots/{name}.pb")
    key = json.loads(acceptance_data(f"ballots/{name}.expected.json").read_text())
    if key["vote_type"] not in ("approval", "choose-1"):
        with pytest.raises(NotTheseBallots):
            read_ballots(path)
        return
    file = read_ballots(path)
    assert len(file.projects) <= MOST_OPTIONS
    assert len(file.ballots) == key["n_ballots"] - key["strict_rejected_ballots"]

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {name}: {text}", end="", file=sys.stderr, flush=True)

    say(f"{len(file.ballots)} ballots of {len(file.projects)} options")
    held = hold(file, pool, say)
    began = time.monotonic()
    verdict = verify(held.board, pool=pool, progress=Progress(say, "verified"))
    seconds = held.seconds | {"verification": time.monotonic() - began}
    say(", ".join(f"{step} {spent:.1f} s" for step, spent in seconds.items()))
    assert verdict.ok, [problem.text() for problem in verdict.problems]
    assert verdict.pending == ()
    assert verdict.result is not None
    totals = dict(zip((project.id for project in file.projects), verdict.result[0], strict=True))
    assert totals == key["strict_votes"]
    if len(file.ballots) * len(file.projects) <= 3000:
        assert reference_accepts(tmp_path, held.board)
        say("the independent verifier says the same")
