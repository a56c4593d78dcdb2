"""Claims about who votes and how often: codes, the box, the roll, the officers."""

from __future__ import annotations

import re
from functools import partialmethod

import pyotp
import pytest
from sqlmodel import col, func, select, update

from ballots import box, casting, closing, issuing, roll, sequencer, setup
from ballots.casting import ask
from ballots.checking import Checker
from ballots.model import BoxedBallot, ElectionState, RollEntry
from ballots.protocol.ballot import encrypt, tracker
from ballots.protocol.credentials import derive
from ballots.protocol.trustees import check_partial_decryption
from office import approval, codes, journal, people
from office.journal import JournalEntry
from office.outbox import Outbox
from office.people import Role, enrol, spend_totp
from rehearsal.visitor import Authenticator
from tests.ballots.claims.claim import Claim, Place, must, nothing, put, rewrite, turned_away, yes
from tests.ballots.claims.place import ANY, everything_stored, give, poll_at, right_code, vote_at, wrong
from tests.ballots.forging import with_wider_rule
from tests.ballots.polls import Poll, close
from tests.conftest import PASSWORD, SECRET, visitor_of


async def boxed(place: Place, poll: Poll) -> int:
    async with place.database().reading() as session:
        query = select(func.count(col(BoxedBallot.id))).where(col(BoxedBallot.election_id) == poll.id)
        return (await session.exec(query)).one()


# One-time codes.


async def a_code_is_needed(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    await give(poll, visitor, asked["challenge"], wrong(await right_code(poll, visitor, 0)), raw)
    must(await boxed(place, poll) == 0)


async def a_code_casts_its_own_ballot(place: Place) -> None:
    poll, visitor = await poll_at(place)
    asked = await poll.ask(visitor, poll.ballot(0, 1))
    await give(poll, visitor, asked["challenge"], await right_code(poll, visitor, 0), poll.ballot(0, 2))
    must(await boxed(place, poll) == 0)


async def a_code_is_used_once(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(poll, visitor, 0)
    must((await give(poll, visitor, asked["challenge"], code, raw)).status_code == 201)
    async with place.database().writing() as session:
        again = await codes.try_code(
            session,
            place.settings,
            challenge_id=asked["challenge"],
            code=code,
            purpose=casting.PURPOSE,
            binding=tracker(raw),
        )
    must(not isinstance(again, codes.Right))


async def five_tries(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    right = await right_code(poll, visitor, 0)
    for _ in range(5):
        await give(poll, visitor, asked["challenge"], wrong(right), raw)
    must((await give(poll, visitor, asked["challenge"], right, raw)).status_code == 410)


async def ten_tries_in_all(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    for _ in range(2):
        asked = await poll.ask(visitor, raw)
        right = await right_code(poll, visitor, 0)
        for _ in range(5):
            await give(poll, visitor, asked["challenge"], wrong(right), raw)
    answer = await visitor.send(f"{poll.address}/ballots", raw, expect=ANY)
    must(answer.status_code == 422)


def _not_counted(patch: pytest.MonkeyPatch, table: str) -> None:
    counted = f"col({table}.failures) + 1"
    rewrite(patch, codes.try_code, counted, counted.replace("+ 1", "+ 0"))


async def strangers_get_the_same_answer(place: Place) -> None:
    poll, visitor = await poll_at(place)
    known = await visitor.send(f"{poll.address}/ballots", poll.ballot(0, 1), expect=ANY)
    unknown = await visitor.send(f"{poll.address}/ballots", poll.stranger_ballot(1), expect=ANY)
    must(known.status_code == unknown.status_code == 201)
    must(known.json().keys() == unknown.json().keys() and len(known.content) == len(unknown.content))


def _strangers_are_told(patch: pytest.MonkeyPatch) -> None:
    told = "if entry is None:\n        raise Conflict(ALREADY_THERE)\n    if entry is not None:"
    rewrite(patch, casting.subject_for, "if entry is not None:", told)


# What is kept, and what travels.


async def no_message_is_kept(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    context, election = await vote.context(), await vote.election()
    entry = (await vote.roll())[0]
    credential = vote.credentials()[entry.phone]
    raw = encrypt(context, derive(credential, vote.uuid).secret, [(1,)])
    async with place.database().writing() as session:
        await ask(session, place.settings, vote.outbox, election, raw)
    await vote.outbox.deliver()
    letter = vote.carrier.letters[-1].text
    stored = await everything_stored(place.database())
    must(credential not in stored and letter.splitlines()[0] not in stored)


def _bodies_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outbox, "__init__", partialmethod(Outbox.__init__, keep_bodies=True))


async def the_server_never_sees_a_credential(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    seen: list[str] = []
    app = place.application()
    handler = app.asgi_handler

    async def watched(scope: dict[str, object], receive: object, send: object) -> None:
        seen.append(str(scope))
        await handler(scope, receive, send)  # type: ignore[arg-type]  # handed on as they came

    (letter, *_) = vote.carrier.letters
    app.asgi_handler = watched  # type: ignore[assignment]  # the same interface
    try:
        link = next(word for word in letter.text.split() if word.startswith("http"))
        await visitor_of(app).http.get(link)
    finally:
        app.asgi_handler = handler
    credential = re.split("[#=]", link)[-1]
    must(seen and not any(credential in request for request in seen))


# The box.


async def proofs_come_before_the_box(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = with_wider_rule(poll, 0, (0, 1, 2))  # type: ignore[arg-type]  # it needs the context and the keys only
    asked = await poll.ask(visitor, raw)
    await give(poll, visitor, asked["challenge"], await right_code(poll, visitor, 0), raw)
    must(await boxed(place, poll) == 0)


async def nothing_after_the_close(place: Place) -> None:
    poll, visitor = await poll_at(place)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(poll, visitor, 0)
    await close(place.database(), poll)
    await give(poll, visitor, asked["challenge"], code, raw)
    must(await boxed(place, poll) == 0)


def _never_closed(patch: pytest.MonkeyPatch) -> None:
    put(patch, box.require_open, lambda _: None)
    put(patch, sequencer.held_open, nothing)


async def shares_are_checked(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    await vote.box([(0, (0,)), (1, (1,))])
    await vote.close()
    wrong_share = await vote.share(0, secret=vote.secrets[0] + 1)
    must(await turned_away(closing.store_share(vote.db, vote.uuid, vote.trustees[0], wrong_share)))


# The roll and the officers.


async def the_roll_is_bound(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    election = await vote.election()
    assert election.roll_sha256 and election.election_record
    must(f"roll sha256:{election.roll_sha256}" in election.election_record)
    async with vote.db.writing() as session:
        must(await roll.unchanged(session, election))
        first = update(RollEntry).where(
            col(RollEntry.election_id) == election.id, col(RollEntry.number) == "1"
        )
        await session.exec(first.values(phone="010-9999-9999"))
    async with vote.db.reading() as session:
        must(not await roll.unchanged(session, election))


async def the_roll_is_fixed(place: Place) -> None:
    vote = vote_at(place)
    await vote.begin()
    must(await turned_away(vote.list_voters("번호,이름,휴대전화\n1,남의이름,010-7777-7777\n")))


async def two_officers(place: Place) -> None:
    vote = vote_at(place)
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    for act, before in ((vote.issue, ElectionState.SETUP), (vote.open, ElectionState.ISSUED)):
        must(not await act(0) and await turned_away(act(0)))
        must((await vote.election()).state is before)
        await act(1)
    must(not await vote.close(0) and await turned_away(vote.close(0)))
    must((await vote.election()).state is ElectionState.OPEN)


async def _agrees(*_: object, **__: object) -> bool:
    return True


async def the_journal_is_a_chain(place: Place) -> None:
    async with place.database().writing() as session:
        for number in range(3):
            await journal.record(session, "office:1", "ballots.opened", str(number))
        must(await journal.broken_at(session) is None)
        entry = update(JournalEntry).where(col(JournalEntry.subject) == "1")
        await session.exec(entry.values(actor="office:2"))
        must(await journal.broken_at(session) is not None)


async def an_authenticator_step_is_used_once(place: Place) -> None:
    async with place.database().writing() as session:
        person = await enrol(
            session,
            place.settings,
            email="once@example.org",
            name="한번",
            role=Role.OFFICE,
            password=PASSWORD,
            totp_secret=SECRET,
        )
        code = Authenticator(SECRET).code()
        must(await spend_totp(session, place.settings, person, code))
        must(not await spend_totp(session, place.settings, person, code))


BOX = (
    Claim(
        "code",
        "Without the code sent to the phone on the roll no ballot is cast.",
        "any code fits",
        a_code_is_needed,
        lambda patch: patch.setattr(pyotp.utils, "strings_equal", yes),
    ),
    Claim(
        "code-binding",
        "A code casts the ballot it was asked for and no other.",
        "codes are not bound to a ballot",
        a_code_casts_its_own_ballot,
        lambda patch: rewrite(patch, codes.try_code, "col(Challenge.binding) == binding, ", ""),
    ),
    Claim(
        "code-once",
        "A code is used once.",
        "codes are not spent",
        a_code_is_used_once,
        lambda patch: put(patch, codes.consume, nothing),
    ),
    Claim(
        "five-tries",
        "After five wrong codes a right one is no longer taken.",
        "failures of a challenge are not counted",
        five_tries,
        lambda patch: _not_counted(patch, "Challenge"),
    ),
    Claim(
        "ten-tries",
        "After ten wrong codes in one vote no further code is sent until an officer releases the voter.",
        "failures of a voter are not counted",
        ten_tries_in_all,
        lambda patch: _not_counted(patch, "CodeSubject"),
    ),
    Claim(
        "enumeration",
        "Nobody learns from an answer whether a credential is on the roll.",
        "an unknown credential is told so",
        strangers_get_the_same_answer,
        _strangers_are_told,
    ),
    Claim(
        "not-kept",
        "Neither credentials nor codes nor the texts they travelled in are stored.",
        "the outbox keeps bodies",
        no_message_is_kept,
        _bodies_kept,
    ),
    Claim(
        "fragment",
        "The credential of a link stays in the browser: no request carries it to the server.",
        "the link carries it as a query instead of a fragment",
        the_server_never_sees_a_credential,
        lambda patch: rewrite(patch, issuing._letter, "#{drawn.credential}", "?key={drawn.credential}"),
    ),
    Claim(
        "checked-first",
        "A ballot whose proofs do not hold is not accepted, not even with a right code.",
        "the server does not check proofs",
        proofs_come_before_the_box,
        lambda patch: patch.setattr(Checker, "check", nothing),
    ),
    Claim(
        "closed",
        "After the close no ballot is accepted.",
        "the state of the vote is not looked at",
        nothing_after_the_close,
        _never_closed,
    ),
    Claim(
        "shares-at-server",
        "The server takes a trustee's share only with its proofs.",
        "shares are stored as they come",
        shares_are_checked,
        lambda patch: put(patch, check_partial_decryption, lambda *_: None),
    ),
    Claim(
        "roll-bound",
        "A change of the roll after the opening does not fit the fingerprint on the board.",
        "the roll's fingerprint does not depend on the roll",
        the_roll_is_bound,
        lambda patch: put(patch, roll.roll_record, lambda *_: b""),
    ),
    Claim(
        "roll-fixed",
        "Once the links are out the roll cannot be replaced.",
        "the state of the vote is not looked at",
        the_roll_is_fixed,
        lambda patch: put(patch, setup.require_state, lambda *_: None),
    ),
    Claim(
        "two-officers",
        "No officer alone issues links, opens or closes the vote.",
        "one officer suffices",
        two_officers,
        lambda patch: put(patch, approval.agreed, _agrees),
    ),
    Claim(
        "journal",
        "An entry of the journal cannot be changed unseen.",
        "the journal's chain is not checked",
        the_journal_is_a_chain,
        lambda patch: rewrite(patch, journal.broken_at, " or digest(entry) != entry.hash", ""),
    ),
    Claim(
        "authenticator",
        "A code of an officer's or trustee's authenticator works once.",
        "used steps are not remembered",
        an_authenticator_step_is_used_once,
        lambda patch: rewrite(patch, people.spend_totp, ", col(Person.totp_step) < step", ""),
    ),
)
