"""Elections of ours before the independent program, and its elections before us."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from ballots.protocol.ballot import Picks, check_form, check_proofs, encrypt
from ballots.protocol.credentials import derive
from ballots.protocol.election import open_election
from ballots.protocol.records import Question
from ballots.protocol.trustees import make_key, partial_decryption
from ballots.protocol.verifier import verify
from tests.ballots.boards import Vote, ask_reference, question, reference_accepts, save
from tests.ballots.forging import with_small_order
from tests.ballots.reference import ReferenceElection, tool

Casts = Sequence[tuple[int, Sequence[Picks]]]


@pytest.mark.parametrize(
    ("questions", "weights", "casts", "expected"),
    [
        pytest.param(
            (question(5, 1, 3),), (1,) * 10, [(v, [(v % 5,)]) for v in range(10)], ((2,) * 5,), id="ten"
        ),
        pytest.param(
            (question(3, 1, 2, blank=True),),
            (1, 1, 1),
            [(0, [None]), (1, [(0, 2)]), (2, [None])],
            ((2, 1, 0, 1),),
            id="blank votes",
        ),
        pytest.param(
            (question(3),),
            (1, 20, 300),
            [(0, [(0,)]), (1, [(1,)]), (2, [(1, 2)])],
            ((1, 320, 300),),
            id="weights",
        ),
        pytest.param(
            (question(2, 1, 1),),
            (1_500_000_000 // 2, 1_000_000_000),
            [(0, [(0,)]), (1, [(0,)])],
            ((1_750_000_000, 0),),
            id="weights beyond a JSON number",
        ),
        pytest.param(
            (question(3),),
            (1, 1),
            [(0, [(0,)]), (0, [(1,)]), (1, [(2,)]), (0, [(2,)])],
            ((0, 0, 2),),
            id="later ballots, adjacent and apart",
        ),
        pytest.param((question(3),), (1, 1), [], ((0, 0, 0),), id="no ballots"),
        pytest.param(
            (question(3), question(5, 0, 1), question(2, 1, 1, blank=True)),
            (1, 1),
            [(0, [(0,), (), None]), (1, [(1, 2), (4,), (1,)])],
            ((1, 1, 1), (0, 0, 0, 0, 1), (1, 0, 1)),
            id="several questions",
        ),
        pytest.param(
            (question(3, 0, 3),), (1, 1), [(0, [()]), (1, [(0, 1, 2)])], ((1, 1, 1),), id="none to all"
        ),
    ],
)
def test_an_election_of_ours_satisfies_both_verifiers(
    questions: Sequence[Question],
    weights: Sequence[int],
    casts: Casts,
    expected: tuple[tuple[int, ...], ...],
    tmp_path: Path,
) -> None:
    vote = Vote(questions, weights, seed=len(casts))
    for voter, picks in casts:
        vote.cast(voter, *picks)
    raw = vote.finish()
    verdict = verify(raw, jobs=1)
    assert verdict.ok, [problem.text() for problem in verdict.problems]
    assert verdict.result == expected
    assert verdict.pending == ()
    assert reference_accepts(tmp_path, raw)


def test_a_board_grows_step_by_step_and_every_step_satisfies_both_verifiers(tmp_path: Path) -> None:
    vote = Vote((question(3),), (1, 2), seed=4)
    steps = [vote.raw]
    vote.cast(0, (0,))
    steps.append(vote.raw)
    vote.cast(1, (1, 2))
    vote.cast(0, (1,))
    steps.append(vote.raw)
    vote.close()
    steps.append(vote.raw)
    vote.open((2, 1))
    steps.append(vote.raw)
    pending = []
    for number, raw in enumerate(steps):
        verdict = verify(raw, jobs=1)
        assert verdict.ok, [problem.text() for problem in verdict.problems]
        pending.append(len(verdict.pending))
        assert reference_accepts(tmp_path / str(number), raw)
        if number:
            done = ask_reference(
                tmp_path, "election", "verify-diff", "--dir1", str(number - 1), "--dir2", str(number)
            )
            assert done.returncode == 0, done.stderr
    assert pending == [4, 4, 4, 2, 0]


def test_the_encrypted_tally_is_the_reference_s_to_the_byte(tmp_path: Path) -> None:
    vote = Vote((question(3, 1, 2, blank=True),), (3, 1, 5), seed=6)
    vote.cast(0, (0,))
    vote.cast(1, None)
    vote.cast(0, (1, 2))
    before = vote.raw
    vote.close()
    assert vote.tally is not None
    done = ask_reference(save(tmp_path, before), "election", "compute-encrypted-tally", "--dir", ".")
    assert done.stdout.encode().splitlines() == [vote.tally.raw, vote.tally.sized]


@pytest.mark.parametrize("blank", [False, True])
def test_an_election_of_the_reference_takes_our_trustee_ballots_and_verdict(
    blank: bool, tmp_path: Path
) -> None:
    rng = random.Random(3)
    secret, key = make_key("감사위원회", rng)
    asked = {"answers": ["가", "나", "다"], "min": 1, "max": 2, "question": "무엇을?"}
    if blank:
        asked = {"answers": ["가", "나", "다"], "blank": True, "min": 1, "max": 2, "question": "무엇을?"}
    election = ReferenceElection(tmp_path / "election", asked, trustee_key=json.loads(key))
    published = json.loads(next(election.folder.glob("*.pubcreds")).read_text())
    listed = json.dumps([entry.split(",")[0] for entry in published], separators=(",", ":")).encode()
    context = open_election(election.record, listed, window=4)

    (election.folder / "credential").write_text(election.credentials[0])
    (election.folder / "choices.json").write_text("[[0,1,0,1]]" if blank else "[[1,0,1]]")
    made = tool(
        "election",
        "generate-ballot",
        "--privcred",
        "credential",
        "--ballot",
        "choices.json",
        folder=election.folder,
    )
    theirs = made.stdout.strip().encode()
    check_form(context, theirs)
    check_proofs(context, theirs)
    election.cast(theirs.decode())

    ours = derive(election.credentials[1], election.uuid)
    election.cast(encrypt(context, ours.secret, [(0, 1)], rng).decode())
    if blank:
        third = derive(election.credentials[2], election.uuid)
        election.cast(encrypt(context, third.secret, [None], rng).decode())
    election.close()
    tally = tool("election", "compute-encrypted-tally", folder=election.folder).stdout.splitlines()[0]
    share = partial_decryption(context.fingerprint, tally.encode(), secret, rng)
    election.add_share(1, share.decode())
    election.own_share()
    expected = [[1, 2, 1, 1]] if blank else [[2, 1, 1]]
    assert election.result() == expected
    assert "all checks passed" in election.verify()

    verdict = verify((election.folder / f"{election.uuid}.bel").read_bytes(), jobs=1)
    assert verdict.ok, [problem.text() for problem in verdict.problems]
    assert [list(row) for row in verdict.result or ()] == expected


@pytest.mark.parametrize("order", [2, 3])
def test_both_verifiers_refuse_elements_of_small_order(order: int, tmp_path: Path) -> None:
    vote = Vote((question(3),), (1, 1), seed=8)
    vote.cast(0, (0,))
    vote.post(with_small_order(vote, 1, order))
    assert not verify(vote.raw, jobs=1).ok
    assert not reference_accepts(tmp_path, vote.raw)
