"""The printable original of a contract: parties, promises, the tree with its points, both signatures, the fingerprint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contracts.terms.canonical import contract_fingerprint
from contracts.terms.methods import write_settings
from contracts.terms.tree import (
    DIRECTION_NAMES,
    METHOD_NAMES,
    ROOT_WEIGHT,
    ContractTree,
    Kind,
    Measure,
    Method,
    Node,
    tasks,
)
from office.decimals import plain, shown
from office.i18n import translate
from office.paper import compile_pdf, moment

TEMPLATE = Path(__file__).with_name("original.typ")
HISTORY_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as what, when (aware)."""

    role: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """An edition after the first: its number, since when it is in force (aware), who signed it."""

    number: int
    since: datetime
    signatures: Sequence[Signature]


def contract_original(
    tree: ContractTree,
    *,
    cycle: str,
    title: str = "",
    signatures: Sequence[Signature] = (),
    later: Sequence[Later] = (),
    published_at: datetime | None = None,
    simulated: bool = False,
    government: str = "",
    bodies: Mapping[str, str] | None = None,
) -> bytes:
    """The contract as PDF/UA-1, in Korean as signed; weights must be filled in.  `bodies` are names by code."""
    facts = original_facts(
        tree,
        cycle=cycle,
        title=title,
        signatures=signatures,
        later=later,
        published_at=published_at,
        simulated=simulated,
        government=government,
        bodies=bodies or {},
    )
    return compile_pdf(TEMPLATE, facts)


def original_facts(
    tree: ContractTree,
    *,
    cycle: str,
    title: str,
    signatures: Sequence[Signature],
    later: Sequence[Later] = (),
    published_at: datetime | None,
    simulated: bool,
    government: str,
    bodies: Mapping[str, str],
) -> dict[str, object]:
    """Everything the template prints, as text."""
    fingerprint = contract_fingerprint(tree, cycle=cycle)
    heading = title or f"{cycle} 성과계약서"
    state = "공개본" if published_at else "초안"
    edition = f"{later[-1].number}판" if later else ""
    return {
        "title": f"{heading} – {tree.agency}",
        "over": " · ".join(filter(None, (f"{cycle} 성과계약", state, edition))),
        "foot": f"계약 지문 {fingerprint[:16]}…",
        "simulated": simulated,
        "heading": heading,
        "parties": " · ".join(each for each in (government, tree.agency) if each),
        "preamble": "두 당사자는 아래 과제를 이행하고, 정한 지표와 배점으로 평가받으며, 이 계약의 원본을 도민에게 공개하기로 약속합니다.",
        "promises": [
            {
                "number": f"{number}.",
                "title": task.title,
                "promise": task.promise,
                "weight": f"{_points(task)}점",
                "on_ballot": task.on_ballot,
                "shared": _shared(tree, task, bodies),
            }
            for number, task in enumerate(tasks(tree), start=1)
        ],
        "rows": [_row(depth, node) for depth, node in _below(tree.children)],
        "total": plain(ROOT_WEIGHT),
        "head": [_own(task) for task in tree.head.tasks] if tree.head else [],
        "edition": f"{edition}: {moment(later[-1].since)}에 변경한 내용" if later else "",
        "signatures": _signed(signatures),
        "later": [
            {
                "said": f"{each.number}판: {moment(each.since)}에 변경",
                "signatures": _signed(each.signatures),
            }
            for each in later
        ],
        "fingerprint": fingerprint,
        "published": moment(published_at) if published_at else "",
    }


def _signed(signatures: Sequence[Signature]) -> list[dict[str, str]]:
    return [{"role": each.role, "name": each.name, "at": moment(each.at)} for each in signatures]


def _shared(tree: ContractTree, task: Node, bodies: Mapping[str, str]) -> str:
    """Who keeps a joint task together, the leading body first; one without a name by its code."""
    if not task.shares:
        return ""
    shares = ", ".join(f"{bodies.get(code, code)} {plain(percent)}%" for code, percent in task.shares)
    lead = bodies.get(task.shares[0][0], task.shares[0][0])
    where = f"주관 기관({lead})의 계약에서 잽니다" if task.is_linked(tree.agency_code) else "주관"
    return f"협업과제 · {where} · 몫 {shares}"


def _below(nodes: Sequence[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    for node in nodes:
        yield depth, node
        yield from _below(node.children, depth + 1)


def _row(depth: int, node: Node) -> dict[str, object]:
    row: dict[str, object] = {
        "depth": depth,
        "kind": node.kind.value,
        "title": node.title,
        "weight": _points(node),
        "note": "",
        "direction": "",
        "baseline": "",
        "target": "",
        "method": "",
    }
    if node.kind is not Kind.INDICATOR or node.measure is None:
        return row
    measure = node.measure
    graded = measure.method is Method.NINE_GRADE or node.is_beside
    return row | {
        "note": _note(measure),
        "direction": "" if graded else translate(DIRECTION_NAMES[measure.direction], "ko"),
        "baseline": "" if measure.baseline is None else f"{shown(measure.baseline)}{measure.unit}",
        "target": "" if measure.target is None else f"{shown(measure.target)}{measure.unit}",
        "method": " · ".join(
            filter(
                None,
                (
                    translate(METHOD_NAMES[measure.method], "ko"),
                    write_settings(measure.method, measure.settings),
                ),
            )
        ),
    }


def _own(task: Node) -> dict[str, str]:
    """A task of the head's own contract."""
    measure = task.measure
    assert measure is not None  # noqa: S101 - every task of a head has one
    graded = measure.method is Method.NINE_GRADE
    return {
        "title": task.title,
        "note": measure.definition,
        "direction": "" if graded else translate(DIRECTION_NAMES[measure.direction], "ko"),
        "target": "" if measure.target is None else f"{shown(measure.target)}{measure.unit}",
        "method": translate(METHOD_NAMES[measure.method], "ko") if graded else "달성률",
        "weight": _points(task),
    }


def _note(measure: Measure) -> str:
    past = ", ".join(f"{year}년 {shown(value)}" for year, value in measure.history[-HISTORY_SHOWN:])
    labelled = (
        ("산식", measure.formula),
        ("자료", measure.source),
        ("자료 제출", measure.supplied_by),
        ("확인", measure.checked_by),
    )
    sheet = (f"{label}: {text}" for label, text in labelled if text)
    return " · ".join(each for each in (measure.definition, past, *sheet) if each)


def _points(node: Node) -> str:
    if node.weight is None:
        raise ValueError(f"the weight of {node.code} is blank")
    return plain(node.weight)
