"""`yaksok verify-diff OLD NEW`: what only grew passes, everything else is refused and its place named."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ballots.protocol.growth import compare
from ballots.verify_diff_command import verify_diff
from tests.ballots.boards import TIMESTAMP, Vote, ask_reference, question, save
from tests.ballots.steps import Step, board_of, setup, shared, steps_of, tallied


@cache
def states() -> list[bytes]:
    """A board as it was published: opened, three ballots, closed, counted, answered, announced."""
    vote = Vote((question(2, 1, 1),), (1, 1), seed=45)
    for voter, pick in ((0, 0), (1, 1), (0, 1)):
        vote.cast(voter, (pick,))
    steps = steps_of(vote.finish())
    return [board_of(steps[:end]) for end in range(1, len(steps) + 1)]


def test_every_later_state_is_the_earlier_with_something_added() -> None:
    for earlier, old in enumerate(states()):
        for later, new in enumerate(states()[earlier:], start=earlier):
            growth = compare(old, new)
            assert growth.ok
            assert growth.parted_at is None
            assert sum(growth.added.values()) == later - earlier


def test_the_growth_to_the_result_is_counted_by_kind() -> None:
    growth = compare(states()[3], states()[-1])
    assert growth.added == {"EndBallots": 1, "EncryptedTally": 1, "PartialDecryption": 2, "Result": 1}
    assert (growth.old_events, growth.new_events) == (4, 9)


def test_a_board_that_shrank_parts_where_it_ends() -> None:
    for earlier in range(len(states()) - 1):
        growth = compare(states()[-1], states()[earlier])
        assert not growth.ok
        assert growth.parted_at == earlier + 1


def test_another_order_a_record_taken_out_or_put_in_parts_at_its_place() -> None:
    old = states()[3]
    first, *ballots = steps_of(old)
    extra = Step("Ballot", (ballots[0].data[0] + b"x",))
    for order, place in (
        ([first, ballots[1], ballots[0], ballots[2]], 1),
        ([first, ballots[0], ballots[2], ballots[1]], 2),
        ([first, *ballots[1:], ballots[0]], 1),
        ([first, ballots[0], ballots[2], extra], 2),
        ([first, *ballots[:2], extra, ballots[2]], 3),
        ([first, *ballots[:2], Step("EndBallots")], 3),
        ([first, extra, *ballots], 1),
    ):
        growth = compare(old, board_of(order))
        assert not growth.ok
        assert growth.parted_at == place
        assert [problem.code for problem in growth.problems] == ["not-appended"]


def spoilt(step: Step) -> Step:
    """The step with one byte more in its first record, and what names that record following."""
    first, *others = (step.data[0] + b" ", *step.data[1:])
    if step.kind == "Setup":
        return setup(first, others[0], others[1])
    if step.kind == "EncryptedTally":
        return tallied(first, 2, 2)
    return shared(1, first) if step.kind == "PartialDecryption" else Step(step.kind, (first,))


def test_a_changed_byte_is_found_in_every_record() -> None:
    steps = steps_of(states()[-1])
    for height, step in enumerate(steps):
        if step.data:
            growth = compare(states()[-1], board_of([*steps[:height], spoilt(step), *steps[height + 1 :]]))
            assert [check.name for check in growth.checks if not check.ok] in (["growth"], ["new"])
            assert growth.parted_at == (height if growth.new_events else None)


def test_another_time_in_the_header_is_found_although_the_reference_does_not_mind() -> None:
    growth = compare(states()[2], board_of(steps_of(states()[3]), timestamp=TIMESTAMP + 1))
    assert not growth.ok
    assert growth.parted_at is None
    assert "머리말" in growth.problems[0].text()


@pytest.mark.parametrize("place", ["old", "new"])
def test_what_is_no_board_is_refused_on_either_side(place: str) -> None:
    whole, torn = states()[3], states()[3] + b"\n"
    growth = compare(torn, whole) if place == "old" else compare(whole, torn)
    assert not growth.ok
    assert [check.name for check in growth.checks if not check.ok] == [place]


def test_the_reference_says_the_same(tmp_path: Path) -> None:
    first, *ballots = steps_of(states()[3])
    pairs = [
        (states()[1], states()[3]),
        (states()[3], states()[-1]),
        (states()[3], states()[3]),
        (states()[3], states()[1]),
        (states()[3], board_of([first, ballots[1], ballots[0], ballots[2]])),
        (states()[3], board_of([first, *ballots[:2], Step("EndBallots")])),
    ]
    for number, (old, new) in enumerate(pairs):
        one, two = f"{number}old", f"{number}new"
        save(tmp_path / one, old)
        save(tmp_path / two, new)
        said = ask_reference(tmp_path, "election", "verify-diff", "--dir1", one, "--dir2", two)
        assert compare(old, new).ok == (said.returncode == 0), said.stderr
        assert compare(old, new).ok == (number < 3)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(verify_diff, [str(argument) for argument in arguments])


def test_the_command_says_what_was_added_or_where_they_part(tmp_path: Path) -> None:
    old, new = tmp_path / "old.bel", tmp_path / "new.bel"
    old.write_bytes(states()[2])
    new.write_bytes(states()[-1])
    grown = run(old, new)
    assert grown.exit_code == 0
    assert "사건 6개가 더해졌습니다" in grown.stdout
    shrunk = run(new, old)
    assert shrunk.exit_code == 1
    assert "(사건 3)" in shrunk.stdout
    told = json.loads(run(new, old, "--json").stdout)
    assert (told["ok"], told["parted_at"], told["problems"][0]["code"]) == (False, 3, "not-appended")
    assert json.loads(run(old, new, "--json").stdout)["added"]["Ballot"] == 1
    assert run(old, tmp_path / "absent.bel").exit_code == 2
