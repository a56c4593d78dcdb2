"""Nothing spoilt is accepted: hundreds of boards and ballots, before our verifier and the independent one.

The independent program is lenient in ways that are known (unknown fields inside answers, steps out of order, counts it
does not look at); what matters is the other direction: what it refuses, ours refuses.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ballots.protocol.ballot import check_form, check_proofs
from ballots.protocol.proofs import Squared
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.verifier import verify
from ballots.protocol.workers import cores
from tests.ballots.boards import Vote, reference_accepts, voted
from tests.ballots.forging import rewritten
from tests.ballots.honest_ballots import roomy
from tests.ballots.mutations import ballot_mutations, board_mutations, finished, grouped, originals, posted
from tests.ballots.steps import board_of, steps_of

BALLOTS = list(ballot_mutations())
BOARDS = list(board_mutations())
# A family's sharpest check: the mutations that nothing but it can tell.
EXPECTED = {
    "of_small_order": {Reason.NOT_IN_GROUP},
    "miscounted": {Reason.BAD_PROOF},
    "rebalanced/plain": {Reason.BAD_PROOF},
    "rebalanced/blank": {Reason.BAD_PROOF},
    "permuted/plain": {Reason.BAD_PROOF},
    "permuted/blank": {Reason.BAD_PROOF},
    "misspelled/plain": {Reason.NOT_CANONICAL},
    "misspelled/blank": {Reason.NOT_CANONICAL},
    "unproven/plain": {Reason.BAD_PROOF, Reason.WRONG_SHAPE},
    "unproven/blank": {Reason.BAD_PROOF, Reason.WRONG_SHAPE},
}


def refusal(vote: Vote, raw: bytes) -> Reason | None:
    """Why a ballot is refused, by the cheap checks or by the proofs."""
    try:
        check_form(vote.context, raw)
        check_proofs(vote.context, raw)
    except Invalid as finding:
        return finding.reason
    return None


def family(name: str) -> str:
    return name.split(":")[0]


def accepted_by_reference(folder: Path, boards: Iterable[tuple[str, bytes]]) -> set[str]:
    """The names of the boards that `belenios-tool election verify` is content with, asked side by side."""

    def ask(numbered: tuple[int, tuple[str, bytes]]) -> str | None:
        number, (name, raw) = numbered
        return name if reference_accepts(folder / str(number), raw) else None

    with ThreadPoolExecutor(cores()) as threads:
        return {name for name in threads.map(ask, enumerate(boards)) if name is not None}


def test_there_are_at_least_60_boards_and_500_ballots_all_different() -> None:
    for mutations, least in ((BOARDS, 60), (BALLOTS, 500)):
        names = Counter(found[0] for found in mutations)
        assert len(names) == names.total() >= least
        assert len({found[-1] for found in mutations}) == len(mutations)


def test_the_originals_are_accepted() -> None:
    for name, vote, raw in originals():
        assert refusal(vote, raw) is None, name
        assert verify(posted(vote, raw), jobs=1).ok, name
    for vote in (finished(), grouped()):
        assert verify(vote.raw, jobs=1).ok
        assert board_of(steps_of(vote.raw)) == vote.raw


def test_every_spoilt_ballot_is_refused_for_what_it_is() -> None:
    """Under no limit of size, which can only let more pass, so that a longer ballot meets the check behind it."""
    found: dict[str, set[Reason | None]] = {}
    for name, vote, raw in BALLOTS:
        found.setdefault(family(name), set()).add(refusal(roomy(vote), raw))
    assert [name for name, reasons in found.items() if None in reasons] == []
    assert {name: reasons for name, reasons in found.items() if name in EXPECTED} == EXPECTED


def test_only_the_membership_check_tells_elements_of_small_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Squared, "is_member", lambda _: True)
    strange = [(vote, raw) for name, vote, raw in BALLOTS if family(name) == "of_small_order"]
    assert len(strange) >= 40
    assert {refusal(vote, raw) for vote, raw in strange} == {None}


@pytest.mark.slow
def test_no_spoilt_board_passes_the_verifier() -> None:
    assert [name for name, raw in BOARDS if verify(raw, jobs=1).ok] == []


@pytest.mark.slow
def test_no_board_with_a_spoilt_ballot_passes_the_verifier() -> None:
    assert [name for name, vote, raw in BALLOTS if verify(posted(vote, raw), jobs=1).ok] == []


@pytest.mark.slow
def test_the_reference_refuses_every_spoilt_ballot_but_those_only_written_differently(tmp_path: Path) -> None:
    """So that each of the other families is wrong in the eyes of a program nobody here wrote."""
    lenient = {"rewritten/plain", "rewritten/blank", "misspelled/plain", "misspelled/blank"}
    written = [found for found in BALLOTS if family(found[0]) in lenient]
    asked = [found for found in BALLOTS if family(found[0]) not in lenient] + written[::8]
    boards = [(name, posted(vote, raw)) for name, vote, raw in asked]
    accepted = accepted_by_reference(tmp_path, [("original", finished().raw), *boards])
    assert "original" in accepted
    assert {family(name) for name in accepted} <= {"original", *lenient}
    assert len(boards) - len(accepted) >= 900


@pytest.mark.slow
def test_the_reference_refuses_many_of_the_spoilt_boards_too(tmp_path: Path) -> None:
    """What it accepts of them are its known holes (see `test_verifier_holes`); ours refuses them all."""
    asked = [(name, raw) for name, raw in BOARDS if "order" in name or "links" in name] + BOARDS[::5]
    accepted = accepted_by_reference(tmp_path, [("original", finished().raw), *asked])
    assert "original" in accepted
    assert "in_its_order: the close before every ballot" in accepted
    assert not any(name.startswith(("as_file", "loose_records")) for name in accepted)
    assert len(asked) - len(accepted) >= 100


@pytest.mark.slow
def test_never_is_a_board_accepted_that_the_reference_rejects(tmp_path: Path) -> None:
    """Boards of unknown worth: steps at random, and digits changed at random, with a chain that fits."""
    rng = random.Random(23)
    boards = [(f"steps {number}", _shuffled(rng)) for number in range(60)]
    boards += [(f"digit {number}", _changed_digit(rng)) for number in range(60)]
    accepted = accepted_by_reference(tmp_path, boards)
    ours = {name for name, raw in boards if verify(raw, jobs=1).ok}
    assert ours <= accepted
    assert len(ours) >= 5
    assert len(boards) - len(accepted) >= 40


def _shuffled(rng: random.Random) -> bytes:
    """Some of the steps of a good board, now and then two of them exchanged or one of them twice."""
    steps = steps_of(finished().raw)
    steps = steps[: rng.randrange(2, len(steps) + 1)]
    for _ in range(rng.randrange(3)):
        at, other = rng.randrange(1, len(steps)), rng.randrange(1, len(steps))
        if rng.random() < 0.7:
            steps[at], steps[other] = steps[other], steps[at]
        else:
            steps.insert(at, steps[other])
    return board_of(steps)


def _changed_digit(rng: random.Random) -> bytes:
    wanted = rng.choice(["Ballot", "PartialDecryption", "Setup", "EncryptedTally", "Result"])
    place = rng.randrange(3) if wanted == "Setup" else 0

    def change(at: int, kind: str, body: bytes) -> bytes | None:
        if kind != wanted or at != place or rng.random() < 0.3:
            return None
        raw = bytearray(body)
        raw[rng.choice([i for i, byte in enumerate(body) if 48 <= byte < 58])] = rng.choice(b"123456789")
        return bytes(raw)

    return rewritten(voted().finish(), change)
