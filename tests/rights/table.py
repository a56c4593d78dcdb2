"""The table of rights: for every route whose it is, and what it answers to whom in which state of the year.

    GET /agency/contracts/{public_id} | own-officer own-head office
        own-officer own-head office      404 200 200 200 200 200 200 200
        ...

Behind the bar stands, written by hand, for whom a route is; the lines below are what was answered, in the order of
`STATES`, actors of one answer together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.rights.asking import Route
from tests.rights.states import ACTORS, STATES

FILE = Path(__file__).with_name("answers.txt")
EVERYBODY = "everybody"
UNDECIDED = "?"


@dataclass
class Row:
    """One route: for whom it is, and its answers by actor, one a state."""

    audience: tuple[str, ...] = (UNDECIDED,)
    answers: dict[str, list[str]] = field(default_factory=dict)

    def is_for(self, actor: str) -> bool:
        return EVERYBODY in self.audience or actor in self.audience


Table = dict[Route, Row]


def read(text: str) -> Table:
    """The table as it is written."""
    table: Table = {}
    row = Row()
    for line in filter(None, text.splitlines()):
        if line.startswith("#"):
            continue
        if line.startswith(" "):
            words = line.split()
            actors, answers = words[: -len(STATES)], words[-len(STATES) :]
            row.answers |= dict.fromkeys(actors, answers)
        else:
            route, audience = line.split(" | ")
            method, path = route.split(" ")
            row = table[method, path] = Row(tuple(audience.split()))
    return table


def write(table: Mapping[Route, Row]) -> str:
    """The text `read` reads."""
    lines = ["# for every route: for whom it is, and its answers " + " ".join(STATES)]
    for (method, path), row in sorted(table.items(), key=lambda each: (each[0][1], each[0][0])):
        lines.append(f"{method} {path} | {' '.join(row.audience)}")
        alike: dict[tuple[str, ...], list[str]] = {}
        for actor in ACTORS:
            alike.setdefault(tuple(row.answers[actor]), []).append(actor)
        lines += [f"    {' '.join(actors)}    {' '.join(answers)}" for answers, actors in alike.items()]
    return "\n".join(lines) + "\n"
