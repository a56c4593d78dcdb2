"""Reading Pabulib `.pb` files as ballots: residents' real k-of-n choices.

A file has three sections, META, PROJECTS and VOTES, each a `;`-separated table.  k-of-n means `approval` or `choose-1`;
other kinds of vote are refused by name.  Source: pabulib.org, "PB format".
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

KINDS = ("approval", "choose-1")
SECTIONS = ("META", "PROJECTS", "VOTES")
MAXIMUM_OPTIONS = 200


class NotTheseBallots(Exception):
    """The file is not one of k-of-n ballots; the message says why and in which line where that is known."""


@dataclass(frozen=True, slots=True)
class Project:
    """One option of the ballot."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PaperBallot:
    """One resident's valid choice: positions of projects, counted from 0, ascending."""

    voter: str
    picks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BallotFile:
    """The ballots of a file: those that keep its own rules, and how many were refused, by reason."""

    name: str
    minimum: int
    maximum: int
    projects: tuple[Project, ...]
    ballots: tuple[PaperBallot, ...]
    read: int
    refused: dict[str, int]


def read_ballots(path: Path) -> BallotFile:
    """Read a `.pb` file.  Missing `min_length` is 0, missing `max_length` the number of projects.

    Raises `NotTheseBallots` for another kind of vote or a file that is not in the format.
    """
    sections = _sections(path)
    meta = {row[0].strip(): row[1].strip() for row in sections["META"] if len(row) > 1}
    kind = meta.get("vote_type", "")
    if kind not in KINDS:
        raise NotTheseBallots(
            f"{path.name}: vote_type is '{kind or 'missing'}'; only {' and '.join(KINDS)} are k-of-n"
        )
    projects = tuple(_projects(path, sections["PROJECTS"]))
    if not 1 <= len(projects) <= MAXIMUM_OPTIONS:
        raise NotTheseBallots(f"{path.name}: {len(projects)} projects; a ballot has 1 to {MAXIMUM_OPTIONS}")
    minimum = _count(path, meta, "min_length", 1 if kind == "choose-1" else 0)
    maximum = _count(path, meta, "max_length", 1 if kind == "choose-1" else len(projects))
    maximum = min(maximum, len(projects))
    if not 0 <= minimum <= maximum:
        raise NotTheseBallots(
            f"{path.name}: min_length {minimum} and max_length {maximum} do not fit together"
        )

    place = {project.id: position for position, project in enumerate(projects)}
    table = sections["VOTES"]
    header = [cell.strip() for cell in table[0]] if table else []
    if "vote" not in header:
        raise NotTheseBallots(f"{path.name}: the VOTES section has no column 'vote'")
    voter_at = header.index("voter_id") if "voter_id" in header else None
    vote_at = header.index("vote")
    ballots: list[PaperBallot] = []
    refused: Counter[str] = Counter()
    for number, row in enumerate(table[1:], start=1):
        ids = [
            part.strip() for part in (row[vote_at] if len(row) > vote_at else "").split(",") if part.strip()
        ]
        if reason := _reason(ids, place, minimum, maximum):
            refused[reason] += 1
            continue
        voter = row[voter_at].strip() if voter_at is not None else str(number)
        ballots.append(PaperBallot(voter, tuple(sorted(place[id_] for id_ in ids))))
    return BallotFile(path.name, minimum, maximum, projects, tuple(ballots), len(table) - 1, dict(refused))


def _reason(ids: list[str], place: dict[str, int], minimum: int, maximum: int) -> str:
    """Why a ballot breaks the file's own rules, or nothing."""
    if len(set(ids)) != len(ids):
        return "repeats an option"
    if any(id_ not in place for id_ in ids):
        return "names an unknown option"
    if len(ids) < minimum:
        return "too few options"
    if len(ids) > maximum:
        return "too many options"
    return ""


def _sections(path: Path) -> dict[str, list[list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise NotTheseBallots(f"{path.name}: cannot be read as UTF-8 text") from trouble
    found: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for row in csv.reader(io.StringIO(text), delimiter=";"):
        title = row[0].strip().upper() if row else ""
        if title in SECTIONS and len([cell for cell in row if cell.strip()]) == 1:
            current = found.setdefault(title, [])
        elif current is not None and any(cell.strip() for cell in row):
            current.append(row)
    if missing := [section for section in SECTIONS if section not in found]:
        raise NotTheseBallots(f"{path.name}: no section {', '.join(missing)}; this is not a .pb file")
    return found


def _projects(path: Path, table: list[list[str]]) -> list[Project]:
    header = [cell.strip() for cell in table[0]] if table else []
    if "project_id" not in header:
        raise NotTheseBallots(f"{path.name}: the PROJECTS section has no column 'project_id'")
    id_at, name_at = header.index("project_id"), header.index("name") if "name" in header else None
    made: list[Project] = []
    for row in table[1:]:
        id_ = row[id_at].strip() if len(row) > id_at else ""
        name = row[name_at].strip() if name_at is not None and len(row) > name_at else ""
        made.append(Project(id_, name or id_))
    ids = [project.id for project in made]
    if "" in ids or len(set(ids)) != len(ids):
        raise NotTheseBallots(f"{path.name}: project ids are missing or repeated")
    return made


def _count(path: Path, meta: dict[str, str], key: str, missing: int) -> int:
    text = meta.get(key, "")
    if not text:
        return missing
    if not text.isdecimal():
        raise NotTheseBallots(f"{path.name}: {key} is '{text}', not a number")
    return int(text)
