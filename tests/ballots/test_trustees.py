"""Keys in several hands, and the count they open together."""

from __future__ import annotations

import json
import random

import msgspec
import pytest
from gmpy2 import mpz, powmod

from ballots.protocol.group import G, P, Q
from ballots.protocol.proofs import prove_possession
from ballots.protocol.records import EncryptedTally, Result, TrusteeKey, count, decode, encode
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.tally import discrete_logs, encrypted_tally, opened, read_result, result_record
from ballots.protocol.trustees import (
    check_partial_decryption,
    make_key,
    partial_decryption,
    read_key,
    read_trustees,
    trustees_record,
)
from tests.ballots.boards import Vote, question


def test_a_made_key_is_read_back_with_its_name() -> None:
    secret, raw = make_key("감사위원회", random.Random(1))
    key = read_key(raw)
    assert (key.public_key, key.name) == (str(powmod(G, secret, P)), "감사위원회")
    assert b'"name"' not in make_key(rng=random.Random(1))[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw + b"\n",
        lambda raw: raw.replace(b'"challenge":"', b'"challenge":"0', 1),
        lambda raw: raw[:-1] + b',"private_key":"1"}',
        lambda raw: b"{}",
        lambda raw: b"",
    ],
)
def test_a_key_in_another_form_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(Invalid) as caught:
        read_key(change(make_key(rng=random.Random(2))[1]))
    assert caught.value.reason is Reason.NOT_CANONICAL


def test_a_key_whose_proof_belongs_to_another_is_refused() -> None:
    """A rogue key computed from the others' cannot come with a proof of its secret."""
    first, second = (read_key(make_key(rng=random.Random(seed))[1]) for seed in (3, 4))
    rogue = encode(msgspec.structs.replace(first, public_key=second.public_key))
    with pytest.raises(Invalid) as caught:
        read_key(rogue)
    assert caught.value.reason is Reason.TRUSTEE_PROOF


@pytest.mark.parametrize("element", ["0", "1", str(P - G), str(P - 1), str(P), "2"])
def test_a_key_outside_the_group_is_refused(element: str) -> None:
    proof = prove_possession(mpz(0), element, random.Random(5))
    with pytest.raises(Invalid):
        read_key(encode(TrusteeKey(pok=proof, public_key=element)))


def test_one_trustee_or_the_same_twice_is_refused() -> None:
    first, second = (make_key(rng=random.Random(seed))[1] for seed in (6, 7))
    for keys in ([], [first], [first, first], [first, second, first]):
        with pytest.raises(Invalid) as caught:
            trustees_record(keys)
        assert caught.value.reason is Reason.TRUSTEES


def test_the_joint_key_is_the_product_of_all_keys() -> None:
    made = [make_key(rng=random.Random(seed)) for seed in (8, 9, 10)]
    trustees = read_trustees(trustees_record([key for _, key in made]))
    assert trustees.public_key == str(powmod(G, sum(secret for secret, _ in made), P))
    assert len(trustees.owners) == 3


def closed() -> Vote:
    vote = Vote((question(3, 1, 2),), (1, 4), seed=11)
    vote.cast(0, (0, 1))
    vote.cast(1, (1,))
    vote.close()
    return vote


def test_the_shares_of_all_trustees_open_the_totals() -> None:
    vote = closed()
    vote.open()
    assert vote.tally is not None
    trustees = read_trustees(vote.trustees)
    assert read_result(result_record(vote.tally.raw, trustees, vote.shares, 5)) == [[1, 5, 0]]
    backwards = dict(reversed(vote.shares.items()))
    assert read_result(result_record(vote.tally.raw, trustees, backwards, 5)) == [[1, 5, 0]]


def test_one_trustee_alone_opens_nothing() -> None:
    vote = closed()
    assert vote.tally is not None
    with pytest.raises(Invalid) as caught:
        result_record(vote.tally.raw, read_trustees(vote.trustees), {1: vote.share(1)}, 5)
    assert caught.value.reason is Reason.RESULT


def test_a_share_is_good_for_its_trustee_tally_and_election_only() -> None:
    vote = closed()
    assert vote.tally is not None
    keys = [owner.public_key for owner in read_trustees(vote.trustees).owners]
    share, phi = vote.share(1), vote.context.fingerprint
    check_partial_decryption(phi, vote.tally.raw, keys[0], share)
    other = encrypted_tally(vote.context, vote.ballots[:1])
    for fingerprint, tally, key in [
        (phi, vote.tally.raw, keys[1]),
        (phi, other.raw, keys[0]),
        ("x" * 43, vote.tally.raw, keys[0]),
    ]:
        with pytest.raises(Invalid) as caught:
            check_partial_decryption(fingerprint, tally, key, share)
        assert caught.value.reason is Reason.DECRYPTION


def test_a_share_of_ciphertexts_outside_the_group_is_not_computed() -> None:
    vote = closed()
    assert vote.tally is not None
    tally = json.loads(vote.tally.raw)
    tally[0][0]["alpha"] = str(P - mpz(tally[0][0]["alpha"]))
    with pytest.raises(Invalid) as caught:
        partial_decryption(vote.context.fingerprint, encode(tally), vote.secrets[0])
    assert caught.value.reason is Reason.NOT_IN_GROUP


def test_the_order_of_different_voters_does_not_matter_and_that_of_one_voter_does() -> None:
    vote = Vote((question(2, 1, 1),), (1, 1), seed=12)
    first, second, third = vote.make(0, (0,)), vote.make(1, (0,)), vote.make(0, (1,))
    tallies = [
        encrypted_tally(vote.context, order).raw
        for order in ([first, second, third], [second, first, third], [third, second, first])
    ]
    assert tallies[0] == tallies[1] != tallies[2]


def test_no_ballots_give_a_tally_of_ones_and_zero_totals() -> None:
    vote = Vote((question(2, 1, 1),), seed=13)
    vote.close()
    vote.open()
    assert vote.tally is not None
    assert {(pair.alpha, pair.beta) for pair in decode(vote.tally.raw, EncryptedTally)[0]} == {("1", "1")}
    assert opened(vote.tally.raw, read_trustees(vote.trustees), vote.shares) == [[1, 1]]
    assert read_result(result_record(vote.tally.raw, read_trustees(vote.trustees), vote.shares, 0)) == [
        [0, 0]
    ]


@pytest.mark.parametrize("bound", [0, 1, 2, 15, 16, 17, 1000, 10**9])
def test_discrete_logs_are_found_up_to_the_bound_and_not_beyond(bound: int) -> None:
    numbers = sorted({0, bound // 3, bound // 2, bound})
    assert discrete_logs([powmod(G, number, P) for number in numbers], bound) == numbers
    with pytest.raises(Invalid):
        discrete_logs([powmod(G, bound + 1, P)], bound)
    with pytest.raises(Invalid):
        discrete_logs([powmod(G, Q - 1, P)], bound)


def test_large_totals_are_written_as_strings_and_small_ones_are_not() -> None:
    assert encode(Result(((count(2**30 - 1), count(2**30)),))) == b'{"result":[[1073741823,"1073741824"]]}'
    assert read_result(b'{"result":[[1073741823,"1073741824"]]}') == [[2**30 - 1, 2**30]]
    for other in (
        b'{"result":[["7"]]}',
        b'{"result":[[1073741824]]}',
        b'{"result":[[1.0]]}',
        b'{"result":[[true]]}',
    ):
        with pytest.raises(Invalid):
            read_result(other)
