"""The published contracts of a year looked over in a few statements: counted without their trees."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping.checks import FigureCheck, newest_doubts
from contracts.model import Agency, Contract, ContractNode, ContractState, Cycle, IndicatorMeasure
from contracts.terms.standing import UNCOUNTED, Standing, met, together
from contracts.terms.tree import Direction, Kind, Measure, Method

NEAR = 1e-9
"""Two figures that differ by less than this part are compared exactly, outside the database."""


@dataclass(frozen=True, slots=True)
class Line:
    """One contract of the list, with what can be said of it without its tree."""

    contract_id: int
    public_id: str
    agency_code: str
    agency: str
    kind: str
    published_at: datetime | None
    fingerprint: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field (a goal's title; empty where tasks stand without a goal) over all contracts."""

    title: str
    agencies: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Survey:
    """What was counted: the contracts in the order in which they came, and the counts by contract and field."""

    lines: tuple[Line, ...]
    parts: Mapping[tuple[int, str], Standing]

    @property
    def standing(self) -> Standing:
        """All of them together."""
        return together(line.standing for line in self.lines)

    def fields(self, within: Collection[int] | None = None) -> list[FieldLine]:
        """The fields of the contracts (of those `within`, where given), the widest first."""
        found: dict[str, list[Standing]] = {}
        for (contract_id, title), standing in self.parts.items():
            if within is None or contract_id in within:
                found.setdefault(title, []).append(standing)
        made = [FieldLine(title, len(each), together(each)) for title, each in found.items()]
        return sorted(made, key=lambda line: (not line.title, -line.agencies, line.title))

    def has_field(self, contract_id: int, title: str) -> bool:
        return (contract_id, title) in self.parts


async def survey_of(session: AsyncSession, cycle: Cycle, only: Collection[int] | None = None) -> Survey:
    """The published contracts of a cycle (or only some, by id), counted in five statements however many there are.

    Which targets were reached is counted in the database where the figures differ clearly; the few that are nearly
    equal are compared here, exactly, and the doubted ones are taken out of both counts.
    """
    chosen = chosen_by(cycle, only)
    heads = (
        sa.select(
            CONTRACT_ID,
            col(Contract.public_id),
            col(Agency.code),
            col(Agency.name),
            col(Agency.kind),
            col(Contract.published_at),
            col(Contract.fingerprint),
        )
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(*chosen)
        .order_by(CONTRACT_ID)
    )
    tops = _tops(chosen)
    connection = await session.connection()
    parts = {
        (contract_id, title): Standing(*counts)
        for contract_id, title, *counts in await connection.execute(_counted(tops))
    }
    for contract_id, title, direction, target, actual in await connection.execute(_nearly_equal(tops)):
        reached = met(Measure(direction, Method.SHOWN, target=target, actual=actual))
        before = parts[contract_id, title]
        parts[contract_id, title] = (
            replace(before, met=before.met + 1) if reached else replace(before, missed=before.missed + 1)
        )
    for contract_id, title, direction, target, actual, figure in await connection.execute(
        _doubted(tops, chosen)
    ):
        if figure == actual:
            reached = met(Measure(direction, Method.SHOWN, target=target, actual=actual))
            parts[contract_id, title] = parts[contract_id, title].doubting(reached)
    for contract_id, title, shares, code in await connection.execute(_joint(tops)):
        if shares[0][0] != code:
            before = parts[contract_id, title]
            parts[contract_id, title] = replace(before, linked=before.linked + 1)
    of: dict[int, list[Standing]] = {}
    for (contract_id, _), standing in parts.items():
        of.setdefault(contract_id, []).append(standing)
    lines = tuple(
        Line(contract_id, public_id, code, name, kind, at, mark or "", together(of.get(contract_id, ())))
        for contract_id, public_id, code, name, kind, at, mark in await connection.execute(heads)
    )
    return Survey(lines, parts)


# An id that has been stored is there.
CONTRACT_ID: sa.ColumnElement[int] = sa.inspect(Contract).local_table.c.id


def chosen_by(cycle: Cycle, only: Collection[int] | None = None) -> list[sa.ColumnElement[bool]]:
    """What makes a row one of a published contract of the cycle, or of some of them by id."""
    chosen = [
        col(Contract.cycle_id) == cycle.id,
        col(Contract.state) == ContractState.PUBLISHED,
    ]
    return chosen if only is None else [*chosen, col(Contract.id).in_(only)]


def _tops(chosen: Sequence[sa.ColumnElement[bool]]) -> sa.CTE:
    """Every node with the field it stands in: the title of the goal at its top."""
    node = sa.inspect(ContractNode).local_table.c
    title = sa.case((node.kind == Kind.GOAL, node.title), else_="").label("field")
    first = (
        sa.select(node.id, node.contract_id, node.code, node.kind, title)
        .join(Contract, col(Contract.id) == node.contract_id)
        .where(node.parent_id.is_(None), *chosen)
        .cte("tops", recursive=True)
    )
    below = sa.select(node.id, node.contract_id, node.code, node.kind, first.c.field).join(
        first, first.c.id == node.parent_id
    )
    return first.union_all(below)


_TARGET, _ACTUAL = col(IndicatorMeasure.target), col(IndicatorMeasure.actual)


def _text(column: Any) -> sa.ColumnElement[str]:
    return sa.type_coerce(column, sa.String)


def _lead() -> sa.ColumnElement[float]:
    """By how much the actual figure is better than its target, roughly."""
    target, actual = sa.cast(_text(_TARGET), sa.Double), sa.cast(_text(_ACTUAL), sa.Double)
    up = col(IndicatorMeasure.direction) == Direction.UP
    return sa.case((up, actual - target), else_=target - actual)


def _clear() -> sa.ColumnElement[float]:
    """The difference from which on a rough comparison is right."""
    target, actual = sa.cast(_text(_TARGET), sa.Double), sa.cast(_text(_ACTUAL), sa.Double)
    return NEAR * (sa.func.abs(target) + sa.func.abs(actual))


def _counted(tops: sa.CTE) -> sa.Select[Any]:
    def number(condition: Any) -> Any:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    measured = col(IndicatorMeasure.node_id).is_not(None)
    counted = measured & col(IndicatorMeasure.method).not_in(UNCOUNTED)
    return (
        sa.select(
            tops.c.contract_id,
            tops.c.field,
            number(tops.c.kind == Kind.TASK),
            number(measured),
            number(counted),
            number(counted & _ACTUAL.is_not(None)),
            number(_TARGET.is_not(None)),
            number((_text(_TARGET) == _text(_ACTUAL)) | (_lead() > _clear())),
            number((_text(_TARGET) != _text(_ACTUAL)) & (-_lead() > _clear())),
        )
        .outerjoin(IndicatorMeasure, col(IndicatorMeasure.node_id) == tops.c.id)
        .group_by(tops.c.contract_id, tops.c.field)
    )


def _nearly_equal(tops: sa.CTE) -> sa.Select[Any]:
    return (
        sa.select(tops.c.contract_id, tops.c.field, col(IndicatorMeasure.direction), _TARGET, _ACTUAL)
        .join(IndicatorMeasure, col(IndicatorMeasure.node_id) == tops.c.id)
        .where(_text(_TARGET) != _text(_ACTUAL), sa.func.abs(_lead()) <= _clear())
    )


def _joint(tops: sa.CTE) -> sa.Select[Any]:
    """The tasks that several bodies keep together, with their shares (the leading body's first) and whose contract it is."""
    shares = col(ContractNode.shares)
    return (
        sa.select(tops.c.contract_id, tops.c.field, shares, col(Agency.code))
        .join(ContractNode, col(ContractNode.id) == tops.c.id)
        .join(Contract, col(Contract.id) == tops.c.contract_id)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(tops.c.kind == Kind.TASK, sa.cast(shares, sa.String) != "[]")
    )


def _doubted(tops: sa.CTE, chosen: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    checked = (col(FigureCheck.contract_id) == tops.c.contract_id) & (
        col(FigureCheck.indicator_code) == tops.c.code
    )
    return (
        sa.select(
            tops.c.contract_id,
            tops.c.field,
            col(IndicatorMeasure.direction),
            _TARGET,
            _ACTUAL,
            col(FigureCheck.figure),
        )
        .join(FigureCheck, checked)
        .join(IndicatorMeasure, col(IndicatorMeasure.node_id) == tops.c.id)
        .where(*newest_doubts(*chosen))
    )
