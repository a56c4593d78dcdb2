"""What a vote was bound to at its opening: fingerprints in the election record, and files to hold against them.

The record's description has one line each: `contracts sha256:…`, `rulebook sha256:…`, `roll sha256:…` (docs/protocol.md).
Files that bear the right fingerprint are also read: the ballot must offer the tasks that the contracts put on it, and
the board must list the credentials and weights of the roll.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ballots.protocol.archive import DATA, read_records, read_timestamp
from ballots.protocol.credentials import read_credentials
from ballots.protocol.election import read_election
from ballots.protocol.records import sha256_hex
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.verdict import Check
from office.i18n import N_

NAMES = {"contracts": N_("성과계약"), "rulebook": N_("평가규칙"), "roll": N_("선거인명부")}
"""What a vote is bound to, in the words of a page."""

SAME = N_("{what}: 투표를 열 때 기록한 지문과 같습니다.")
DIFFERENT = N_("{what}: 투표를 열 때 기록한 지문과 다릅니다.")
GONE = N_("{what}: 투표를 열 때의 것이 더는 없습니다.")
NOT_BOUND = N_("{what}: 이 투표의 기록에는 지문이 없어 견줄 수 없습니다.")
TASKS_SAME = N_("투표지의 과제 {n}개가 성과계약에서 투표에 올린 과제와 같습니다.")
TASKS_DIFFERENT = N_("투표지의 과제가 성과계약에서 투표에 올린 과제와 다릅니다: {where}.")
VOTERS_SAME = N_("게시판의 투표 자격키 {n}개와 그 가중치가 선거인명부와 같습니다.")
VOTERS_DIFFERENT = N_("게시판의 투표 자격키나 가중치가 선거인명부와 다릅니다. 다른 것이 {n}개입니다.")
UNREADABLE = N_("{what}: 지문은 맞지만 내용을 읽을 수 없습니다.")

_LINE = re.compile(r"^(contracts|rulebook|roll) sha256:([0-9a-f]{64})$", re.MULTILINE)


class OnBallot(Protocol):
    """A task on the ballot."""

    @property
    def title(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def task_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Task:
    title: str
    agency: str
    task_code: str


def bound(description: str) -> dict[str, str]:
    """Name → SHA-256 (hexadecimal) of everything a description binds.

    A name with two lines is left out: whoever wrote the second wanted readers to pick one.
    """
    lines = _LINE.findall(description)
    times = Counter(name for name, _ in lines)
    return {name: digest for name, digest in lines if times[name] == 1}


def answers(options: Sequence[OnBallot]) -> tuple[str, ...]:
    """The options as they stand on the ballot, no two alike: titles, with agency and then code where titles repeat."""
    titles = Counter(option.title for option in options)
    within = Counter((option.title, option.agency) for option in options)

    def answer(option: OnBallot) -> str:
        if titles[option.title] == 1:
            return option.title
        if within[option.title, option.agency] == 1:
            return f"{option.title} ({option.agency})"
        return f"{option.title} ({option.agency}, {option.task_code})"

    return tuple(answer(option) for option in options)


def check_board(
    board: bytes, *, contracts: bytes | None = None, rulebook: bytes | None = None, roll: bytes | None = None
) -> tuple[Check, ...]:
    """`check_binding` for the records of a board (a .bel file).  Raises `Invalid` if it does not begin as a board."""
    timestamp, start = read_timestamp(board)
    election, credentials = b"", b""
    # Setup: election, trustees, credentials.
    for place, record in zip(range(3), read_records(board, start, timestamp), strict=False):
        if record.kind != DATA:
            raise Invalid(Reason.BOARD_ORDER, what=record.kind, height=0, record=record.place)
        election, credentials = (record.body, b"") if place == 0 else (election, record.body)
    return check_binding(election, credentials=credentials, contracts=contracts, rulebook=rulebook, roll=roll)


def check_binding(
    election: bytes,
    *,
    credentials: bytes | None = None,
    contracts: bytes | None = None,
    rulebook: bytes | None = None,
    roll: bytes | None = None,
) -> tuple[Check, ...]:
    """Hold files against the fingerprints in an election record; only what is given is checked.

    `credentials` is the board's list of them, to hold against the roll.  Raises `Invalid` if a record is none.
    """
    read = read_election(election)
    recorded = bound(read.description)
    checks: list[Check] = []
    if contracts is not None:
        checks.append(compared("contracts", recorded.get("contracts"), sha256_hex(contracts)))
        if checks[-1].ok:
            checks.append(_tasks(read.questions[0].answers, contracts))
    if rulebook is not None:
        checks.append(compared("rulebook", recorded.get("rulebook"), sha256_hex(rulebook)))
    if roll is not None:
        checks.append(compared("roll", recorded.get("roll"), sha256_hex(roll)))
        if checks[-1].ok and credentials is not None:
            checks.append(_voters(read_credentials(credentials), roll))
    return tuple(checks)


def compared(name: str, recorded: str | None, found: str | None) -> Check:
    """One fingerprint held against the recorded one; `found` is None where what it was of is gone.

    Both stand in the check's values.
    """
    values = {"what": NAMES[name], "recorded": recorded, "found": found}
    if recorded is None:
        sentence = NOT_BOUND
    elif found is None:
        sentence = GONE
    else:
        sentence = SAME if recorded == found else DIFFERENT
    return Check(f"binding-{name}", recorded is not None and recorded == found, sentence, values)


def _tasks(shown: Sequence[str], contracts: bytes) -> Check:
    """The answers of the choice against the tasks on the ballot; contracts stand in their file by agency, not as voted on."""
    try:
        promised = answers(list(_on_ballot(json.loads(contracts))))
    except (ValueError, KeyError, TypeError):
        return Check("binding-tasks", False, UNREADABLE, {"what": NAMES["contracts"]})
    different = sorted((Counter(promised) - Counter(shown)) + (Counter(shown) - Counter(promised)))
    if different:
        return Check("binding-tasks", False, TASKS_DIFFERENT, {"where": ", ".join(different)})
    return Check("binding-tasks", True, TASKS_SAME, {"n": len(promised)})


def _on_ballot(contracts: Mapping[str, Any]) -> Iterator[_Task]:
    for contract in contracts["contracts"]:
        waiting = list(contract["nodes"])
        while waiting:
            node = waiting.pop()
            waiting += node["nodes"]
            if node["kind"] == "task" and node["on_ballot"]:
                yield _Task(node["title"], contract["agency"], node["code"])


def _voters(listed: Mapping[str, int], roll: bytes) -> Check:
    """The board's credentials against those at the end of each line of the roll: […, weight, credential]."""
    try:
        lines = [json.loads(line) for line in roll.decode().split("\n")[1:-1]]
        on_roll = {str(line[-1]): int(line[-2]) for line in lines}
    except (ValueError, IndexError, TypeError):
        return Check("binding-voters", False, UNREADABLE, {"what": NAMES["roll"]})
    different = sum(on_roll.get(key) != listed.get(key) for key in {*on_roll, *listed})
    if different or len(lines) != len(listed):
        return Check("binding-voters", False, VOTERS_DIFFERENT, {"n": different or len(lines) - len(listed)})
    return Check("binding-voters", True, VOTERS_SAME, {"n": len(listed)})
