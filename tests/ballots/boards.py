"""Whole elections held by our own pure code, for tests: setup, votes, count."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ballots.protocol.ballot import Picks, encrypt
from ballots.protocol.board import (
    Entry,
    Head,
    add_ballot,
    add_encrypted_tally,
    add_partial_decryption,
    add_result,
    end_ballots,
    open_board,
)
from ballots.protocol.credentials import Credential, credentials_record, derive, draw, draw_uuid
from ballots.protocol.election import ElectionContext, election_record, open_election
from ballots.protocol.records import Pedersen, Question
from ballots.protocol.seeds import draw_seed
from ballots.protocol.tally import Tally, encrypted_tally, result_record
from ballots.protocol.threshold import (
    group_record,
    make_certificate,
    make_confirmation,
    make_dealing,
    receive,
)
from ballots.protocol.trustees import (
    Party,
    Trustees,
    make_key,
    partial_decryption,
    read_trustees,
    trustees_record,
)
from ballots.protocol.verdict import Verdict
from ballots.protocol.verifier import verify
from tests.ballots.reference import TOOL

TIMESTAMP = 1_795_294_098
BOTH = Trustees(owners=(), public_key="", parties=(Party((1,), 1), Party((2,), 1)))
"""Two mandatory trustees, as far as putting their shares together needs to know them."""


def question(options: int = 5, minimum: int = 1, maximum: int = 3, blank: bool = False) -> Question:
    """A question with Korean option titles."""
    return Question(
        answers=tuple(f"약속 과제 {number}: 마을버스 “노선” 늘리기" for number in range(1, options + 1)),
        min=minimum,
        max=maximum,
        question="가장 잘 지켜진 약속은?",
        blank=blank,
    )


def ceremony(uuid: str, members: int, threshold: int, rng: random.Random) -> tuple[Pedersen, list[int]]:
    """A threshold group and the secret shares of its members."""
    seeds = [draw_seed(rng) for _ in range(members)]
    certificates = [make_certificate(seed, uuid, rng) for seed in seeds]
    dealings = [make_dealing(seed, uuid, certificates, threshold, rng) for seed in seeds]
    confirmations = [
        make_confirmation(seed, uuid, certificates, dealings, threshold, rng=rng) for seed in seeds
    ]
    secrets = [receive(seed, uuid, certificates, dealings, threshold) for seed in seeds]
    return group_record(certificates, dealings, confirmations, threshold), secrets


@dataclass
class Vote:
    """An election and its growing board; every step appends to `raw`."""

    questions: Sequence[Question] = (question(),)
    weights: Sequence[int] = (1, 1, 1)
    seed: int = 1
    description: str = "contracts sha256:0000"
    name: str = "2026년 도정평가단 투표"
    rng: random.Random = field(init=False)
    uuid: str = field(init=False)
    credentials: list[str] = field(init=False)
    keys: list[Credential] = field(init=False)
    secrets: list[int] = field(init=False)
    trustees: bytes = field(init=False)
    credential_list: bytes = field(init=False)
    context: ElectionContext = field(init=False)
    raw: bytes = field(init=False)
    head: Head = field(init=False)
    ballots: list[bytes] = field(default_factory=list)
    tally: Tally | None = None
    shares: dict[int, bytes] = field(default_factory=dict)
    threshold: int | None = None
    """With it, the trustees are one group of three of whom so many suffice; else two, both mandatory."""
    trustees_as: tuple[bytes, list[int]] | None = None
    """Or these: the record, and the secrets by owner."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.uuid = draw_uuid(self.rng)
        self.credentials = [draw(self.rng) for _ in self.weights]
        self.keys = [derive(credential, self.uuid) for credential in self.credentials]
        if self.trustees_as is not None:
            self.trustees, self.secrets = self.trustees_as
        elif self.threshold is None:
            made = [make_key(name, self.rng) for name in ("감사위원회", None)]
            self.secrets = [secret for secret, _ in made]
            self.trustees = trustees_record([key for _, key in made])
        else:
            group, self.secrets = ceremony(self.uuid, 3, self.threshold, self.rng)
            self.trustees = trustees_record([], group)
        by_key = {key.public: weight for key, weight in zip(self.keys, self.weights, strict=True)}
        self.credential_list = credentials_record(by_key)
        election = election_record(
            uuid=self.uuid,
            name=self.name,
            questions=self.questions,
            public_key=read_trustees(self.trustees).public_key,
            description=self.description,
        )
        self.context = open_election(election, self.credential_list)
        self.raw = b""
        self.append(open_board(TIMESTAMP, election, self.trustees, self.credential_list))

    def append(self, entry: Entry) -> None:
        """Let the board grow."""
        self.raw += entry.raw
        self.head = entry.head

    def make(self, voter: int, *picks: Picks) -> bytes:
        """A voter's ballot, not yet on the board."""
        return encrypt(self.context, self.keys[voter].secret, picks, self.rng)

    def cast(self, voter: int, *picks: Picks) -> bytes:
        """A voter's ballot, put on the board."""
        return self.post(self.make(voter, *picks))

    def post(self, ballot: bytes) -> bytes:
        """Put a ballot on the board, whatever it is."""
        self.ballots.append(ballot)
        self.append(add_ballot(self.head, ballot))
        return ballot

    def close(self) -> None:
        """End the vote and add up."""
        self.append(end_ballots(self.head))
        self.tally = encrypted_tally(self.context, self.ballots)
        self.append(add_encrypted_tally(self.head, self.tally.raw, self.tally.sized))

    def share(self, owner: int) -> bytes:
        """The decryption share of a trustee, counted from 1."""
        assert self.tally is not None
        secret = self.secrets[owner - 1]
        return partial_decryption(self.context.fingerprint, self.tally.raw, secret, self.rng)

    def open(self, owners: Sequence[int] = (1, 2)) -> None:
        """Trustees answer, in the given order, and the result is announced."""
        assert self.tally is not None
        for owner in owners:
            self.shares[owner] = self.share(owner)
            self.append(add_partial_decryption(self.head, owner, self.shares[owner]))
        trustees = read_trustees(self.trustees)
        result = result_record(self.tally.raw, trustees, self.shares, self.tally.total_weight)
        self.append(add_result(self.head, result))

    def finish(self) -> bytes:
        """Close, count, announce: the whole file."""
        self.close()
        self.open()
        return self.raw


def ask_reference(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `belenios-tool` and hand back whatever it answered."""
    assert TOOL is not None, "belenios-tool is not installed"
    return subprocess.run([TOOL, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def save(folder: Path, raw: bytes) -> Path:
    """A board in a folder of its own, as the reference wants it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "board.bel").write_bytes(raw)
    return folder


def reference_accepts(folder: Path, raw: bytes) -> bool:
    """Whether `belenios-tool election verify` is content with the board."""
    done = ask_reference(save(folder, raw), "election", "verify", "--dir", ".")
    return done.returncode == 0 and "all checks passed" in done.stderr


def voted(seed: int = 20) -> Vote:
    """Three voters, one revote, still open."""
    vote = Vote((question(2, 1, 1),), (1, 1, 2), seed=seed)
    for voter, pick in [(0, 0), (1, 1), (2, 1), (0, 1)]:
        vote.cast(voter, (pick,))
    return vote


def counted() -> Vote:
    """The same with its encrypted tally."""
    vote = voted()
    vote.close()
    return vote


FINISHED = voted()
FINISHED.finish()


def codes(raw: bytes) -> set[str]:
    """The codes of a board's problems; a board that is well has none."""
    verdict = verify(raw, jobs=1)
    assert verdict.ok == (not verdict.problems)
    return {problem.code for problem in verdict.problems}


def failed(verdict: Verdict) -> set[str]:
    """The names of the checks that failed."""
    return {check.name for check in verdict.checks if not check.ok}
