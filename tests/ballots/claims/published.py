"""Claims about what gets out: batches, messages, results of few, fingerprints, the log of the server."""

from __future__ import annotations

import random

import pytest
import uvicorn
from sqlmodel import col, select, update

from ballots import box, casting, due, issuing, opened, ratings, reconciliation, strata, watch
from ballots.model import BoxedBallot, ElectionOption, OpenedBallot
from ballots.protocol import batches, binding
from ballots.protocol.ballot import tracker
from ballots.protocol.batches import next_batch
from ballots.protocol.binding import check_binding
from ballots.protocol.growth import compare
from ballots.protocol.records import sha256_hex
from ballots.protocol.verdict import Check
from ballots.protocol.verifier import verify
from ballots.ratings import rating_of
from ballots.roll_file import parse
from office import commands
from office.journal import JournalEntry
from tests.ballots.boards import Vote, question
from tests.ballots.claims.claim import Claim, Place, must, put, rewrite, turned_away
from tests.ballots.claims.place import ANY, give, poll_at, right_code, vote_at

# Batches.


async def ballots_wait_for_four_others(place: Place) -> None:
    vote = vote_at(place)
    people = "".join(f"{n},사람{n},010-2000-{1000 + n}\n" for n in range(1, 7))
    await vote.begin(listed=f"번호,이름,휴대전화\n{people}")
    published = []
    for voter in (0, 1, 2, 3, 0, 4):
        await vote.box([(voter, (voter % 3,))])
        published.append(await due.sequence(vote.db, vote.uuid))
    must(published == [0, 0, 0, 0, 0, 6])


def _at_once(patch: pytest.MonkeyPatch) -> None:
    for module in (batches, box):
        patch.setattr(module, "BATCH", 1)


async def order_tells_nothing(_: Place) -> None:
    waiting = [(voter, voter) for voter in range(5)]
    drawn = {tuple(next_batch(waiting, rng=random.Random(seed))) for seed in range(400)}
    must(len(drawn) > 100)


async def a_voter_keeps_the_last_word(_: Place) -> None:
    waiting = [(voter, (voter, turn)) for turn in range(3) for voter in range(5)]
    for seed in range(50):
        batch = next_batch(waiting, rng=random.Random(seed))
        must(all([turn for who, turn in batch if who == voter] == [0, 1, 2] for voter in range(5)))


# Messages, opened ballots.


async def the_voter_is_told(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    await give(poll, visitor, asked["challenge"], await right_code(poll, visitor, 0), raw)
    query = {"recipient": poll.phone(0), "purpose": "recorded"}
    answer = await visitor.get("/demonstration/outbox", params=query, headers={"Accept": "application/json"})
    must([tracker(raw) in message["text"] for message in answer.json()] == [False])


async def an_opened_ballot_is_never_cast(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(poll, visitor, 0)
    async with place.database().writing() as session:
        must(await opened.record(session, await box.election_of(session, poll.uuid), raw) == tracker(raw))
    await give(poll, visitor, asked["challenge"], code, raw)
    must((await visitor.send(f"{poll.address}/ballots", raw, expect=ANY)).status_code == 409)
    async with place.database().reading() as session:
        must(not list(await session.exec(select(BoxedBallot.id))))


async def _never_opened(*_: object) -> bool:
    return False


# Reconciliation and what was bound at the opening.


async def numbers_that_do_not_fit_stop_the_close(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    await vote.box([(0, (0,)), (1, (1,))])
    async with vote.db.writing() as session:
        cast = (await session.exec(select(BoxedBallot).limit(1))).one()
        slipped_in = OpenedBallot(
            election_id=cast.election_id, digest=cast.digest, credential_sha256="0" * 64
        )
        session.add(slipped_in)
    await vote.close(0)
    must(await turned_away(vote.close(1)))
    must((await vote.election()).closed_at is None)


async def the_booth_shows_what_was_bound(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    looking = place.application().state.watch
    looking.fresh = 0.0

    async def booth_is_as_it_was() -> bool:
        async with vote.db.reading() as session:
            kept = await looking.over(session, await vote.election())
        return "binding-booth" not in [check.name for check in kept.broken]

    must(await booth_is_as_it_was())
    async with vote.db.writing() as session:
        await session.exec(
            update(ElectionOption).where(col(ElectionOption.position) == 0).values(title="다른 과제")
        )
    must(not await booth_is_as_it_was())


async def a_board_only_grows(_: Place) -> None:
    vote = Vote((question(3, 1, 2),), (1, 1, 1))
    vote.cast(0, (0,))
    before, head = vote.raw, vote.head
    vote.cast(1, (1,))
    must(compare(before, vote.raw).ok)
    earlier = vote.raw
    vote.raw, vote.head = before, head
    vote.cast(2, (2,))
    vote.cast(1, (1,))
    must(verify(vote.raw, jobs=1).ok and not compare(earlier, vote.raw).ok)


# Results of few, fingerprints, logs.


async def few_raters_stay_unknown(_: Place) -> None:
    must(rating_of("A1", "기관", [0, 0, 0, 0, 9]).counts is None)
    must(rating_of("A1", "기관", [0, 0, 0, 0, 18], largest_weight=2).counts is None)
    must(rating_of("A1", "기관", [0, 0, 0, 0, 10]).counts is not None)


async def no_weight_of_few(_: Place) -> None:
    def listed(heavy: int) -> bytes:
        rows = [f"{n},사람{n},010-3000-{1000 + n},{2 if n <= heavy else 1}" for n in range(1, 31)]
        return "\n".join(["번호,이름,휴대전화,가중치", *rows]).encode()

    must(not parse(listed(10), "roll.csv").problems)
    must(parse(listed(9), "roll.csv").problems)


async def one_letter_is_noticed(_: Place) -> None:
    contracts = "약속: 버스를 제시간에 운행하겠습니다".encode()
    vote = Vote(description=f"contracts sha256:{sha256_hex(contracts)}")

    def fits(file: bytes) -> bool:
        checks = check_binding(vote.context.raw, contracts=file)
        return next(check.ok for check in checks if check.name == "binding-contracts")

    must(fits(contracts))
    must(not fits(contracts.replace("제시간".encode(), "제때".encode())))


async def the_journal_names_no_voter(place: Place) -> None:
    vote = vote_at(place)
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()
    async with vote.db.writing() as session:
        election = await vote.held(session)
        await issuing.issue_again(session, vote.outbox, vote.settings, election, "1", vote.officers[0])
    await vote.open()
    await vote.box([(0, (0,)), (1, (1,))])
    await vote.close()
    async with vote.db.reading() as session:
        entries = [f"{entry.subject} {entry.details}" for entry in await session.exec(select(JournalEntry))]
    people = [one for entry in await vote.roll() for one in (entry.name, entry.phone, entry.mail) if one]
    must(entries and not any(one in entry for one in people for entry in entries))


async def no_access_log(_: Place) -> None:
    asked: dict[str, object] = {}
    served, uvicorn.run = uvicorn.run, lambda *_, **options: asked.update(options)
    try:
        commands.run_server("127.0.0.1", 8000)
    finally:
        uvicorn.run = served
    must(asked["access_log"] is False)


PUBLISHED = (
    Claim(
        "shuffled",
        "The order in which ballots of a batch came in is lost.",
        "batches are not shuffled",
        order_tells_nothing,
        lambda patch: rewrite(patch, next_batch, "(rng or SystemRandom()).shuffle(voters)", "pass"),
    ),
    Claim(
        "own-order",
        "A voter's ballots keep their order, so that the last one counts.",
        "the order of one voter's ballots is turned around",
        a_voter_keeps_the_last_word,
        lambda patch: rewrite(patch, next_batch, ".popleft()", ".pop()"),
    ),
    Claim(
        "disclosure",
        "An agency's rating by fewer than ten people is not shown.",
        "the disclosure threshold is zero",
        few_raters_stay_unknown,
        lambda patch: patch.setattr(ratings, "DISCLOSED_FROM", 0),
    ),
    Claim(
        "weights",
        "No weight of the roll is held by fewer than ten people, whose ballots it would give away.",
        "weights of few are let through",
        no_weight_of_few,
        lambda patch: put(patch, strata.too_few, lambda *_, **__: []),
    ),
    Claim(
        "contracts-bound",
        "One letter changed in the contracts or the rulebook after the opening does not fit the fingerprint on the board.",
        "fingerprints are not compared",
        one_letter_is_noticed,
        lambda patch: rewrite(
            patch, binding.compared, "recorded is not None and recorded == found", "recorded is not None"
        ),
    ),
    Claim(
        "growth",
        "Of two copies of the board anybody can tell whether the later one is the earlier one, continued.",
        "the later one need not begin with the earlier one",
        a_board_only_grows,
        lambda patch: rewrite(patch, compare, "if new.startswith(old):", "if True:"),
    ),
    Claim(
        "no-access-log",
        "The server keeps no log of who asked for what and when.",
        "the server's access log is on",
        no_access_log,
        lambda patch: rewrite(patch, commands.run_server, "access_log=False", "access_log=True"),
    ),
)
PUBLISHED_BY_THE_SYSTEM = (
    Claim(
        "reconciled",
        "A vote whose people and ballots do not add up cannot be closed.",
        "the numbers are not compared",
        numbers_that_do_not_fit_stop_the_close,
        lambda patch: put(patch, reconciliation.equations, lambda _: []),
    ),
    Claim(
        "booth-bound",
        "A task reworded after the opening is noticed, and the pages say so.",
        "what the booth shows is not compared with the record",
        the_booth_shows_what_was_bound,
        lambda patch: put(patch, watch._booth, lambda *_: Check("binding-booth", True, watch.BOOTH_SAME)),
    ),
    Claim(
        "batches",
        "Ballots go on the board when those of five voters wait, and not one by one.",
        "a batch of one is enough",
        ballots_wait_for_four_others,
        _at_once,
    ),
    Claim(
        "told",
        "A voter is told by message that a ballot came in, without anything of its content.",
        "no message is sent",
        the_voter_is_told,
        lambda patch: rewrite(
            patch, casting._store, "await outbox.post(session, recorded_letter(election, entry))", "pass"
        ),
    ),
    Claim(
        "opened",
        "A ballot that its voter opened to check it is never cast.",
        "opened ballots are not looked up",
        an_opened_ballot_is_never_cast,
        lambda patch: put(patch, box.opened, _never_opened),
    ),
    Claim(
        "journal-names",
        "The journal of acts names no voter, no telephone number and no address.",
        "it names whom a new link was sent to",
        the_journal_names_no_voter,
        lambda patch: rewrite(
            patch,
            issuing.issue_again,
            "number=number)",
            "number=(await entry_of(session, election, number)).name)",
        ),
    ),
)
