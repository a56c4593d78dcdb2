"""What the scoring desk shows: the contract's parts with an indicator to grade, the nine grades in words, the progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.evidence.files import EvidenceFile
from contracts.terms import head as terms
from contracts.terms.tree import Kind, Node
from evaluation.arithmetic.marks import POINTS, Grade
from evaluation.arithmetic.rubrics import PROCESS, RESULTS, RUBRICS
from evaluation.marking.reading import Entry, Sheet
from evaluation.marking.sheets import ABSENT, COMMENTS
from evaluation.marking.tasks import Task
from evaluation.model import Standing
from office.i18n import N_, translate

COMMENT_LABELS = {"strength": N_("잘한 점"), "weakness": N_("아쉬운 점"), "recommendation": N_("권고")}
OUT = (Standing.CONFLICT, Standing.ENDED)
"""Sheets that are somebody else's now."""


@dataclass(frozen=True, slots=True)
class Part:
    """One task of the contract: what was promised and reported, what is to be graded, what is computed beside it."""

    goal: str
    task: Node
    graded: tuple[Node, ...]
    measured: tuple[Node, ...]


def parts_of(sheet: Sheet) -> list[Part]:
    """The parts of the contract that hold an indicator to be graded, in its order."""
    found: list[Part] = []

    def below(goal: str, node: Node) -> None:
        own = tuple(child for child in node.children if child.kind is Kind.INDICATOR)
        graded = tuple(child for child in own if child.code in sheet.codes)
        if graded:
            found.append(Part(goal, node, graded, tuple(child for child in own if child not in graded)))
        for child in node.children:
            below(node.title if node.kind is Kind.GOAL else goal, child)

    for top in sheet.tree.children:
        below("", top)
    return [*found, *_of_head(sheet)]


def _of_head(sheet: Sheet) -> list[Part]:
    """The head's own contract, if there is one: what experts grade of it, and its measured tasks beside."""
    if sheet.tree.head is None:
        return []
    titles = terms.titles_of(sheet.tree)
    graded = tuple(replace(node, title=titles[node.code], weight=None) for node in terms.judged(sheet.tree))
    said = translate(N_("과제마다 결과를 함께 적었습니다."))
    task = Node(terms.PREFIX, translate(terms.TITLE), Kind.TASK, None, result=said)
    return [Part("", task, graded, terms.measured(sheet.tree.head))]


def files_of(part: Part, files: Mapping[str, Sequence[EvidenceFile]]) -> list[EvidenceFile]:
    """The evidence laid beside a task or an indicator of it."""
    codes = [part.task.code, *(node.code for node in (*part.graded, *part.measured))]
    return [each for code in codes for each in files.get(code, ())]


@dataclass(frozen=True, slots=True)
class GradeOption:
    """A box of the scale: the grade, its points and its rubric; the last leaves the indicator out on purpose."""

    value: str
    label: str
    points: str
    word: str
    text: str


def grade_options() -> list[GradeOption]:
    """The nine grades, and leaving the indicator out."""
    nine = [
        GradeOption(
            grade.value,
            grade.value,
            translate(N_("{points}점"), points=POINTS[grade]),
            translate(RUBRICS[grade].word),
            translate(RUBRICS[grade].text),
        )
        for grade in Grade
    ]
    left_out = translate(N_("판단할 근거가 없거나 맡은 분야가 아닐 때 고릅니다. 0점으로 세지 않습니다."))
    return [
        *nine,
        GradeOption(ABSENT, translate(N_("평정하지 않음")), translate(N_("점수 없음")), "", left_out),
    ]


def questions() -> list[tuple[str, list[tuple[str, str]]]]:
    """What to look at before choosing a grade: how the work was done, and what came of it."""
    return [
        (translate(title), [(translate(term), translate(asked)) for term, asked in asked_of])
        for title, asked_of in ((N_("일하는 과정"), PROCESS), (N_("일의 성과"), RESULTS))
    ]


def chosen(entry: Entry) -> str:
    """The value of the box that is ticked."""
    return ABSENT if entry.absent else entry.grade.value if entry.grade else ""


def typed(sheet: Sheet, form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What stands in the fields of every indicator: what was just typed, or else what is stored."""
    fields: dict[str, dict[str, str]] = {}
    for code in sheet.codes:
        entry = sheet.entry(code)
        stored = {"grade": chosen(entry), "reason": entry.reason, "version": str(entry.version)}
        stored |= {name: getattr(entry, name) for name in COMMENTS}
        fields[code] = {name: form.get(f"{name}-{code}", value) for name, value in stored.items()}
    return fields


def told(entry: Entry) -> dict[str, Any]:
    """What is stored of an indicator, for the script that shows a conflict."""
    said: dict[str, Any] = {name: getattr(entry, name) for name in (*COMMENTS, "reason")}
    return said | {"grade": chosen(entry), "version": entry.version}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an evaluator is with everything assigned: contracts filed, indicators decided, and what comes next.

    Practice sheets come next like all others, but are counted nowhere here.  `elsewhere` are the indicators decided on other sheets than the one at hand.
    """

    contracts: int
    filed: int
    indicators: int
    decided: int
    elsewhere: int
    following: Task | None


def progress_of(tasks: Sequence[Task], here: int | None = None) -> Progress:
    """The progress over all sheets that are still one's own; `here` is left out of what comes next."""
    own = [task for task in tasks if task.assignment.standing not in OUT]
    waiting = (task for task in own if task.assignment.standing is not Standing.FILED)
    following = next((task for task in waiting if task.assignment.id != here), None)
    real = [task for task in own if not task.assignment.calibration]
    return Progress(
        len(real),
        sum(task.assignment.standing is Standing.FILED for task in real),
        sum(task.of for task in real),
        sum(task.done for task in real),
        sum(task.done for task in real if task.assignment.id != here),
        following,
    )
