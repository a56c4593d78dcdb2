"""Who is answered what, route by route and state by state: the whole table, asked of the application on both databases."""

import pytest

from ballots.checking import Checker
from office.database import Database
from office.settings import Settings
from tests.rights import table
from tests.rights.asking import SIGN_IN, ask_everything
from tests.rights.states import ACTORS, STATES
from tests.rights.worlds import world_in

KNOWN = table.read(table.FILE.read_text())
TURNED_AWAY = {SIGN_IN, "401", "403", "404"}


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
async def test_every_route_answers_everybody_as_the_table_says(
    state: str, db: Database, settings: Settings, checker: Checker
) -> None:
    async with world_in(state, db, settings, checker) as world:
        answers = await ask_everything(world)
    assert set(answers) == set(KNOWN), (
        "the table has other routes: python -m tests.rights.write, then read it"
    )
    place = STATES.index(state)
    unexpected = [
        f"{route} {actor}: {answer}, expected {KNOWN[route].answers[actor][place]}"
        for route, by_actor in answers.items()
        for actor, answer in by_actor.items()
        if answer != KNOWN[route].answers[actor][place]
    ]
    assert not unexpected


def test_it_is_written_down_for_whom_every_route_is() -> None:
    known = {*ACTORS, table.EVERYBODY}
    assert [route for route, row in KNOWN.items() if not set(row.audience) <= known] == []


def test_whoever_a_route_is_not_for_is_turned_away_in_every_state() -> None:
    let_in = [
        (route, actor)
        for route, row in KNOWN.items()
        for actor, answers in row.answers.items()
        if not row.is_for(actor) and not set(answers) <= TURNED_AWAY
    ]
    assert not let_in


def test_whoever_a_route_is_for_is_let_in_in_some_state() -> None:
    shut_out = [
        (route, actor)
        for route, row in KNOWN.items()
        for actor, answers in row.answers.items()
        if row.is_for(actor) and set(answers) <= TURNED_AWAY
    ]
    assert shut_out == []


def test_nothing_fails_whoever_asks_for_it() -> None:
    failing = [
        (route, row.answers)
        for route, row in KNOWN.items()
        if "5" in {a[0] for each in row.answers.values() for a in each}
    ]
    assert not failing
