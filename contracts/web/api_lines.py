"""Contracts, tasks and indicators as the public API says them."""

from collections.abc import Mapping
from decimal import Decimal

from contracts.files.rows import attainment, head_tasks
from contracts.public.survey import Line
from contracts.terms.doubt import Check, doubts_among
from contracts.terms.methods import write_settings
from contracts.terms.standing import kept
from contracts.terms.tree import ContractTree, Kind, Node
from contracts.web.answers import ContractLine, HeadTaskLine, IndicatorLine, TaskLine, YearValue
from office.decimals import plain


def contract_line(line: Line, year: int, base: str) -> ContractLine:
    """A line of the survey as the API says it; `base` is the address of the site."""
    standing = line.standing
    return ContractLine(
        contract=line.public_id,
        year=year,
        agency_code=line.agency_code,
        agency=line.agency,
        agency_kind=line.kind,
        published_at=line.published_at,
        fingerprint=line.fingerprint,
        state=standing.state,
        tasks=standing.tasks,
        indicators=standing.indicators,
        with_target=standing.with_target,
        reached=standing.met,
        missed=standing.missed,
        doubted=standing.doubted,
        url=f"{base}/api/v1/contracts/{line.public_id}",
        page=f"{base}/contracts/{line.public_id}",
    )


def task_lines(tree: ContractTree) -> list[TaskLine]:
    """Goals and tasks, each before what is below it."""
    return [
        TaskLine(
            kind=node.kind.value,
            code=node.code,
            parent=parent,
            title=node.title,
            weight=plain(node.weight or Decimal()),
            promise=node.promise,
            result=node.result,
            on_ballot=node.on_ballot,
            shares={code: plain(percent) for code, percent in node.shares},
        )
        for parent, node in _nodes(tree.children)
        if node.kind is not Kind.INDICATOR
    ]


def indicator_lines(
    public_id: str, tree: ContractTree, checks: Mapping[str, Check], base: str, path: dict[str, str]
) -> list[IndicatorLine]:
    """Indicators in their order, with the verdicts that stand; `path` gives the end of each one's address by code."""
    doubts = doubts_among(checks)
    return [
        IndicatorLine(
            contract=public_id,
            code=node.code,
            parent=parent,
            title=node.title,
            weight=plain(node.weight or Decimal()),
            direction=measure.direction.value,
            unit=measure.unit,
            method=measure.method.value,
            settings=write_settings(measure.method, measure.settings),
            baseline=figure(measure.baseline),
            target=figure(measure.target),
            actual=figure(measure.actual),
            reached=kept(measure, doubted=node.code in doubts),
            check=checks[node.code].verdict.value if node.code in checks else "",
            found=figure(checks[node.code].found) if node.code in checks else None,
            definition=measure.definition,
            formula=measure.formula,
            source=measure.source,
            supplied_by=measure.supplied_by,
            checked_by=measure.checked_by,
            history=[YearValue(year, plain(value)) for year, value in measure.history],
            url=f"{base}/api/v1{path[node.code]}",
            page=f"{base}{path[node.code]}",
        )
        for parent, node in _nodes(tree.children)
        if (measure := node.measure)
    ]


def head_lines(tree: ContractTree, checks: Mapping[str, Check]) -> list[HeadTaskLine]:
    """What the head promised for themselves, leadership last, with the verdicts that stand."""
    return [
        HeadTaskLine(
            since=tree.head.since.isoformat(),
            code=task.code,
            title=task.title,
            weight=figure(task.weight),
            method=measure.method.value,
            definition=measure.definition,
            direction=measure.direction.value,
            unit=measure.unit,
            target=figure(measure.target),
            actual=figure(measure.actual),
            attained=figure(attainment(measure, check)),
            check=check.verdict.value if check else "",
            found=figure(check.found) if check else None,
            result=task.result,
        )
        for task, measure, check in head_tasks(tree, checks)
        if tree.head
    ]


def _nodes(nodes: tuple[Node, ...], parent: str = "") -> list[tuple[str, Node]]:
    found = []
    for node in nodes:
        found.append((parent, node))
        found += _nodes(node.children, node.code)
    return found


def figure(value: Decimal | None) -> str | None:
    """A number as the text the API writes; none where there is none."""
    return None if value is None else plain(value)
