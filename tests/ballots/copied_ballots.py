"""Ballots that must not count, put together from parts of honest ones, or meant for another election."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import msgspec
from gmpy2 import mpz

from ballots.protocol.ballot import encrypt
from ballots.protocol.credentials import derive, draw
from ballots.protocol.election import open_election
from ballots.protocol.group import G, P, Q
from ballots.protocol.records import Answer, Ballot, Proof, Question, decode, encode, sha256_b64
from tests.ballots.boards import Vote
from tests.ballots.forging import signed, strange, with_answer
from tests.ballots.honest_ballots import Ballots, some_picks
from tests.ballots.mutated_json import (
    always,
    changed,
)

Named = Iterator[tuple[str, bytes]]


def permuted(ballots: Ballots) -> Named:
    """Choices and proofs in another order, with or without each other, signed again."""
    vote, raw = ballots.vote, ballots.first
    answer = decode(raw, Ballot).answers[0]
    width = len(answer.choices)
    for order in itertools.permutations(range(width)):
        if order == tuple(range(width)):
            continue
        choices = tuple(answer.choices[i] for i in order)
        proofs = tuple(answer.individual_proofs[i] for i in order)
        for what, new in {
            "choices": msgspec.structs.replace(answer, choices=choices),
            "proofs": msgspec.structs.replace(answer, individual_proofs=proofs),
            "choices and proofs": msgspec.structs.replace(answer, choices=choices, individual_proofs=proofs),
        }.items():
            yield f"{what} in the order {order}", with_answer(vote, 0, raw, always(new))
    for place in range(width):
        turned = [pair[::-1] if i == place else pair for i, pair in enumerate(answer.individual_proofs)]
        new = msgspec.structs.replace(answer, individual_proofs=tuple(turned))
        yield f"the branches of proof {place} exchanged", with_answer(vote, 0, raw, always(new))
    halves = tuple(msgspec.structs.replace(c, alpha=c.beta, beta=c.alpha) for c in answer.choices)
    new = msgspec.structs.replace(answer, choices=halves)
    yield "alpha and beta exchanged", with_answer(vote, 0, raw, always(new))


def copied(ballots: Ballots) -> Named:
    """Parts of other ballots: of the same voter, of another voter, of another question."""
    vote = ballots.vote
    mine, again, other = (decode(raw, Ballot) for raw in (ballots.first, ballots.again, ballots.other))
    for whose, source in (("an earlier ballot", again), ("another voter's ballot", other)):
        for part in ("choices", "individual_proofs", "overall_proof", "blank_proof"):
            value = getattr(source.answers[0], part)
            if value is None:
                continue
            new = msgspec.structs.replace(mine.answers[0], **{part: value})
            yield f"{part} of {whose}", with_answer(vote, 0, ballots.first, always(new))
        for field in ("credential", "signature"):
            taken = msgspec.structs.replace(mine, **{field: getattr(source, field)})
            if field == "signature" or source is other:
                yield f"{field} of {whose}", encode(taken)
    choices = (other.answers[0].choices[0], *mine.answers[0].choices[1:])
    proofs = (other.answers[0].individual_proofs[0], *mine.answers[0].individual_proofs[1:])
    one = msgspec.structs.replace(mine.answers[0], choices=choices, individual_proofs=proofs)
    yield "one choice of another voter with its proof", with_answer(vote, 0, ballots.first, always(one))
    whole = msgspec.structs.replace(mine, answers=other.answers)
    yield "the whole answers of another voter", signed(vote, 0, whole)
    yield (
        "another voter's ballot under one's own name",
        signed(vote, 0, msgspec.structs.replace(other, credential=mine.credential)),
    )
    yield "one's ballot signed by another voter", signed(vote, 1, mine)
    twice = mine.answers[0].choices[0]
    doubled = msgspec.structs.replace(
        mine.answers[0],
        choices=(twice, twice, *mine.answers[0].choices[2:]),
        individual_proofs=(mine.answers[0].individual_proofs[0],) * 2 + mine.answers[0].individual_proofs[2:],
    )
    yield "the first choice again as the second", with_answer(vote, 0, ballots.first, always(doubled))
    if len(mine.answers) > 1:
        yield (
            "the questions exchanged",
            signed(vote, 0, msgspec.structs.replace(mine, answers=mine.answers[::-1])),
        )
        yield (
            "the first question answered twice",
            signed(vote, 0, msgspec.structs.replace(mine, answers=(mine.answers[0],) * 2)),
        )
        yield (
            "the second question left out",
            signed(vote, 0, msgspec.structs.replace(mine, answers=mine.answers[:1])),
        )


def unproven(ballots: Ballots) -> Named:
    """Proofs of nothing, too many, too few, of another kind, signed again."""
    vote, raw = ballots.vote, ballots.first
    none = Proof("0", "0")
    answer = decode(raw, Ballot).answers[0]
    pairs = answer.individual_proofs
    changes: dict[str, Answer] = {
        "every individual proof zero": msgspec.structs.replace(
            answer, individual_proofs=((none, none),) * len(pairs)
        ),
        "the overall proof zero": msgspec.structs.replace(
            answer, overall_proof=(none,) * len(answer.overall_proof)
        ),
        "the overall proof a branch longer": msgspec.structs.replace(
            answer, overall_proof=(*answer.overall_proof, none)
        ),
        "the overall proof a branch shorter": msgspec.structs.replace(
            answer, overall_proof=answer.overall_proof[1:]
        ),
        "one choice without its proof": msgspec.structs.replace(answer, individual_proofs=pairs[:-1]),
        "one proof without its choice": msgspec.structs.replace(answer, choices=answer.choices[:-1]),
        "one option less": msgspec.structs.replace(
            answer, choices=answer.choices[:-1], individual_proofs=pairs[:-1]
        ),
        "one option more": msgspec.structs.replace(
            answer, choices=(*answer.choices, answer.choices[0]), individual_proofs=(*pairs, pairs[0])
        ),
        "the overall proof in place of an individual one": msgspec.structs.replace(
            answer, individual_proofs=((answer.overall_proof[0], answer.overall_proof[1]), *pairs[1:])
        ),
        "a blank proof zero": msgspec.structs.replace(answer, blank_proof=(none, none)),
        "a blank proof of its own": msgspec.structs.replace(answer, blank_proof=pairs[0]),
    }
    if answer.blank_proof is not None:
        first, second = answer.blank_proof
        changes |= {
            "no blank proof": msgspec.structs.replace(answer, blank_proof=None),
            "the blank proof turned around": msgspec.structs.replace(answer, blank_proof=(second, first)),
            "the overall proof turned around": msgspec.structs.replace(
                answer, overall_proof=answer.overall_proof[::-1]
            ),
        }
    for name, new in changes.items():
        yield name, with_answer(vote, 0, raw, always(new))


def missigned(ballots: Ballots) -> Named:
    """Another signature or another name."""
    vote, mine = ballots.vote, decode(ballots.first, Ballot)
    digest = mine.signature.hash
    for name, text in {
        "padded": digest + "=",
        "in the URL alphabet": "-_" + digest[2:],
        "in hexadecimal": sha256_b64(b"").encode().hex(),
        "of another ballot": decode(ballots.again, Ballot).signature.hash,
        "empty": "",
        "shortened": digest[:-1],
    }.items():
        yield f"the hash {name}", changed(ballots.first, ("signature", "hash"), always(text))
    stranger = derive(draw(random.Random(5)), vote.uuid)
    picks = some_picks(vote)
    yield "of a credential that is not listed", encrypt(vote.context, stranger.secret, picks, vote.rng)
    yield "of the credential of exponent zero", encrypt(vote.context, 0, picks, vote.rng)
    yield "of the negated secret", encrypt(vote.context, int(Q) - vote.keys[0].secret, picks, vote.rng)
    for order in (2, 3):
        twisted = str(mpz(vote.keys[0].public) * strange(order) % P)
        while True:
            raw = signed(vote, 0, msgspec.structs.replace(mine, credential=twisted))
            if int(decode(raw, Ballot).signature.proof.challenge) % order == 0:
                break
        yield f"the credential times an element of order {order}, its signature fitting", raw
    for secret in ("7", "1"):
        fake = msgspec.structs.replace(mine, credential=str(pow(int(G), int(secret), int(P))))
        yield f"the credential g^{secret}", encode(fake)


def of_other_elections(ballots: Ballots) -> Named:
    """Honest ballots for elections that differ in one thing, as they are and redirected to this one."""
    vote = ballots.vote
    election = vote.context.election
    titles: tuple[Question, ...] = election.questions
    reworded = (msgspec.structs.replace(titles[0], question=titles[0].question + "."), *titles[1:])
    swapped = (msgspec.structs.replace(titles[0], answers=titles[0].answers[::-1]), *titles[1:])
    wider = (msgspec.structs.replace(titles[0], max=titles[0].max + 1), *titles[1:])
    other_key = Vote(vote.questions, (1, 1), seed=93).context.election.public_key
    others: dict[str, dict[str, Any]] = {
        "the rehearsal": {"uuid": Vote(vote.questions, (1,), seed=91).uuid},
        "an election of another name": {"name": election.name + " 연습"},
        "another description": {"description": "contracts sha256:ffff"},
        "another wording": {"questions": reworded},
        "another order of options": {"questions": swapped},
        "another rule": {"questions": wider},
        "another key": {"public_key": other_key},
    }
    for name, change in others.items():
        there = open_election(encode(msgspec.structs.replace(election, **change)), window=4)
        raw = encrypt(there, vote.keys[0].secret, some_picks(vote), vote.rng)
        yield f"a ballot of {name}", raw
        here = {"election_uuid": election.uuid, "election_hash": vote.context.fingerprint}
        ballot = msgspec.structs.replace(decode(raw, Ballot), **here)
        yield f"a ballot of {name}, redirected and signed again", signed(vote, 0, ballot)
        yield f"a ballot of {name}, redirected with its old signature", encode(ballot)
    for field, text in (("election_uuid", "2Koreatest1234"), ("election_hash", sha256_b64(b"another"))):
        moved = msgspec.structs.replace(decode(ballots.first, Ballot), **{field: text})
        yield f"{field} changed", signed(vote, 0, moved)
