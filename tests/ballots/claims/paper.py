"""Claims about ballots and boards: pure code, no database."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest

from ballots.protocol import archive, board, group, proofs, recount, tally, trustees, verifier
from ballots.protocol.ballot import check_form, check_proofs, encrypt, read_ballot
from ballots.protocol.board import add_encrypted_tally, add_partial_decryption, end_ballots
from ballots.protocol.records import Ballot, Result, decode, encode
from ballots.protocol.tally import encrypted_tally, read_result
from ballots.protocol.trustees import check_partial_decryption, read_key
from ballots.protocol.verifier import verify
from tests.ballots.boards import FINISHED, Vote, counted, question, voted
from tests.ballots.claims.claim import Claim, Place, must, put, refused, rewrite, yes
from tests.ballots.forging import event, rewritten, signed, with_small_order, with_value, with_wider_rule


def sound(raw: bytes) -> bool:
    """Whether our verifier is content with a board."""
    return verify(raw, jobs=1).ok


def voting(*weights: int) -> Vote:
    """An open vote: one or two of three options."""
    return Vote((question(3, 1, 2),), weights or (1, 1))


def refused_everywhere(vote: Vote, raw: bytes) -> None:
    """The server refuses the ballot, and so does the verifier of a board that has it."""
    must(refused(check_proofs, vote.context, raw))
    vote.post(raw)
    must(not sound(vote.raw))


# Every choice is 0 or 1, their sum is allowed, and nothing leaves the group.


async def only_zero_or_one(_: Place) -> None:
    for plain in ([2, 0, 0], [2, -1, 0]):
        vote = voting()
        refused_everywhere(vote, with_value(vote, 0, plain))


async def picks_obey_the_question(_: Place) -> None:
    vote = voting()
    refused_everywhere(vote, with_wider_rule(vote, 0, (0, 1, 2)))


def _unchecked(patch: pytest.MonkeyPatch, *, individual: bool) -> None:
    original = proofs.disjunction_holds

    def holds(
        g: object, y: object, prefix: str, branches: Sequence[tuple[object, int]], proof: object
    ) -> bool:
        if ([value for _, value in branches] == [0, 1]) is individual:
            return True
        return original(g, y, prefix, branches, proof)  # type: ignore[arg-type]  # handed on as they came

    put(patch, original, holds)


async def in_the_group(_: Place) -> None:
    vote = voting()
    refused_everywhere(vote, with_small_order(vote, 0, 2))


# Whose ballot, and of which vote.


async def signed_by_its_credential(_: Place) -> None:
    vote = voting()
    raw = signed(vote, 1, decode(vote.make(0, (0,)), Ballot))
    must(refused(check_form, vote.context, raw))
    vote.post(raw)
    must(not sound(vote.raw))


async def a_copy_is_worth_nothing(_: Place) -> None:
    vote = voting()
    copied = msgspec.structs.replace(decode(vote.make(0, (0,)), Ballot), credential=vote.keys[1].public)
    refused_everywhere(vote, signed(vote, 1, copied))


async def of_this_vote_only(_: Place) -> None:
    vote, rehearsal = voting(), Vote((question(3, 1, 2),), (1, 1), description="a rehearsal")
    must(vote.uuid == rehearsal.uuid and vote.context.fingerprint != rehearsal.context.fingerprint)
    earlier = rehearsal.make(0, (0,))
    must(refused(read_ballot, vote.context, earlier))
    moved = msgspec.structs.replace(decode(earlier, Ballot), election_hash=vote.context.fingerprint)
    refused_everywhere(vote, signed(vote, 0, moved))


def _left_out_of_proofs(patch: pytest.MonkeyPatch, place: int) -> None:
    """Prover and checker leave one part out of what is hashed: 1 the election's fingerprint, 2 the credential."""
    original = group.hashed_exponent

    def hashed(text: str) -> object:
        parts = text.split("|")
        if parts[0] in ("prove", "bproof0", "bproof1"):
            del parts[place]
        return original("|".join(parts))

    put(patch, original, hashed)


async def only_those_listed(_: Place) -> None:
    vote, other = voting(), Vote((question(3, 1, 2),), (1, 1), seed=2)
    stranger = encrypt(vote.context, other.keys[0].secret, [(0,)])
    must(refused(check_form, vote.context, stranger))
    vote.post(stranger)
    must(not sound(vote.raw))


def _strangers_let_in(patch: pytest.MonkeyPatch) -> None:
    rewrite(patch, verifier._check_ballots, "if ballot.credential not in context.weights:", "if False:")


async def written_one_way_only(_: Place) -> None:
    vote = voting()
    raw = vote.make(0, (0,))
    must(not refused(read_ballot, vote.context, raw))
    for other in (raw.replace(b",", b", ", 1), raw.replace(b'"answers"', b'"answer\\u0073"', 1)):
        must(refused(read_ballot, vote.context, other))


async def unlike_each_other(_: Place) -> None:
    made = [encrypt(FINISHED.context, FINISHED.keys[0].secret, [(0,)]) for _again in range(2)]
    alphas = [{pair.alpha for pair in decode(raw, Ballot).answers[0].choices} for raw in made]
    must(len(alphas[0]) == len(alphas[1]) == len(alphas[0] | alphas[1]) / 2)


def _one_randomness(patch: pytest.MonkeyPatch) -> None:
    fixed = group.random_exponent(random.Random(1))
    put(patch, group.random_exponent, lambda *_: fixed)


# The board only grows, in one order, and says nothing of times.


async def an_old_ballot_cannot_come_again(_: Place) -> None:
    vote = voting()
    first = vote.cast(0, (0,))
    vote.cast(0, (1,))
    must(sound(vote.raw))
    vote.post(first)
    must(not sound(vote.raw))


async def nothing_is_taken_out(_: Place) -> None:
    vote = voting(1, 1, 1)
    ends = []
    for voter in range(3):
        vote.cast(voter, (voter,))
        ends.append(len(vote.raw))
    must(sound(vote.raw))
    must(not sound(vote.raw[: ends[0]] + vote.raw[ends[1] :]))


async def no_vote_after_the_end(_: Place) -> None:
    vote = voting()
    vote.cast(0, (0,))
    vote.append(end_ballots(vote.head))
    vote.append(event(vote, "Ballot", vote.make(1, (1,))))
    must(not sound(vote.raw))


def _any_order(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(board._FOLLOWERS, "EndBallots", ("Ballot", "EncryptedTally"))


async def no_time_of_a_ballot(_: Place) -> None:
    vote = voting()
    for voter in range(2):
        vote.cast(voter, (voter,))
    place, times = 0, set()
    while place < len(vote.raw):
        times.add(vote.raw[place + 136 : place + 147])
        place += 512 + -(-int(vote.raw[place + 124 : place + 135], 8) // 512) * 512
    must(len(times) == 1)


def _times_of_records(patch: pytest.MonkeyPatch) -> None:
    rewrite(patch, archive._record, 'f"{timestamp:011o}"', 'f"{timestamp + len(body):011o}"')


# The count.


async def the_tally_is_that_of_the_ballots(_: Place) -> None:
    vote = voting()
    for voter in range(2):
        vote.cast(voter, (voter,))
    vote.append(end_ballots(vote.head))
    short = encrypted_tally(vote.context, vote.ballots[:1])
    vote.append(add_encrypted_tally(vote.head, short.raw, short.sized))
    must(not sound(vote.raw))


async def the_last_ballot_counts(_: Place) -> None:
    vote = voting()
    for voter, pick in ((0, 0), (1, 1), (0, 2)):
        vote.cast(voter, (pick,))
    vote.close()
    must(vote.tally is not None and vote.tally.num_tallied == 2 and sound(vote.raw))


def _first_counts(patch: pytest.MonkeyPatch) -> None:
    rewrite(
        patch,
        tally.encrypted_tally,
        "last[ballot.credential] = ballot",
        "last.setdefault(ballot.credential, ballot)",
    )


async def a_wrong_share_is_seen(_: Place) -> None:
    vote = counted()
    assert vote.tally is not None
    share = trustees.partial_decryption(vote.context.fingerprint, vote.tally.raw, vote.secrets[0] + 1)
    key = trustees.read_trustees(vote.trustees).owners[0].public_key
    must(refused(check_partial_decryption, vote.context.fingerprint, vote.tally.raw, key, share))
    vote.append(add_partial_decryption(vote.head, 1, share))
    must(not sound(vote.raw))


async def one_share_a_trustee(_: Place) -> None:
    vote = counted()
    for _again in range(2):
        vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    must(not sound(vote.raw))


def _shares_repeat(patch: pytest.MonkeyPatch) -> None:
    repeated = "any(owned.owner == earlier.owner for earlier in board.decryptions)"
    rewrite(patch, board._take, f"if {repeated}:", "if False:")


async def the_result_is_what_the_shares_open(_: Place) -> None:
    vote = voted()
    raw = vote.finish()
    must(sound(raw))

    def one_more(_: int, kind: str, body: bytes) -> bytes | None:
        if kind != "Result":
            return None
        (row,) = read_result(body)
        return encode(Result(((row[0] - 1, *row[1:]),)))

    must(not sound(rewritten(raw, one_more)))


async def a_key_is_proven(_: Place) -> None:
    honest, other = trustees.make_key()[1], trustees.make_key()[1]
    must(not refused(read_key, honest))
    rogue = msgspec.json.decode(honest)
    rogue["public_key"] = msgspec.json.decode(other)["public_key"]
    must(refused(read_key, msgspec.json.encode(rogue)))


PAPER = (
    Claim(
        "choices",
        "Every choice of a ballot is proven to be 0 or 1: no ballot counts double or takes votes away.",
        "the proofs of single choices are not checked",
        only_zero_or_one,
        lambda patch: _unchecked(patch, individual=True),
    ),
    Claim(
        "picks",
        "No ballot holds more or fewer choices than its question allows.",
        "the overall proof is not checked",
        picks_obey_the_question,
        lambda patch: _unchecked(patch, individual=False),
    ),
    Claim(
        "membership",
        "Numbers outside of the group, with which every proof could be made to fit, are refused.",
        "the membership check is skipped",
        in_the_group,
        lambda patch: patch.setattr(proofs.Squared, "is_member", yes),
    ),
    Claim(
        "signature",
        "A ballot counts only if it was signed with the credential whose public half it names.",
        "signatures are not checked",
        signed_by_its_credential,
        lambda patch: put(patch, proofs.signature_holds, yes),
    ),
    Claim(
        "copying",
        "Nobody can cast a copy of somebody else's encrypted choice as their own.",
        "the credential is left out of what the proofs hash",
        a_copy_is_worth_nothing,
        lambda patch: _left_out_of_proofs(patch, 2),
    ),
    Claim(
        "this-vote",
        "A ballot of another vote, or of the rehearsal, is worth nothing in this one.",
        "the election's fingerprint is left out of what the proofs hash",
        of_this_vote_only,
        lambda patch: _left_out_of_proofs(patch, 1),
    ),
    Claim(
        "listed",
        "Only credentials on the public list vote.",
        "the verifier does not look the credential up",
        only_those_listed,
        _strangers_let_in,
    ),
    Claim(
        "canonical",
        "A ballot can be written in one way only: no blank, no other spelling, no further field.",
        "records are not compared with their only form",
        written_one_way_only,
        lambda patch: rewrite(patch, decode, "same = msgspec.json.encode(record) == raw", "same = True"),
    ),
    Claim(
        "randomness",
        "Two ballots with the same choices have nothing in common that could be seen.",
        "every exponent drawn is the same",
        unlike_each_other,
        _one_randomness,
    ),
    Claim(
        "repeats",
        "An old ballot cannot be put on the board again to undo a later one.",
        "the verifier lets ballots repeat",
        an_old_ballot_cannot_come_again,
        lambda patch: rewrite(patch, verifier._check_ballots, "if posted.digest in seen:", "if False:"),
    ),
    Claim(
        "append-only",
        "Nothing can be taken off the board, or changed on it, without the chain of its events breaking.",
        "links of the chain are not checked",
        nothing_is_taken_out,
        lambda patch: put(patch, board._check_link, lambda *_: None),
    ),
    Claim(
        "order",
        "No ballot stands on the board after the end of the vote, where other verifiers would not count it.",
        "the order of steps is not enforced",
        no_vote_after_the_end,
        _any_order,
    ),
    Claim(
        "no-times",
        "The board does not say when a ballot came.",
        "records carry times of their own",
        no_time_of_a_ballot,
        _times_of_records,
    ),
    Claim(
        "tally",
        "The encrypted totals are those of all ballots that count: neither a ballot left out nor one alone is opened.",
        "the recorded totals are not compared",
        the_tally_is_that_of_the_ballots,
        lambda patch: put(patch, recount._check_tally, yes),
    ),
    Claim(
        "last-counts",
        "Of a voter's ballots the last one counts, and only that.",
        "the first one counts",
        the_last_ballot_counts,
        _first_counts,
    ),
    Claim(
        "shares",
        "A trustee's wrong share of the decryption is refused.",
        "proofs of decryption are not checked",
        a_wrong_share_is_seen,
        lambda patch: put(patch, proofs.decryption_holds, yes),
    ),
    Claim(
        "one-share",
        "No trustee answers twice.",
        "shares of one trustee may repeat",
        one_share_a_trustee,
        _shares_repeat,
    ),
    Claim(
        "result",
        "The announced totals are what the trustees' shares open.",
        "the result is not compared",
        the_result_is_what_the_shares_open,
        lambda patch: put(patch, recount._check_result, lambda *_: None),
    ),
    Claim(
        "possession",
        "A trustee proves to hold the secret of its key, so that no key can be made from the others' keys.",
        "the proof of possession is not checked",
        a_key_is_proven,
        lambda patch: put(patch, proofs.possession_holds, yes),
    ),
)
