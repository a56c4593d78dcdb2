"""Published contracts searched: which hold all the words somebody looks for, and where the words stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, ContractNode, Cycle, IndicatorMeasure
from contracts.public.survey import CONTRACT_ID, chosen_by
from contracts.terms.tree import Kind

LONGEST_QUESTION, MOST_WORDS = 100, 8
"""Characters and words of a search that are looked at."""


def words_of(question: str) -> list[str]:
    """The words somebody looks for, without what no text holds."""
    shown = "".join(letter if letter.isprintable() else " " for letter in question[:LONGEST_QUESTION])
    return shown.casefold().split()[:MOST_WORDS]


async def speaking_of(session: AsyncSession, cycle: Cycle, words: Sequence[str]) -> set[int]:
    """Ids of the published contracts that hold all the words, each somewhere: in the body's name or kind or in a node."""
    query = (
        sa.select(CONTRACT_ID)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(*chosen_by(cycle))
    )
    for word in words:
        holding = (
            sa.select(col(ContractNode.contract_id))
            .outerjoin(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
            .where(_holds(word))
        )
        named = col(Agency.name).icontains(word, autoescape=True) | col(Agency.kind).icontains(
            word, autoescape=True
        )
        query = query.where(named | col(Contract.id).in_(holding))
    return set((await (await session.connection()).execute(query)).scalars())


def _holds(word: str) -> sa.ColumnElement[bool]:
    texts = (ContractNode.title, ContractNode.promise, ContractNode.result, IndicatorMeasure.definition)
    return sa.or_(*(col(text).icontains(word, autoescape=True) for text in texts))


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of a contract that holds a word: of which node, and which of its texts ("" is the title)."""

    code: str
    kind: Kind
    title: str
    part: str
    text: str


async def passages_of(
    session: AsyncSession, contracts: Collection[int], words: Sequence[str], each: int = 3
) -> dict[int, list[Passage]]:
    """Where the words stand in some contracts, at most so many places of each, in the contract's order."""
    if not words or not contracts:
        return {}
    query = (
        sa.select(
            col(ContractNode.contract_id),
            col(ContractNode.code),
            col(ContractNode.kind),
            col(ContractNode.title),
            col(ContractNode.promise),
            col(ContractNode.result),
            col(IndicatorMeasure.definition),
        )
        .outerjoin(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
        .where(col(ContractNode.contract_id).in_(contracts), sa.or_(*map(_holds, words)))
        .order_by(col(ContractNode.contract_id), col(ContractNode.position))
    )
    found: dict[int, list[Passage]] = {}
    rows = await (await session.connection()).execute(query)
    for contract_id, code, kind, title, promise, result, definition in rows:
        places = found.setdefault(contract_id, [])
        for part, text in (("", title), ("promise", promise), ("result", result), ("definition", definition)):
            if text and len(places) < each and any(word in text.casefold() for word in words):
                places.append(Passage(code, kind, title, part, text))
    return found
