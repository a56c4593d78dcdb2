"""What a verifier says of a board: what was checked, what is wrong and where, what is not there yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ballots.protocol.refusals import Invalid, said
from office.i18n import N_

_WHERE_RECORD = N_("(기록 {record}, 사건 {height})")
_WHERE_EVENT = N_("(사건 {height})")


@dataclass(frozen=True)
class Check:
    """One thing that was checked, under a fixed name."""

    name: str
    ok: bool
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence in the current language."""
        return said(self.sentence, self.values)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `values` may name the record (from 1) and the event's height (from 0)."""

    code: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, finding: Invalid, **where: int) -> Problem:
        """A refusal met while reading the board."""
        return cls(finding.reason.value, finding.message, {**finding.values, **where})

    def text(self) -> str:
        """The sentence in the current language, with the place on the board."""
        text = said(self.sentence, self.values)
        if "record" in self.values and "height" in self.values:
            return f"{text} {said(_WHERE_RECORD, self.values)}"
        if "height" in self.values:
            return f"{text} {said(_WHERE_EVENT, self.values)}"
        return text


@dataclass(frozen=True)
class Verdict:
    """The whole verdict.  A board in the middle of voting is well as far as it goes: `ok`, with `pending`."""

    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    pending: tuple[str, ...]
    name: str = ""
    uuid: str = ""
    fingerprint: str = ""
    credentials: int = 0
    ballots: int = 0
    voters: int = 0
    total_weight: int = 0
    trackers: tuple[str, ...] = field(default=(), repr=False)
    result: tuple[tuple[int, ...], ...] | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For programs: codes, sentences in the current language, counts, and where."""
        return {
            "ok": self.ok,
            "election": {"name": self.name, "uuid": self.uuid, "fingerprint": self.fingerprint},
            "counts": {
                "credentials": self.credentials,
                "ballots": self.ballots,
                "voters": self.voters,
                "total_weight": self.total_weight,
            },
            "checks": [{"name": c.name, "ok": c.ok, "text": c.text(), **c.values} for c in self.checks],
            "problems": [
                {
                    "code": p.code,
                    "text": p.text(),
                    "record": p.values.get("record"),
                    "height": p.values.get("height"),
                }
                for p in self.problems
            ],
            "pending": [said(text, {}) for text in self.pending],
            "result": self.result,
        }


@dataclass
class Report:
    """The verdict while it is being written."""

    verdict: Verdict = field(default_factory=lambda: Verdict((), (), ()))

    def check(self, name: str, ok: bool, sentence: str, **values: object) -> None:
        self.verdict = replace(self.verdict, checks=(*self.verdict.checks, Check(name, ok, sentence, values)))

    def problem(self, finding: Invalid, **where: int) -> None:
        problem = Problem.of(finding, **where)
        self.verdict = replace(self.verdict, problems=(*self.verdict.problems, problem))

    def pending(self, sentence: str) -> None:
        self.verdict = replace(self.verdict, pending=(*self.verdict.pending, sentence))

    def note(self, **facts: object) -> None:
        self.verdict = replace(self.verdict, **facts)  # type: ignore[arg-type]  # names of Verdict's own fields
