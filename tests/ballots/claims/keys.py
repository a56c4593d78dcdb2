"""Claims about the trustees: how many must come together, and what a cheat among them can do."""

from __future__ import annotations

import random

import pytest
from gmpy2 import invert, mpz

from ballots.protocol import pedersen, seeds, verifier
from ballots.protocol.board import open_board
from ballots.protocol.credentials import draw_uuid
from ballots.protocol.election import election_record
from ballots.protocol.group import P
from ballots.protocol.records import EncryptedTally, PartialDecryption, decode, encode
from ballots.protocol.refusals import Invalid
from ballots.protocol.sealing import seal_share, signed
from ballots.protocol.seeds import draw_seed, signing_secret
from ballots.protocol.tally import discrete_logs
from ballots.protocol.threshold import (
    Dealing,
    SealedShares,
    context_of,
    make_certificate,
    make_dealing,
    receive,
)
from ballots.protocol.trustees import make_key, read_trustees, trustees_record
from ballots.protocol.verifier import verify
from tests.ballots.boards import TIMESTAMP, Vote, ceremony, question
from tests.ballots.claims.claim import Claim, Place, must, refused, rewrite


def two_of_three() -> Vote:
    """A closed and added-up vote, any two of whose three trustees suffice."""
    vote = Vote((question(3, 1, 2),), (1, 1, 1), seed=41, threshold=2)
    for voter in range(3):
        vote.cast(voter, (voter, (voter + 1) % 3))
    vote.close()
    return vote


async def one_alone_opens_nothing(_: Place) -> None:
    vote = two_of_three()
    assert vote.tally is not None
    pairs = [pair for row in decode(vote.tally.raw, EncryptedTally) for pair in row]
    for owner in (1, 2, 3):
        factors = [f for row in decode(vote.share(owner), PartialDecryption).decryption_factors for f in row]
        opened = [
            mpz(pair.beta) * invert(mpz(factor), P) % P for pair, factor in zip(pairs, factors, strict=True)
        ]
        must(refused(discrete_logs, opened, vote.tally.total_weight))


def _anybody_alone(patch: pytest.MonkeyPatch) -> None:
    constant = "for k in range(1)] + [mpz(0)] * (threshold - 1)"
    rewrite(patch, seeds.coefficients, "for k in range(threshold)]", constant)
    # All members' shares are then the whole key, which would be noticed on the board.
    rewrite(patch, read_trustees, "if len({key.public_key for key in owners}) < len(owners):", "if False:")


async def nobody_is_enough_alone(_: Place) -> None:
    rng = random.Random(44)
    only = make_key(rng=rng)[1]
    group = ceremony(draw_uuid(rng), 3, 1, rng)[0]
    must(refused(trustees_record, [only]) and refused(trustees_record, [], group))


async def any_two_suffice(_: Place) -> None:
    for owners in ((1, 2), (3, 1), (2, 3)):
        vote = two_of_three()
        must(not refused(vote.open, owners) and verify(vote.raw, jobs=1).ok)


async def a_wrong_dealer_is_named(_: Place) -> None:
    rng = random.Random(42)
    uuid = draw_uuid(rng)
    holders = [draw_seed(rng) for _member in range(3)]
    certificates = [make_certificate(each, uuid, rng) for each in holders]
    dealings = [make_dealing(each, uuid, certificates, 2, rng) for each in holders]
    must(not refused(receive, holders[2], uuid, certificates, dealings, 2))

    context = context_of(certificates)
    honest = decode(dealings[1], Dealing)
    shares = decode(honest.shares.message.encode(), SealedShares).shares
    wrong = seal_share(mpz(1234), shares[2].recipient, f"{uuid}|{context}|2|3", rng)
    sealed = encode(SealedShares(context, (*shares[:2], wrong)))
    dealings[1] = encode(Dealing(honest.coefexps, signed(signing_secret(holders[1], uuid), sealed, rng)))
    named = None
    try:
        receive(holders[2], uuid, certificates, dealings, 2)
    except Invalid as finding:
        named = finding.values["member"]
    must(named == 2)


async def the_key_is_the_trustees(_: Place) -> None:
    vote, other = two_of_three(), Vote(seed=43)
    record = election_record(
        uuid=vote.uuid,
        name=vote.name,
        questions=vote.questions,
        public_key=other.context.election.public_key,
    )
    raw = open_board(TIMESTAMP, record, vote.trustees, vote.credential_list).raw
    must(not verify(raw, jobs=1).ok)


KEYS = (
    Claim(
        "threshold",
        "Fewer trustees than agreed open nothing, whatever else they and the server know.",
        "the dealt polynomials are constant: any one share is the key",
        one_alone_opens_nothing,
        _anybody_alone,
    ),
    Claim(
        "two-at-least",
        "No vote can be set up so that one trustee alone would open it.",
        "the least number of trustees is not enforced",
        nobody_is_enough_alone,
        lambda patch: rewrite(patch, read_trustees, "if trustees.needed < FEWEST:", "if False:"),
    ),
    Claim(
        "absent",
        "Any trustees of a group, as many as agreed, open the totals; who is absent cannot hold up the count.",
        "shares are combined without Lagrange coefficients",
        any_two_suffice,
        lambda patch: rewrite(patch, pedersen.lagrange, "return coefficient", "return mpz(1)"),
    ),
    Claim(
        "dealing",
        "A trustee who deals a wrong share of the key is found out and named.",
        "shares are not compared with the commitments",
        a_wrong_dealer_is_named,
        lambda patch: rewrite(
            patch, receive, "share is None or powmod(G, share, P) != committed(coefexps, me)", "share is None"
        ),
    ),
    Claim(
        "joint-key",
        "The ballots are encrypted under the joint key of the named trustees and no other.",
        "the election's key is not compared with the trustees'",
        the_key_is_the_trustees,
        lambda patch: rewrite(
            patch, verifier._check_setup, "if trustees.public_key != election.public_key:", "if False:"
        ),
    ),
)
