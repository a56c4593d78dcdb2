"""Critical acts need two different officers who agree to the same thing within a day."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import time_machine

from office import approval
from office.clock import now
from office.database import Database
from office.errors import Conflict
from office.people import Person, Role, enrol
from office.settings import Settings
from tests.conftest import PASSWORD

ACT, SUBJECT = "vote.open", "2026"


async def officers(db: Database, settings: Settings, count: int = 2) -> list[Person]:
    async with db.writing() as session:
        return [
            await enrol(
                session,
                settings,
                email=f"office{n}@example.org",
                name=f"담당 {n}",
                role=Role.OFFICE,
                password=PASSWORD,
            )
            for n in range(count)
        ]


async def press(db: Database, by: Person, content: str = "a", act: str = ACT, subject: str = SUBJECT) -> bool:
    async with db.writing() as session:
        return await approval.agreed(session, act=act, subject=subject, by=by, content=content)


async def waiting(db: Database) -> list[tuple[str, str, int]]:
    async with db.reading() as session:
        return [(one.act, one.content, one.first_by) for one in await approval.all_pending(session)]


async def test_the_second_officer_carries_it_out(db: Database, settings: Settings) -> None:
    first, second = await officers(db, settings)
    assert not await press(db, first)
    assert await waiting(db) == [(ACT, "a", first.id)]
    assert await press(db, second)
    assert await waiting(db) == []


async def test_the_same_officer_twice_is_refused(db: Database, settings: Settings) -> None:
    first, second = await officers(db, settings)
    await press(db, first)
    with pytest.raises(Conflict, match="이미 요청하셨습니다") as refused:
        await press(db, first)
    assert refused.value.status == 409
    assert await press(db, second)


async def test_one_press_serves_one_act(db: Database, settings: Settings) -> None:
    first, second, third = await officers(db, settings, 3)
    await press(db, first)
    assert await press(db, second)
    assert not await press(db, third), "what has been carried out begins anew"


@pytest.mark.parametrize("other", [{"act": "vote.close"}, {"subject": "2027"}])
async def test_another_act_or_subject_is_another_matter(
    db: Database, settings: Settings, other: dict[str, str]
) -> None:
    first, second = await officers(db, settings)
    await press(db, first)
    assert not await press(db, second, **other)
    assert len(await waiting(db)) == 2


async def test_when_the_content_has_changed_it_starts_anew(db: Database, settings: Settings) -> None:
    first, second = await officers(db, settings)
    await press(db, first)
    assert not await press(db, second, content="b")
    assert await waiting(db) == [(ACT, "b", second.id)], "the press on other content no longer waits"
    assert not await press(db, first, content="a")
    assert await press(db, second, content="a")


async def test_after_a_day_it_starts_anew(db: Database, settings: Settings) -> None:
    first, second = await officers(db, settings)
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        await press(db, first)
        clock.move_to(begun + timedelta(days=1, seconds=1))
        assert await waiting(db) == []
        assert not await press(db, second)
        clock.move_to(begun + timedelta(days=2))
        assert await press(db, first)


async def test_two_second_officers_at_once_carry_it_out_once(own_db: tuple[Database, Settings]) -> None:
    db, settings = own_db
    first, *others = await officers(db, settings, 7)
    await press(db, first)
    answers = await asyncio.gather(*(press(db, other) for other in others), return_exceptions=True)
    # One confirms; of the others the first begins anew and the next one confirms that: three acts for seven presses,
    # and the last of them waits.
    assert answers.count(True) == 3
    assert answers.count(False) == 3
    assert len(await waiting(db)) == 1


async def test_a_double_click_is_one_press(own_db: tuple[Database, Settings]) -> None:
    db, settings = own_db
    first, second = await officers(db, settings)
    answers = await asyncio.gather(*(press(db, first) for _ in range(4)), return_exceptions=True)
    assert answers.count(False) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert await press(db, second)
    assert await waiting(db) == []
