"""Binding: files against the fingerprints in the election record, by the pure functions and by the command."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from ballots.protocol import board
from ballots.protocol.binding import answers, bound, check_binding, check_board
from ballots.protocol.credentials import credentials_record, derive, draw
from ballots.protocol.election import election_record
from ballots.protocol.records import Question
from ballots.protocol.refusals import Invalid
from ballots.protocol.trustees import make_key, read_trustees, trustees_record
from ballots.verify_command import verify
from contracts.terms.canonical import set_bytes
from contracts.terms.tree import ContractTree, Kind, Node
from reports.rulebook import default_rulebook

UUID = "BoundToFindings"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tree(code: str, *titles: str) -> ContractTree:
    nodes = [
        Node(f"{code}-{n}", title, Kind.TASK, None, promise=f"{title}: 약속", on_ballot=title != "내부 과제")
        for n, title in enumerate(titles)
    ]
    goal = Node(f"{code}-G", "목표", Kind.GOAL, None, children=tuple(nodes[1:]))
    return ContractTree(code, f"기관 {code}", "본부", (nodes[0], goal))


TREES = (tree("B", "버스", "돌봄"), tree("A", "하천", "내부 과제", "돌봄"))
"""In the order of the ballot, which is not the order of the file; one title is promised by two agencies."""
CONTRACTS = set_bytes(TREES, cycle="2026")
RULEBOOK = default_rulebook()
SHOWN = ("버스", "돌봄 (기관 B)", "하천", "돌봄 (기관 A)")
KEYS = [derive(draw(), UUID).public for _ in range(3)]
ROLL = "".join(
    f"{line}\n"
    for line in (
        "5a17",
        *(
            json.dumps([str(n), "김\u2028하나", "", "", "", 1 + n, KEYS[n]], ensure_ascii=False)
            for n in range(3)
        ),
    )
).encode()


def description(**lines: str) -> str:
    return "\n".join(["도민 투표", *(f"{name} sha256:{digest}" for name, digest in lines.items())])


BOUND = description(contracts=sha(CONTRACTS), rulebook=sha(RULEBOOK), roll=sha(ROLL))


def record(said: str = BOUND, shown: tuple[str, ...] = SHOWN) -> bytes:
    keys = trustees_record([make_key()[1] for _ in range(2)])
    question = Question(answers=shown, min=1, max=1, question="무엇입니까?")
    key = read_trustees(keys).public_key
    return election_record(uuid=UUID, name="투표", questions=[question], public_key=key, description=said)


def a_board(said: str = BOUND, shown: tuple[str, ...] = SHOWN, weights: tuple[int, ...] = (1, 2, 3)) -> bytes:
    keys = trustees_record([make_key()[1] for _ in range(2)])
    question = Question(answers=shown, min=1, max=1, question="무엇입니까?")
    key = read_trustees(keys).public_key
    election = election_record(uuid=UUID, name="투표", questions=[question], public_key=key, description=said)
    listed = credentials_record(dict(zip(KEYS, weights, strict=True)))
    return board.open_board(1_795_294_098, election, keys, listed).raw


def verdicts(found: Any) -> dict[str, bool]:
    return {check.name: check.ok for check in found}


def test_the_lines_of_a_description_are_read() -> None:
    assert bound(BOUND) == {"contracts": sha(CONTRACTS), "rulebook": sha(RULEBOOK), "roll": sha(ROLL)}
    assert bound("") == {}
    assert bound(f"contracts sha256:{'A' * 64}") == {}, "hexadecimal digits are small"
    assert bound(f" contracts sha256:{'a' * 64}") == {}
    assert bound(f"contracts sha256:{'a' * 65}") == {}
    assert bound(f"budget sha256:{'a' * 64}") == {}


def test_of_two_lines_with_one_name_neither_binds() -> None:
    smuggled = f"제목\ncontracts sha256:{'0' * 64}\n{BOUND}"
    assert set(bound(smuggled)) == {"rulebook", "roll"}
    (check,) = check_binding(record(smuggled), contracts=CONTRACTS)
    assert not check.ok


def test_the_right_files_pass_and_are_read_as_well() -> None:
    found = check_board(a_board(), contracts=CONTRACTS, rulebook=RULEBOOK, roll=ROLL)
    assert verdicts(found) == {
        "binding-contracts": True,
        "binding-tasks": True,
        "binding-rulebook": True,
        "binding-roll": True,
        "binding-voters": True,
    }
    assert "과제 4개" in next(check.text() for check in found if check.name == "binding-tasks")
    assert "자격키 3개" in next(check.text() for check in found if check.name == "binding-voters")


def test_only_what_is_given_is_checked() -> None:
    assert check_binding(record()) == ()
    assert verdicts(check_binding(record(), rulebook=RULEBOOK)) == {"binding-rulebook": True}


@given(st.sampled_from(["contracts", "rulebook", "roll"]), st.data())
def test_one_changed_byte_is_found_whatever_it_is(name: str, data: st.DataObject) -> None:
    file = {"contracts": CONTRACTS, "rulebook": RULEBOOK, "roll": ROLL}[name]
    place = data.draw(st.integers(0, len(file) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != file[place]))
    changed = file[:place] + bytes([other]) + file[place + 1 :]
    (check,) = check_binding(RECORD, **{name: changed})
    assert (check.name, check.ok) == (f"binding-{name}", False)
    assert (check.values["recorded"], check.values["found"]) == (sha(file), sha(changed))


RECORD = record()


def test_a_reworded_promise_is_found() -> None:
    reworded = CONTRACTS.replace("버스: 약속".encode(), "버스: 약소".encode())
    assert reworded != CONTRACTS
    assert verdicts(check_binding(RECORD, contracts=reworded)) == {"binding-contracts": False}


def test_a_record_without_fingerprints_is_said_so() -> None:
    for name, file in (("contracts", CONTRACTS), ("rulebook", RULEBOOK), ("roll", ROLL)):
        (check,) = check_binding(record("도민 투표"), **{name: file})
        assert not check.ok
        assert "지문이 없어" in check.text()


@pytest.mark.parametrize(
    "shown",
    [
        SHOWN[:-1],
        (*SHOWN, "덤"),
        ("버스", "돌봄 (기관 B)", "하천", "돌봄 (기관 C)"),
        ("버스 ", *SHOWN[1:]),
        ("버스", "버스", *SHOWN[1:]),
    ],
)
def test_a_ballot_that_offers_other_tasks_than_were_promised_is_found(shown: tuple[str, ...]) -> None:
    found = verdicts(check_binding(record(shown=shown), contracts=CONTRACTS))
    assert found == {"binding-contracts": True, "binding-tasks": False}


def test_the_order_of_the_ballot_is_free() -> None:
    found = check_binding(record(shown=SHOWN[::-1]), contracts=CONTRACTS)
    assert all(check.ok for check in found)


def test_a_board_that_lists_other_credentials_or_weights_than_the_roll_is_found() -> None:
    found = check_board(a_board(weights=(1, 2, 4)), roll=ROLL)
    assert verdicts(found) == {"binding-roll": True, "binding-voters": False}
    shorter = b"\n".join(ROLL.split(b"\n")[:-2]) + b"\n"
    found = check_board(a_board(description(roll=sha(shorter))), roll=shorter)
    assert verdicts(found) == {"binding-roll": True, "binding-voters": False}


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"contracts":[{}]}', b'{"contracts":7}'])
def test_files_that_fit_and_mean_nothing_are_refused_in_words(content: bytes) -> None:
    said = description(contracts=sha(content), roll=sha(content))
    found = check_board(a_board(said), contracts=content, roll=content)
    assert {"binding-tasks", "binding-voters"} <= {check.name for check in found if not check.ok}
    assert all(check.text() for check in found)


def test_what_is_no_board_is_refused() -> None:
    for raw in (b"", b"x" * 2000, a_board()[:3000]):
        with pytest.raises(Invalid):
            check_board(raw, contracts=CONTRACTS)


def test_titles_that_repeat_are_told_apart_as_on_the_ballot() -> None:
    class Option:
        def __init__(self, title: str, agency: str, task_code: str) -> None:
            self.title, self.agency, self.task_code = title, agency, task_code

    options = [
        Option("가", "갑", "1"),
        Option("가", "갑", "2"),
        Option("가", "을", "3"),
        Option("나", "갑", "4"),
    ]
    assert answers(options) == ("가 (갑, 1)", "가 (갑, 2)", "가 (을)", "나")


# The command


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bound")
    (folder / "contracts.json").write_bytes(CONTRACTS)
    (folder / "rulebook.toml").write_bytes(RULEBOOK)
    (folder / "roll.json").write_bytes(ROLL)
    (folder / "reworded.json").write_bytes(CONTRACTS.replace("약속".encode(), "약소".encode(), 1))
    (folder / "board.bel").write_bytes(a_board())
    (folder / "unbound.bel").write_bytes(a_board("도민 투표"))
    (folder / "broken.bel").write_bytes(a_board()[:-1] + b"x")
    return folder


def run(folder: Path, name: str, *arguments: str) -> Result:
    paths = [str(folder / one) if "." in one else one for one in arguments]
    return CliRunner().invoke(verify, [str(folder / name), *paths])


ALL = ("--contracts", "contracts.json", "--rulebook", "rulebook.toml", "--roll", "roll.json")


def test_the_command_adds_the_checks_to_its_verdict(files: Path) -> None:
    done = run(files, "board.bel", *ALL)
    assert done.exit_code == 0
    assert "[확인] 성과계약: 투표를 열 때 기록한 지문과 같습니다." in done.stdout
    told = json.loads(run(files, "board.bel", *ALL, "--json").stdout)
    assert told["ok"]
    named = {check["name"]: check for check in told["checks"]}
    assert named["binding-contracts"]["recorded"] == sha(CONTRACTS)
    assert {"binding-tasks", "binding-rulebook", "binding-roll", "binding-voters"} <= set(named)
    assert not any(name.startswith("binding") for name in verdict_names(files))


def verdict_names(files: Path) -> list[str]:
    return [check["name"] for check in json.loads(run(files, "board.bel", "--json").stdout)["checks"]]


def test_the_command_ends_with_1_when_a_promise_was_reworded(files: Path) -> None:
    done = run(files, "board.bel", "--contracts", "reworded.json")
    assert done.exit_code == 1
    assert "[틀림] 성과계약" in done.stdout
    assert f"기록 {sha(CONTRACTS)}\n    파일 " in done.stdout
    assert "이 게시판은 올바르지 않습니다" in done.stdout
    told = json.loads(run(files, "board.bel", "--contracts", "reworded.json", "--json").stdout)
    assert told["ok"] is False
    assert [check["name"] for check in told["checks"] if not check["ok"]] == ["binding-contracts"]


def test_the_command_says_that_a_board_has_no_fingerprints(files: Path) -> None:
    assert run(files, "unbound.bel").exit_code == 0
    done = run(files, "unbound.bel", *ALL)
    assert done.exit_code == 1
    assert done.stdout.count("지문이 없어 견줄 수 없습니다") == 3


def test_with_a_broken_board_the_command_says_what_is_broken(files: Path) -> None:
    assert run(files, "broken.bel", *ALL).exit_code == 1
    assert run(files, "board.bel", "--roll", "absent.json").exit_code == 2
