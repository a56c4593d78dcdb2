"""The verifier's verdict on boards that are wrong: the holes of the reference, and everything else we could think of."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from gmpy2 import mpz

from ballots.archive import EVENT, record
from ballots.board import (
    add_ballot,
    add_encrypted_tally,
    add_partial_decryption,
    add_result,
    end_ballots,
    open_board,
    read_board,
)
from ballots.credentials import credentials_record
from ballots.election import read_election
from ballots.group import G, P, Q
from ballots.records import Result, SizedTally, decode, encode
from ballots.refusals import Invalid
from ballots.tally import encrypted_tally
from ballots.trustees import make_key, trustees_record
from ballots.verdict import Verdict
from ballots.verifier import verify
from tests.ballots.boards import TIMESTAMP, Vote, question, reference_accepts
from tests.ballots.forging import event, rewritten
from tests.data import acceptance_data


def voted(seed: int = 20) -> Vote:
    """Three voters, one revote, still open."""
    vote = Vote((question(2, 1, 1),), (1, 1, 2), seed=seed)
    for voter, pick in [(0, 0), (1, 1), (2, 1), (0, 1)]:
        vote.cast(voter, (pick,))
    return vote


def counted() -> Vote:
    vote = voted()
    vote.close()
    return vote


FINISHED = voted()
FINISHED.finish()


def codes(raw: bytes) -> set[str]:
    """The codes of the problems; a board that is well has none."""
    verdict = verify(raw, jobs=1)
    assert verdict.ok == (not verdict.problems)
    return {problem.code for problem in verdict.problems}


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if not check.ok}


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


# The table "accepted although wrong" of the reference, a to i.


def test_a_wrong_encrypted_tally_is_rejected() -> None:
    vote = voted()
    vote.append(end_ballots(vote.head))
    partial = encrypted_tally(vote.context, vote.ballots[:-1])
    vote.append(add_encrypted_tally(vote.head, partial.raw, partial.sized))
    assert codes(vote.raw) == {"tally"}


def test_a_missing_encrypted_tally_is_rejected() -> None:
    vote = voted()
    tally = encrypted_tally(vote.context, vote.ballots)
    vote.append(end_ballots(vote.head))
    vote.tally = tally
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    assert codes(vote.raw) == {"board-order"}


def test_ballots_before_a_premature_end_cannot_be_dropped() -> None:
    vote = voted()
    vote.append(end_ballots(vote.head))
    vote.append(add_ballot(vote.head, vote.make(1, (0,))))
    assert codes(vote.raw) == {"board-order"}


def test_a_missing_end_of_the_vote_is_rejected() -> None:
    vote = voted()
    tally = encrypted_tally(vote.context, vote.ballots)
    vote.append(add_encrypted_tally(vote.head, tally.raw, tally.sized))
    assert codes(vote.raw) == {"board-order"}


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'"answers":[{', b'"answers":[{"note":"x",', 1),
        lambda raw: raw.replace(b'"alpha":"', b'"alpha":"007', 1),
        lambda raw: raw.replace(b'{"challenge"', b'{"challenge":"1","challenge"', 1),
        lambda raw: raw + b" ",
    ],
)
def test_a_ballot_in_another_form_is_rejected(change: Callable[[bytes], bytes]) -> None:
    vote = voted()
    vote.post(change(vote.make(1, (0,))))
    assert codes(vote.raw) <= {"not-canonical", "too-large"}
    assert failed(verify(vote.raw, jobs=1)) == {"ballots"}


@pytest.mark.parametrize("what", ["election", "setup", "question", "trustee"])
def test_an_unknown_field_in_the_setup_is_rejected(what: str) -> None:
    places = {"election": 0, "question": 0, "trustee": 1, "setup": 3}

    def change(place: int, kind: str, body: bytes) -> bytes | None:
        if kind != "Setup" or place != places[what]:
            return None
        if what == "question":
            return body.replace(b'"answers":', b'"extra":1,"answers":', 1)
        if what == "trustee":
            return body.replace(b'{"pok":', b'{"extra":1,"pok":', 1)
        return b'{"extra":1,' + body[1:]

    assert "not-canonical" in codes(rewritten(FINISHED.raw, change))


@pytest.mark.parametrize("field", ["num_tallied", "total_weight"])
def test_wrong_counts_are_rejected_before_there_is_a_result(field: str) -> None:
    vote = voted()
    tally = encrypted_tally(vote.context, vote.ballots)
    sized = msgspec.structs.replace(decode(tally.sized, SizedTally), **{field: 5})
    vote.append(end_ballots(vote.head))
    vote.append(add_encrypted_tally(vote.head, tally.raw, encode(sized)))
    assert codes(vote.raw) == {"tally"}


def test_a_second_answer_of_one_trustee_is_rejected() -> None:
    vote = counted()
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    assert codes(vote.raw) == {"board-order"}


def test_the_same_ballot_twice_is_rejected() -> None:
    vote = voted()
    vote.post(vote.ballots[0])
    assert codes(vote.raw) == {"repeated-ballot"}
    assert failed(verify(vote.raw, jobs=1)) == {"repeats"}


def test_a_second_setup_is_rejected() -> None:
    vote = voted()
    other = Vote((question(2, 1, 1),), seed=99)
    setup = read_board(other.raw)
    vote.append(event(vote, "Setup", setup.election, setup.trustees, setup.credentials, b"{}"))
    assert codes(vote.raw) & {"board-order", "not-canonical"}


@pytest.mark.parametrize("listed", [b'["5"]', b'["99,x"]', b'["' + str(P - G).encode() + b'"]', b"[]x"])
def test_a_wrong_credential_list_is_rejected_without_any_ballot(listed: bytes) -> None:
    vote = Vote((question(2, 1, 1),))
    raw = open_board(TIMESTAMP, vote.context.raw, vote.trustees, listed).raw
    assert failed(verify(raw, jobs=1)) == {"credentials"}


def test_a_credential_listed_twice_is_rejected() -> None:
    vote = Vote((question(2, 1, 1),))
    listed = json.loads(vote.credential_list)
    raw = open_board(TIMESTAMP, vote.context.raw, vote.trustees, encode([*listed, listed[0]])).raw
    assert codes(raw) == {"credential-list"}


@pytest.mark.parametrize(
    "totals",
    [((0, 4 + int(Q)),), ((0, 3),), ((1, 4),), ((0,),), ((0, 4, 0),), ((0, 4), ()), (("0", 4),), ((-1, 4),)],
)
def test_a_result_that_is_not_the_plain_totals_is_rejected(totals: tuple[tuple[int | str, ...], ...]) -> None:
    written = [[str(n) if isinstance(n, int) and n > 2**30 else n for n in row] for row in totals]
    body = encode({"result": written})
    raw = rewritten(FINISHED.raw, lambda _, kind, __: body if kind == "Result" else None)
    assert failed(verify(raw, jobs=1)) == {"result"}


# Other ways to be wrong.


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


# The file itself.


def test_no_flipped_bit_of_the_file_is_accepted() -> None:
    rng = random.Random(21)
    for _ in range(300):
        raw = bytearray(FINISHED.raw)
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        assert not verify(bytes(raw), jobs=1).ok


def test_no_changed_record_is_accepted_even_when_the_chain_is_made_again() -> None:
    rng = random.Random(22)
    for _ in range(60):
        kind = rng.choice(["Setup", "Ballot", "EncryptedTally", "PartialDecryption", "Result"])
        where = rng.randrange({"Setup": 4, "EncryptedTally": 2, "PartialDecryption": 2}.get(kind, 1))

        def change(place: int, found: str, body: bytes, kind: str = kind, where: int = where) -> bytes | None:
            if (found, place) != (kind, where):
                return None
            raw = bytearray(body)
            name = (
                body.find(b'"name"') if (kind, where) == ("Setup", 1) else -1
            )  # a name is bound by nothing else
            at = rng.randrange(len(raw) if name < 0 else name)
            raw[at] = rng.choice([byte for byte in range(32, 127) if byte != raw[at]])
            return bytes(raw)

        assert not verify(rewritten(FINISHED.raw, change), jobs=1).ok, (kind, where)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw + bytes(1024),
        lambda raw: raw + b"\0",
        lambda raw: raw[:-1],
        lambda raw: raw[:-512],
        lambda raw: raw[512:],
        lambda raw: b"",
        lambda raw: raw[:1024],
        lambda raw: b"not a board at all",
        lambda raw: raw[:1024] + raw,
    ],
)
def test_a_file_cut_or_lengthened_is_rejected(change: Callable[[bytes], bytes]) -> None:
    verdict = verify(change(FINISHED.raw), jobs=1)
    assert not verdict.ok
    assert failed(verdict) == {"archive"}
    assert all(problem.text() for problem in verdict.problems)


@pytest.mark.parametrize("field", ["parent", "height", "type", "payload"])
def test_a_broken_link_is_rejected(field: str) -> None:
    vote = voted()
    ballot = vote.make(1, (0,))
    good = add_ballot(vote.head, ballot).raw
    start = good.rindex(b'{"parent":')
    link = json.loads(good[start : good.index(b"}", start) + 1])
    link[field] = {"parent": "0" * 64, "height": 99, "type": "Result", "payload": "0" * 64}[field]
    data_length = 512 + len(ballot) + (-len(ballot) % 512)
    raw = vote.raw + good[:data_length] + record(EVENT, encode(link), TIMESTAMP)
    assert codes(raw) & {"board-chain", "board-order"}


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


@pytest.mark.slow
def test_never_is_a_board_accepted_that_the_reference_rejects(tmp_path: Path) -> None:
    rng = random.Random(23)
    rejected = 0
    for number in range(25):
        kind = rng.choice(["Ballot", "PartialDecryption", "Setup"])

        def change(place: int, found: str, body: bytes, kind: str = kind) -> bytes | None:
            if found != kind or place > 2 or (kind == "PartialDecryption" and place):
                return None
            digits = [at for at, byte in enumerate(body) if 48 <= byte < 58]
            raw = bytearray(body)
            raw[rng.choice(digits)] = rng.choice(b"123456789")
            return bytes(raw)

        raw = rewritten(FINISHED.raw, change)
        if not reference_accepts(tmp_path / str(number), raw):
            rejected += 1
            assert not verify(raw, jobs=1).ok
    assert rejected >= 20
