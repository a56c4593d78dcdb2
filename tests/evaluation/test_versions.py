"""Two pages on one sheet: the later text never silently takes the place of the earlier, and nothing sent late undoes."""

from typing import Any

from evaluation.arithmetic.marks import Grade
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor
from tests.conftest import SignIn
from tests.evaluation.test_sheets import declared, marks, sheet_for

JSON = {"Accept": "application/json"}
ONE, OTHER = "1" * 16, "2" * 16


async def sent(visitor: Visitor, address: str, **fields: Any) -> dict[str, Any]:
    """What the autosave script sends for indicator E-1, and what it is answered."""
    form = {
        f"{name}-E-1": str(value)
        for name, value in fields.items()
        if name in ("grade", "strength", "version")
    }
    form |= {name: str(fields[name]) for name in ("window", "sequence", "earlier") if name in fields}
    answer = await visitor.http.post(
        address, data=form | {"_csrf_token": await visitor._csrf()}, headers=JSON
    )
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_every_change_has_a_version_and_the_same_text_again_is_none(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        first = await sent(visitor, address, grade="C", version=0, window=ONE, sequence=1)
        again = await sent(visitor, address, grade="C", version=0, window=OTHER, sequence=1)
        second = await sent(visitor, address, grade="B0", version=1, window=ONE, sequence=2)
    assert [answer["versions"]["E-1"] for answer in (first, again, second)] == [1, 1, 2]
    assert all(answer["conflicts"] == {} for answer in (first, again, second))


async def test_a_page_that_has_not_seen_the_newer_text_is_told_and_changes_nothing(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await sent(visitor, address, grade="A0", strength="먼저 쓴 글", version=0, window=ONE, sequence=1)
        answer = await sent(
            visitor, address, grade="C", strength="나중에 쓴 글", version=0, window=OTHER, sequence=1
        )
        theirs = answer["conflicts"]["E-1"]
        assert (theirs["grade"], theirs["strength"], theirs["version"]) == ("A0", "먼저 쓴 글", 1)
        assert (await marks(db))["E-1"] == ("A0", False, "먼저 쓴 글")
        chosen = await sent(
            visitor, address, grade="C", strength="나중에 쓴 글", version=1, window=OTHER, sequence=2
        )
        assert chosen["conflicts"] == {}
    assert (await marks(db))["E-1"] == ("C", False, "나중에 쓴 글")


async def test_a_page_that_lost_the_answer_to_its_own_saving_is_not_in_conflict_with_itself(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await sent(visitor, address, grade="A0", version=0, window=ONE, sequence=1)
        answer = await sent(visitor, address, grade="A+", version=0, window=ONE, sequence=2)
        assert answer["conflicts"] == {}
        restored = await sent(visitor, address, grade="B0", version=0, window=OTHER, sequence=1, earlier=ONE)
        assert restored["conflicts"] == {}
    assert (await marks(db))["E-1"][0] == "B0"


async def test_what_a_page_sent_earlier_and_arrives_later_changes_nothing(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await sent(visitor, address, strength="긴 글 전부", version=0, window=ONE, sequence=5)
        late = await sent(visitor, address, strength="긴 글", version=0, window=ONE, sequence=4)
        assert (late["conflicts"], late["versions"]["E-1"]) == ({}, 1)
    assert (await marks(db))["E-1"][2] == "긴 글 전부"


async def test_without_scripts_both_texts_stand_on_the_page(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await visitor.post(address, {"grade-E-1": "A0", "strength-E-1": "먼저 쓴 글", "version-E-1": "0"})
        mine = {"grade-E-1": "C", "strength-E-1": "나중에 쓴 글", "grade-E-2": "B0", "version-E-2": "0"}
        answer = await visitor.post(address, mine | {"version-E-1": "0", "then": "file"}, expect=409)
        assert "먼저 쓴 글" in answer.text and "나중에 쓴 글" in answer.text
        assert 'name="version-E-1" value="1"' in answer.text
        assert await marks(db) == {"E-1": ("A0", False, "먼저 쓴 글"), "E-2": ("B0", False, "")}
        await visitor.post(address, mine | {"version-E-1": "1"})
    assert (await marks(db))["E-1"] == (Grade.C, False, "나중에 쓴 글")


async def test_nonsense_for_a_version_or_a_page_is_no_way_around(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await sent(visitor, address, grade="A0", version=0, window=ONE, sequence=1)
        for version, window in (("-1", OTHER), ("x", OTHER), ("0", "' OR 1=1"), ("", "z" * 400)):
            answer = await sent(visitor, address, grade="C", version=version, window=window, sequence="1")
            assert list(answer["conflicts"]) == ["E-1"]
    assert (await marks(db))["E-1"][0] == "A0"
