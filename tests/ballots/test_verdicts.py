"""What a verdict says beside yes and no: what is not there yet, whose board it is, and where a mistake is."""

from __future__ import annotations

from gmpy2 import mpz

from ballots.protocol.board import Head, add_partial_decryption, end_ballots
from ballots.protocol.group import G
from ballots.protocol.powers import PowerTable
from ballots.protocol.proofs import Squared, disjunction_holds
from ballots.protocol.records import sha256_b64
from ballots.protocol.trustees import partial_decryption
from ballots.protocol.verifier import verify
from tests.ballots.boards import counted, voted

NOT_ENDED, NO_TALLY, NO_RESULT = (
    "아직 투표가 끝나지 않았습니다.",
    "아직 암호화된 합계가 없습니다.",
    "아직 개표 결과가 없습니다.",
)


def test_a_board_says_what_is_not_there_yet_and_nothing_else() -> None:
    vote = voted()
    pending = set(verify(vote.raw, jobs=1).pending)
    assert {NOT_ENDED, NO_TALLY, NO_RESULT} <= pending
    vote.close()
    pending = set(verify(vote.raw, jobs=1).pending)
    assert not {NOT_ENDED, NO_TALLY} & pending and NO_RESULT in pending
    vote.open()
    assert verify(vote.raw, jobs=1).pending == ()


def test_a_verdict_names_its_vote_and_every_check_says_a_sentence() -> None:
    vote = voted()
    verdict = verify(vote.raw, jobs=1)
    assert (verdict.uuid, verdict.name, verdict.fingerprint) == (
        vote.uuid,
        vote.name,
        sha256_b64(vote.context.raw),
    )
    assert (verdict.ballots, verdict.voters, verdict.credentials) == (4, 3, 3)
    assert all(len(check.text()) > 10 for check in verdict.checks)


def test_a_wrong_share_is_found_at_its_event() -> None:
    vote = counted()
    assert vote.tally is not None
    height = vote.head.height
    wrong = partial_decryption(vote.context.fingerprint, vote.tally.raw, vote.secrets[0] + 1)
    vote.append(add_partial_decryption(vote.head, 1, wrong))
    verdict = verify(vote.raw, jobs=1)
    assert [problem.values["height"] for problem in verdict.problems] == [height]


def test_a_proof_with_another_number_of_branches_proves_nothing() -> None:
    table = PowerTable(G, 4)
    assert not disjunction_holds(table, table, "prefix", [(Squared(mpz(G), mpz(G)), 0)], ())


def test_a_letter_in_a_records_size_is_refused_where_it_stands() -> None:
    raw = voted().raw
    (problem,) = verify(raw[:130] + b"X" + raw[131:], jobs=1).problems
    assert (problem.code, problem.values["record"]) == ("board-form", 1)


def test_a_broken_link_is_found_at_its_record_and_event() -> None:
    vote = voted()
    vote.append(end_ballots(Head(vote.head.timestamp, "0" * 64, vote.head.height)))
    (problem,) = verify(vote.raw, jobs=1).problems
    assert problem.code == "board-chain"
    assert problem.values["height"] == 5
    assert problem.values["record"] == 1 + 5 + 2 * 4 + 1
