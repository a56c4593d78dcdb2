"""One-time codes: right once, wrong five times, the same for everybody, on both databases."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from pydantic import SecretStr
from sqlmodel import select

from office import codes
from office.clock import now
from office.codes import Challenge, CodeSubject, Right
from office.database import Database
from office.errors import Conflict, Gone, NotFound, Refused, TooMany
from office.settings import Settings
from tests.office.offices import dump

SUBJECT, PURPOSE, BINDING = "vote:17", "cast", "f" * 64
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 21, 3, 0).astimezone(), tick=False) as traveller:
        yield traveller


async def issue(db: Database, settings: Settings, subject: str = SUBJECT) -> tuple[str, str]:
    async with db.writing() as session:
        challenge, code = await codes.issue(
            session, settings, subject=subject, purpose=PURPOSE, binding=BINDING
        )
        return challenge.id, code


async def again(db: Database, settings: Settings, challenge_id: str) -> str:
    async with db.writing() as session:
        return (await codes.again(session, settings, challenge_id))[1]


async def attempt(
    db: Database,
    settings: Settings,
    challenge_id: str,
    code: str,
    purpose: str = PURPOSE,
    binding: str = BINDING,
) -> Right | Refused:
    async with db.writing() as session:
        return await codes.try_code(
            session, settings, challenge_id=challenge_id, code=code, purpose=purpose, binding=binding
        )


async def spend(db: Database, settings: Settings, challenge_id: str, code: str) -> bool:
    """Try a code and spend it: whether this request was the one that carried the act out."""
    outcome = await attempt(db, settings, challenge_id, code)
    if isinstance(outcome, Refused):
        return False
    try:
        async with db.writing() as session:
            await codes.consume(session, outcome)
    except Conflict:
        return False
    return True


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 1_000_000:06}"


async def failures(db: Database, challenge_id: str) -> tuple[int, int]:
    async with db.reading() as session:
        challenge = await session.get_one(Challenge, challenge_id, populate_existing=True)
        standing = await session.get_one(CodeSubject, challenge.subject, populate_existing=True)
        return challenge.failures, standing.failures


async def fail(db: Database, settings: Settings, times: int) -> str:
    """A challenge with so many failures."""
    challenge_id, code = await issue(db, settings)
    for n in range(times):
        assert isinstance(await attempt(db, settings, challenge_id, wrong(code, n + 1)), Refused)
    return challenge_id


async def test_a_right_code_is_taken_once(db: Database, settings: Settings) -> None:
    challenge_id, code = await issue(db, settings)
    assert len(code) == 6
    assert code.isdecimal()
    assert await spend(db, settings, challenge_id, code)
    assert not await spend(db, settings, challenge_id, code)
    with pytest.raises(Gone):
        await again(db, settings, challenge_id)


async def test_a_code_may_be_typed_with_spaces_or_in_full_width(db: Database, settings: Settings) -> None:
    challenge_id, code = await issue(db, settings)
    wide = code.translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert isinstance(await attempt(db, settings, challenge_id, f" {wide[:3]} {wide[3:]}\n"), Right)


@pytest.mark.parametrize("typed", ["", "1", "abcdef", "\x00", "①②③④⑤⑥", "0" * 10_000])
async def test_nonsense_is_a_wrong_code(db: Database, settings: Settings, typed: str) -> None:
    challenge_id, _ = await issue(db, settings)
    assert isinstance(await attempt(db, settings, challenge_id, typed), Refused)


async def test_of_thirty_right_answers_at_once_exactly_one_is_taken(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    challenge_id, code = await issue(db, settings)
    taken = await asyncio.gather(*(spend(db, settings, challenge_id, code) for _ in range(30)))
    assert sum(taken) == 1
    assert await failures(db, challenge_id) == (0, 0)


async def test_of_thirty_wrong_answers_at_once_five_are_compared(own_db: tuple[Database, Settings]) -> None:
    db, settings = own_db
    challenge_id, code = await issue(db, settings)
    answers = await asyncio.gather(
        *(attempt(db, settings, challenge_id, wrong(code, n + 1)) for n in range(30))
    )
    # The fifth comparison ends the challenge and says so, as the 25 that were not compared do.
    said = Counter(type(answer) for answer in answers)
    assert said == {Refused: 4, Gone: 26}
    assert await failures(db, challenge_id) == (5, 5)
    assert not await spend(db, settings, challenge_id, code)


async def test_a_wrong_answer_says_how_many_are_left(db: Database, settings: Settings) -> None:
    challenge_id, code = await issue(db, settings)
    left = [await attempt(db, settings, challenge_id, wrong(code, n)) for n in range(1, 6)]
    assert [str(answer) for answer in left[:2] if isinstance(answer, Refused)] == [
        "인증번호가 맞지 않습니다. 앞으로 4번 더 입력할 수 있습니다",
        "인증번호가 맞지 않습니다. 앞으로 3번 더 입력할 수 있습니다",
    ]
    assert isinstance(left[-1], Gone)


async def test_a_resend_is_the_same_code_and_resets_nothing(
    db: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    challenge_id, code = await issue(db, settings)
    for n in range(3):
        await attempt(db, settings, challenge_id, wrong(code, n + 1))
    clock.shift(59)
    with pytest.raises(TooMany) as early:
        await again(db, settings, challenge_id)
    assert early.value.retry_after == 2
    clock.shift(1)
    assert await again(db, settings, challenge_id) == code
    assert await failures(db, challenge_id) == (3, 3)
    clock.shift(539)
    assert isinstance(await attempt(db, settings, challenge_id, code), Right), (
        "it lives from the first message"
    )
    clock.shift(1)
    assert isinstance(await attempt(db, settings, challenge_id, code), Gone)


async def test_a_challenge_ended_by_failures_is_not_sent_again(
    db: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    challenge_id = await fail(db, settings, 5)
    clock.shift(61)
    with pytest.raises(Gone):
        await again(db, settings, challenge_id)


async def test_one_challenge_is_sent_four_times_at_most(
    db: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    challenge_id, _ = await issue(db, settings)
    for _ in range(codes.MESSAGES_A_CHALLENGE - 1):
        clock.shift(60)
        await again(db, settings, challenge_id)
    clock.shift(60)
    with pytest.raises(TooMany) as enough:
        await again(db, settings, challenge_id)
    assert enough.value.retry_after == 600 - 240 + 1


async def test_a_day_has_five_challenges(
    db: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    for _ in range(codes.CHALLENGES_A_DAY):
        await issue(db, settings)
        clock.shift(60)
    with pytest.raises(TooMany) as enough:
        await issue(db, settings)
    assert enough.value.retry_after == 24 * 3600 - 300 + 1
    await issue(db, settings, "vote:18")
    clock.shift(enough.value.retry_after)
    await issue(db, settings)


async def test_a_day_has_ten_messages_in_all(
    db: Database, settings: Settings, clock: time_machine.Traveller
) -> None:
    messages = 0
    with pytest.raises(TooMany):
        while True:
            challenge_id, _ = await issue(db, settings)
            messages += 1
            for _ in range(codes.MESSAGES_A_CHALLENGE - 1):
                clock.shift(60)
                await again(db, settings, challenge_id)
                messages += 1
    assert messages == codes.MESSAGES_A_DAY


async def test_challenges_asked_for_at_once_are_counted_one_by_one(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    answers = await asyncio.gather(*(issue(db, settings) for _ in range(12)), return_exceptions=True)
    assert Counter(type(answer) for answer in answers) == {tuple: 5, TooMany: 7}


async def test_ten_failures_lock_the_subject_until_an_officer_releases_it(
    db: Database, settings: Settings
) -> None:
    open_before, code = await issue(db, settings)
    await fail(db, settings, 5)
    await fail(db, settings, 4)
    last, last_code = await issue(db, settings)
    await attempt(db, settings, last, wrong(last_code))
    for challenge_id, right in ((last, last_code), (open_before, code)):
        outcome = await attempt(db, settings, challenge_id, right)
        assert str(outcome) == codes.LOCKED
    with pytest.raises(Refused, match="잠겼습니다"):
        await issue(db, settings)
    await issue(db, settings, "vote:18")

    async with db.writing() as session:
        await codes.release(session, SUBJECT)
    assert await spend(db, settings, open_before, code)


async def test_only_who_is_known_can_be_released(db: Database) -> None:
    with pytest.raises(NotFound):
        async with db.writing() as session:
            await codes.release(session, "vote:404")


@pytest.mark.parametrize(("after", "taken"), [(599, True), (600, False), (601, False)])
async def test_a_code_lives_ten_minutes_to_the_second(
    db: Database, settings: Settings, clock: time_machine.Traveller, after: int, taken: bool
) -> None:
    challenge_id, code = await issue(db, settings)
    clock.shift(after)
    assert await spend(db, settings, challenge_id, code) is taken


async def test_a_code_is_bound_to_its_purpose_and_to_the_bytes_it_was_asked_for(
    db: Database, settings: Settings
) -> None:
    challenge_id, code = await issue(db, settings)
    assert isinstance(await attempt(db, settings, challenge_id, code, purpose="sign"), Gone)
    assert isinstance(await attempt(db, settings, challenge_id, code, binding="e" * 64), Gone)
    assert isinstance(await attempt(db, settings, "another challenge", code), Gone)
    other, _ = await issue(db, settings, "vote:18")
    assert isinstance(await attempt(db, settings, other, code), Refused)
    assert await failures(db, challenge_id) == (0, 0), "what does not fit is not compared"
    assert isinstance(await attempt(db, settings, challenge_id, code), Right)


async def test_codes_come_from_the_server_key_and_the_challenge(db: Database, settings: Settings) -> None:
    other = settings.model_copy(update={"server_key": SecretStr("another key of the tests, as long")})
    for n in range(4):
        await issue(db, settings, f"vote:{n}")
    async with db.reading() as session:
        challenges = list(await session.exec(select(Challenge)))
    ours, theirs = ([codes._code(key, one) for one in challenges] for key in (settings, other))
    assert len(set(ours)) > 1
    assert ours != theirs


async def test_no_code_and_no_secret_of_one_is_stored_or_logged(
    own_db: tuple[Database, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    db, settings = own_db
    caplog.set_level(logging.DEBUG)
    given = [await issue(db, settings, f"vote:{n}") for n in range(20)]
    for challenge_id, code in given[:10]:
        await attempt(db, settings, challenge_id, wrong(code))
        await spend(db, settings, challenge_id, code)
    stored = await dump(db)
    assert given[0][0] in stored
    key = settings.key_for("one-time codes")
    for hidden in (key.hex(), settings.server_key.get_secret_value(), *(code for _, code in given)):
        # Six digits may stand in a time or an id by chance, but not alone.
        assert f"'{hidden}'" not in stored
        assert f" {hidden}," not in stored
        assert hidden not in "".join(
            record.getMessage() for record in caplog.records if record.name.startswith("office")
        )


CRITICAL = {10: 27.877, 100: 148.230}
"""The 0.999 quantile of chi-square for so many cells (9 and 99 degrees of freedom), from the usual tables."""


def chi_square(counted: Counter[str]) -> float:
    expected = counted.total() / len(counted)
    return sum((count - expected) ** 2 for count in counted.values()) / expected


@pytest.mark.slow
def test_derived_codes_are_uniform_and_do_not_follow_from_each_other(settings: Settings) -> None:
    """Chi-square of 200,000 codes at p > 0.001: each place, two places together, and the end of one with the next's start."""
    at = now()
    challenge = Challenge(
        id="", subject=SUBJECT, purpose=PURPOSE, binding=BINDING, issued_at=at, expires_at=at, sent_at=at
    )
    drawn = []
    for n in range(200_000):
        challenge.id = f"challenge {n}"
        drawn.append(codes._code(settings, challenge))
    tested = [Counter(code[place] for code in drawn) for place in range(6)]
    tested += [Counter(code[2:4] for code in drawn)]
    tested += [Counter(one[5] + two[0] for one, two in pairwise(drawn))]
    for counted in tested:
        assert chi_square(counted) < CRITICAL[len(counted)]
