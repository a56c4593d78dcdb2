"""The verifier's verdict on boards that are well, and on boards whose records do not fit together."""

from __future__ import annotations

import json
import random

import pytest
from gmpy2 import mpz

from ballots.protocol.board import (
    add_ballot,
    add_partial_decryption,
    add_result,
    open_board,
)
from ballots.protocol.credentials import credentials_record
from ballots.protocol.election import read_election
from ballots.protocol.group import G, P, Q
from ballots.protocol.records import Result, encode
from ballots.protocol.refusals import Invalid
from ballots.protocol.trustees import make_key, trustees_record
from ballots.protocol.verifier import verify
from tests.ballots.boards import (
    FINISHED,
    TIMESTAMP,
    Vote,
    codes,
    counted,
    failed,
    question,
    voted,
)
from tests.ballots.forging import rewritten
from tests.data import acceptance_data


def test_the_board_these_tests_start_from_is_well() -> None:
    verdict = verify(FINISHED.raw, jobs=1)
    assert verdict.ok
    assert verdict.result == ((0, 4),)
    assert (verdict.ballots, verdict.voters, verdict.total_weight) == (4, 3, 4)
    names = [check.name for check in verdict.checks]
    assert names == [
        "archive", "setup", "credentials", "ballots", "signatures", "proofs", "repeats", "voters",
        "tally", "decryptions", "result",
    ]  # fmt: skip
    assert rewritten(FINISHED.raw, lambda *_: None) == FINISHED.raw


def test_a_result_without_every_trustee_is_rejected() -> None:
    vote = counted()
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    vote.append(add_result(vote.head, encode(Result(((0, 4),)))))
    assert codes(vote.raw) == {"result"}


@pytest.mark.parametrize("owner", [2, 3])
def test_a_share_under_another_owner_is_rejected(owner: int) -> None:
    vote = counted()
    vote.append(add_partial_decryption(vote.head, owner, vote.share(1)))
    assert codes(vote.raw) == {"decryption"}


@pytest.mark.parametrize("what", ["factor", "proof", "shape", "negated"])
def test_a_wrong_share_is_rejected(what: str) -> None:
    vote = counted()
    share = json.loads(vote.share(1))
    factors, proofs = share["decryption_factors"], share["decryption_proofs"]
    if what == "factor":
        factors[0][0] = str(mpz(factors[0][0]) * G % P)
    elif what == "negated":
        factors[0][0] = str(P - mpz(factors[0][0]))
    elif what == "proof":
        proofs[0][0]["response"] = "1"
    else:
        factors[0].pop()
    vote.append(add_partial_decryption(vote.head, 1, encode(share)))
    assert codes(vote.raw) == {"decryption"}


def test_an_election_under_another_key_than_the_trustees_is_rejected() -> None:
    vote = Vote((question(2, 1, 1),))
    others = trustees_record([make_key(rng=random.Random(seed))[1] for seed in (1, 2)])
    raw = open_board(TIMESTAMP, vote.context.raw, others, vote.credential_list).raw
    assert failed(verify(raw, jobs=1)) == {"setup"}


@pytest.mark.parametrize("field", ["challenge", "response", "public_key"])
def test_a_trustee_without_proof_of_its_key_is_rejected(field: str) -> None:
    def change(place: int, kind: str, body: bytes) -> bytes | None:
        if kind != "Setup" or place != 1:
            return None
        listed = json.loads(body)
        target = listed[0][1] if field == "public_key" else listed[0][1]["pok"]
        target[field] = str((int(target[field]) + 1) % int(Q))
        return encode(listed)

    assert failed(verify(rewritten(FINISHED.raw, change), jobs=1)) == {"setup"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 2),
        ("group", "RFC-3526-2048"),
        ("group", "Ed25519"),
        ("public_key", "1"),
        ("public_key", "2"),
        ("uuid", "short"),
        ("uuid", "0OIl0OIl0OIl0OIl"),
        ("questions", []),
        ("questions", [{"answers": [], "min": 0, "max": 0, "question": ""}]),
        ("questions", [{"answers": ["a"], "min": 1, "max": 2, "question": ""}]),
        ("questions", [{"answers": ["a", "b"], "min": 2, "max": 1, "question": ""}]),
        ("questions", [{"answers": ["a", "b"], "blank": False, "min": 1, "max": 1, "question": ""}]),
    ],
)
def test_an_impossible_election_is_refused(field: str, value: object) -> None:
    election = json.loads(FINISHED.context.raw)
    election[field] = value
    with pytest.raises(Invalid):
        read_election(encode(election))


def test_the_order_of_a_voter_s_ballots_cannot_be_swapped_after_the_tally() -> None:
    first, last = FINISHED.ballots[0], FINISHED.ballots[3]
    swapped = {first: last, last: first}
    raw = rewritten(FINISHED.raw, lambda _, kind, body: swapped.get(body) if kind == "Ballot" else None)
    assert codes(raw) == {"tally"}


def test_an_election_of_an_older_protocol_is_refused() -> None:
    folder = acceptance_data("ballots/belenios_v1_kat")
    election = (folder / "election.json").read_bytes().strip()
    with pytest.raises(Invalid):
        read_election(election)
    keys = [("Single", key) for key in json.loads((folder / "trustees.json").read_bytes())]
    listed = credentials_record(dict.fromkeys((folder / "public_creds.txt").read_text().split(), 1))
    entry = open_board(TIMESTAMP, election, encode(keys), listed)
    raw, head = entry.raw, entry.head
    for ballot in (folder / "ballots.jsons").read_bytes().splitlines():
        entry = add_ballot(head, ballot)
        raw, head = raw + entry.raw, entry.head
    assert not verify(raw, jobs=1).ok


def test_a_problem_names_its_place_on_the_board() -> None:
    vote = voted()
    vote.post(vote.ballots[0])
    (problem,) = verify(vote.raw, jobs=1).problems
    assert problem.values["height"] == 5
    assert "사건 5" in problem.text()


def test_the_verdict_is_the_same_with_a_pool_and_counts_progress() -> None:
    vote = Vote((question(1, 0, 1),), (1,) * 22, seed=30)
    for voter in range(22):
        vote.cast(voter, (0,) if voter % 2 else ())
    vote.post(vote.make(3, ()).replace(b'"response":"', b'"response":"1', 1))
    seen: list[tuple[int, int]] = []
    parallel = verify(vote.raw, jobs=2, progress=lambda done, total: seen.append((done, total)))
    alone = verify(vote.raw, jobs=1)
    assert parallel.as_dict() == alone.as_dict()
    assert not alone.ok
    assert seen == [(done, 23) for done in range(1, 24)]
