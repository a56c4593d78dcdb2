"""What a rehearsal is played with: the files of a folder, and what is made up, and said to be, where one is absent."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from contracts.files.importing import Parsed, parse
from contracts.terms.tree import (
    ContractTree,
    Direction,
    Kind,
    Measure,
    Method,
    Node,
    indicators,
    tasks,
)
from evaluation.arithmetic.marks import Grade
from office.i18n import N_
from rehearsal.made_up import made_up_contracts
from rehearsal.pabulib import BallotFile, read_ballots

CONTRACT_FILES = ("contracts.csv", "contracts.xlsx")
MADE_UP_AGENCIES = 8
EVALUATORS = 5
CONTRACTS, MARKS, PEOPLE = N_("성과계약"), N_("평가위원의 평정"), N_("참여한 사람들")
RATINGS = N_("도민의 기관별 평가")
LONGEST_TITLE = 280

Marks = dict[tuple[str, str, int], Grade | None]
"""(agency code, indicator code, evaluator counted from 1) → grade; None is a mark deliberately not given."""


class NotThisFolder(Exception):
    """The folder cannot be rehearsed; the message says which file and why."""


@dataclass(frozen=True)
class Material:
    """Everything the play needs, and which of it was made up (`simulated`, Korean names)."""

    ballots: BallotFile
    trees: tuple[ContractTree, ...]
    uploaded: tuple[str, bytes] | None
    """The contract file as it was found: its name and bytes, to be shown to the import first."""
    parsed: Parsed | None
    marks: Marks
    task_of: dict[str, tuple[str, str]]
    """Project id → (agency code, task code)."""
    evaluators: int
    simulated: tuple[str, ...]


def read_folder(folder: Path, *, seed: int) -> Material:
    """Read `ballots.pb` and, where present, `contracts.csv` or `.xlsx` and `marks.csv`; make up the rest from the seed.

    Raises `NotThisFolder`, or `NotTheseBallots` for a file of another kind of vote.
    """
    if not (folder / "ballots.pb").is_file():
        raise NotThisFolder(f"{folder}: there is no ballots.pb")
    ballots = read_ballots(folder / "ballots.pb")
    rng = random.Random(seed)  # noqa: S311 - made-up data, not secrets
    path = next((folder / name for name in CONTRACT_FILES if (folder / name).is_file()), None)
    simulated = [PEOPLE]
    parsed: Parsed | None = None
    uploaded: tuple[str, bytes] | None = None
    if path is None:
        simulated.append(CONTRACTS)
        trees = made_up_contracts(min(MADE_UP_AGENCIES, len(ballots.projects)), rng)
    else:
        uploaded = path.name, path.read_bytes()
        parsed = parse(uploaded[1], path.name)
        trees = parsed.contracts
        if not trees:
            first = parsed.problems[0].said() if parsed.problems else "it holds no contract"
            raise NotThisFolder(f"{path.name}: no contract can be taken; {first}")
    trees, task_of = with_projects(trees, ballots)
    marks_path = folder / "marks.csv"
    if marks_path.is_file():
        marks = read_marks(marks_path)
    else:
        simulated.append(MARKS)
        marks = made_up_marks(trees, rng)
    evaluators = max((number for *_, number in marks), default=EVALUATORS)
    return Material(ballots, trees, uploaded, parsed, marks, task_of, evaluators, tuple(simulated))


def with_projects(
    trees: Sequence[ContractTree], ballots: BallotFile
) -> tuple[tuple[ContractTree, ...], dict[str, tuple[str, str]]]:
    """Hang project i as a task of weight 0 on agency i mod m; a contract without qualitative indicators gets one each.

    Those indicators weigh nothing: experts mark them, and made-up marks move no figure of a real contract.
    """
    added: list[list[Node]] = [[] for _ in trees]
    task_of: dict[str, tuple[str, str]] = {}
    for position, project in enumerate(ballots.projects):
        number = position % len(trees)
        tree = trees[number]
        code = f"P{position + 1:03d}"
        marked = any(n.measure and n.measure.method is Method.NINE_GRADE for n in indicators(tree))
        judged = Node(
            code=f"{code}-E",
            title="약속을 지킨 정도",
            kind=Kind.INDICATOR,
            weight=Decimal(0),
            measure=Measure(direction=Direction.UP, method=Method.NINE_GRADE),
        )
        title = project.name[:LONGEST_TITLE]
        added[number].append(
            Node(
                code=code,
                title=title,
                kind=Kind.TASK,
                weight=Decimal(0),
                promise=f"{title}: 계획한 대로 마칩니다.",
                on_ballot=True,
                children=() if marked else (judged,),
            )
        )
        task_of[project.id] = tree.agency_code, code
    plain = [
        replace(tree, children=(*(_off_ballot(child) for child in tree.children), *extra))
        for tree, extra in zip(trees, added, strict=True)
    ]
    return tuple(plain), task_of


def _off_ballot(node: Node) -> Node:
    """The options are the file's projects; the contract's own tasks stay off the ballot."""
    return replace(node, on_ballot=False, children=tuple(_off_ballot(child) for child in node.children))


def without_figures(trees: Sequence[ContractTree]) -> tuple[ContractTree, ...]:
    """The contracts as they are signed: figures and results come later, in the reporting phase."""

    def bare(node: Node) -> Node:
        measure = replace(node.measure, actual=None) if node.measure else None
        return replace(
            node, result="", measure=measure, children=tuple(bare(child) for child in node.children)
        )

    return tuple(replace(tree, children=tuple(bare(child) for child in tree.children)) for tree in trees)


def marked_indicators(tree: ContractTree) -> list[str]:
    """Codes of the indicators that experts mark."""
    return [n.code for n in indicators(tree) if n.measure and n.measure.method is Method.NINE_GRADE]


def made_up_marks(trees: Sequence[ContractTree], rng: random.Random) -> Marks:
    """Grades between A+ and D+ from every evaluator for everything experts mark."""
    grades = list(Grade)[:6]
    return {
        (tree.agency_code, code, evaluator): rng.choice(grades)
        for tree in trees
        for code in marked_indicators(tree)
        for evaluator in range(1, EVALUATORS + 1)
    }


def read_marks(path: Path) -> Marks:
    """Marks from a table with the columns agency_code, indicator_code, evaluator (1, 2, …) and grade (A+ … E0).

    An empty grade is a mark that was not given.  Raises `NotThisFolder` naming the row.
    """
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    needed = {"agency_code", "indicator_code", "evaluator", "grade"}
    if not needed <= set(rows.fieldnames or ()):
        raise NotThisFolder(f"marks.csv: needs the columns {', '.join(sorted(needed))}")
    marks: Marks = {}
    for number, row in enumerate(rows, start=2):
        evaluator, grade = (row["evaluator"] or "").strip(), (row["grade"] or "").strip()
        if not evaluator.isdecimal() or int(evaluator) < 1:
            raise NotThisFolder(f"marks.csv row {number}: evaluator '{evaluator}' is not 1, 2, …")
        if grade and grade not in set(Grade):
            raise NotThisFolder(f"marks.csv row {number}: grade '{grade}' is not one of {', '.join(Grade)}")
        key = row["agency_code"].strip(), row["indicator_code"].strip(), int(evaluator)
        marks[key] = Grade(grade) if grade else None
    return marks


def figures_of(tree: ContractTree) -> dict[str, str]:
    """The form in which an officer reports: actual figures by indicator, results by task."""
    actuals = {
        f"actual-{n.code}": format(n.measure.actual, "f")
        for n in indicators(tree)
        if n.measure and n.measure.actual is not None
    }
    return actuals | {f"result-{n.code}": n.result for n in tasks(tree) if n.result}
