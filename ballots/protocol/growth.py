"""Whether one board is an earlier state of another: append-only, proven from the two files alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ballots.protocol.archive import EVENT, read_records, read_timestamp
from ballots.protocol.board import read_board
from ballots.protocol.records import Event, decode
from ballots.protocol.refusals import Invalid
from ballots.protocol.verdict import Check, Problem
from office.i18n import N_

_OLD_WELL = N_("앞선 게시판: 사건 {count}개가 순서대로 이어집니다.")
_OLD_WRONG = N_("앞선 게시판: 끝까지 읽지 못했습니다.")
_NEW_WELL = N_("나중 게시판: 사건 {count}개가 순서대로 이어집니다.")
_NEW_WRONG = N_("나중 게시판: 끝까지 읽지 못했습니다.")


@dataclass(frozen=True)
class Growth:
    """The verdict on two boards; `parted_at` is the height of the first event that is not the same in both."""

    checks: tuple[Check, ...]
    problems: tuple[Problem, ...] = ()
    old_events: int = 0
    new_events: int = 0
    parted_at: int | None = None
    added: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the new board is the old one with nothing changed, taken out or put in between."""
        return not self.problems and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For programs: codes, sentences in the current language, counts, and where they part."""
        return {
            "ok": self.ok,
            "old_events": self.old_events,
            "new_events": self.new_events,
            "parted_at": self.parted_at,
            "added": dict(self.added),
            "checks": [{"name": c.name, "ok": c.ok, "text": c.text(), **c.values} for c in self.checks],
            "problems": [{"code": p.code, "text": p.text(), **p.values} for p in self.problems],
        }


@dataclass(frozen=True)
class _Link:
    kind: str
    payload: str | None
    digest: str


def compare(old: bytes, new: bytes) -> Growth:
    """Check both files as boards (archive, chain, order), and that the new one begins with the old one, byte for byte.

    What the records say is for `verifier.verify`; a wrong board gives a verdict, never an exception.
    """
    checks: list[Check] = []
    problems: list[Problem] = []
    chains: list[list[_Link]] = []
    for name, raw, well, wrong in (("old", old, _OLD_WELL, _OLD_WRONG), ("new", new, _NEW_WELL, _NEW_WRONG)):
        try:
            read_board(raw)
            chains.append(_chain(raw))
            checks.append(Check(name, True, well, {"count": len(chains[-1])}))
        except Invalid as finding:
            checks.append(Check(name, False, wrong))
            problems.append(Problem.of(finding))
    if len(chains) < 2:
        return Growth(tuple(checks), tuple(problems))
    before, after = chains
    if new.startswith(old):
        added = Counter(link.kind for link in after[len(before) :])
        sentence = N_(
            "덧붙이기: 앞선 게시판의 모든 바이트가 그대로 있고 그 뒤에 사건 {count}개가 더해졌습니다."
        )
        checks.append(Check("growth", True, sentence, {"count": added.total()}))
        return Growth(tuple(checks), (), len(before), len(after), None, added)
    parted_at, sentence = _parting(before, after)
    checks.append(
        Check("growth", False, N_("덧붙이기: 나중 게시판이 앞선 게시판에 덧붙여 만든 것이 아닙니다."))
    )
    problem = Problem("not-appended", sentence, {} if parted_at is None else {"height": parted_at})
    return Growth(tuple(checks), (problem,), len(before), len(after), parted_at)


def _chain(raw: bytes) -> list[_Link]:
    timestamp, start = read_timestamp(raw)
    links = []
    for found in read_records(raw, start, timestamp):
        if found.kind == EVENT:
            event = decode(found.body, Event)
            links.append(_Link(event.type, event.payload, found.digest))
    return links


def _parting(before: list[_Link], after: list[_Link]) -> tuple[int | None, str]:
    """Where two chains part and how.  An event's hash fixes its data and everything before it."""
    for height, (there, here) in enumerate(zip(before, after, strict=False)):
        if there.digest == here.digest:
            continue
        if there.kind != here.kind:
            return height, N_("두 게시판이 이 사건부터 다릅니다. 여기에 다른 종류의 사건이 있습니다.")
        if there.payload in {link.payload for link in after}:
            return height, N_("두 게시판이 이 사건부터 다릅니다. 앞선 게시판의 기록이 다른 자리에 있습니다.")
        return height, N_("두 게시판이 이 사건부터 다릅니다. 앞선 게시판의 기록이 바뀌었거나 빠졌습니다.")
    if len(after) < len(before):
        return len(after), N_("나중 게시판에 앞선 게시판의 이 사건부터가 없습니다.")
    return None, N_("두 게시판의 머리말이 다릅니다.")
