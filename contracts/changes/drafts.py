"""The draft of a request: what an agency would change in its published contract, kept while its officers word it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes import rewriting
from contracts.changes.amendments import require_amendable, words_only
from contracts.changes.limits import Limit, limits
from contracts.changes.traces import codes_so_far, traces_of
from contracts.model import Contract, Cycle
from contracts.reading import cycle_name, published_trees, tree_of
from contracts.terms.branches import next_code, place_of
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from contracts.terms.tree import ContractTree, Kind, Method
from contracts.writing.editing import Overtaken, Vanished, begun
from contracts.writing.setting_fields import Form
from contracts.writing.wording import branch_mark, by_method, read_node, seen_of, weighed
from office.clock import now
from office.errors import Conflict
from office.i18n import N_
from office.people import Person


class AmendmentDraft(SQLModel, table=True):
    """The contract as its officers would have it so far, and the fingerprint of the one they began with."""

    __tablename__ = "amendment_draft"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True)
    base_fingerprint: str = Field(max_length=64)
    record: str = Field(sa_type=sa.Text)
    edited_by: int = Field(foreign_key="person.id")
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """A contract in force and the one that is wished for, both without what was reported.

    `outdated` says that the contract has changed since the draft was begun; `by` and `at` who worked on it last.
    """

    cycle: Cycle
    contract: Contract
    stands: ContractTree
    tree: ContractTree
    outdated: bool = False
    by: int | None = None
    at: datetime | None = None

    @property
    def before(self) -> dict[str, Any]:
        """The record of the contract in force, as JSON."""
        return _record(self.stands, self.cycle)

    @property
    def after(self) -> dict[str, Any]:
        """The record of the contract that is wished for, as JSON."""
        return _record(self.tree, self.cycle)

    @property
    def changed(self) -> bool:
        """Whether anything is wished for."""
        return self.stands != self.tree


def record_of(tree: ContractTree, cycle: Cycle) -> bytes:
    """The canonical bytes a contract is signed by."""
    return canonical_bytes(contract_record(tree, cycle=cycle_name(cycle)))


def _record(tree: ContractTree, cycle: Cycle) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(record_of(tree, cycle))
    return read


async def wish_of(session: AsyncSession, cycle: Cycle, contract: Contract) -> Wish:
    """The draft of a contract's next amendment; the contract itself where nobody has changed anything."""
    stored = await tree_of(session, contract)
    stands = replace(stored, children=rewriting.promised(_record(stored, cycle)))
    row = (
        await session.exec(select(AmendmentDraft).where(col(AmendmentDraft.contract_id) == contract.id))
    ).first()
    if row is None:
        return Wish(cycle, contract, stands, stands)
    tree = replace(stands, children=rewriting.promised(json.loads(row.record)))
    outdated = row.base_fingerprint != sha256_hex(record_of(stored, cycle))
    return Wish(cycle, contract, stands, tree, outdated, row.edited_by, row.edited_at)


async def limits_of(
    session: AsyncSession, wish: Wish, together: Sequence[ContractTree] = ()
) -> tuple[Limit, ...]:
    """Everything that keeps a wish from being asked for or carried out, other contracts changing `together` with it."""
    changing = {tree.agency_code: tree for tree in together}
    others = [
        changing.get(tree.agency_code, tree)
        for tree in await published_trees(session, wish.cycle)
        if tree.agency_code != wish.stands.agency_code
    ]
    return limits(
        wish.stands,
        wish.tree,
        wish.cycle.year,
        words_only=words_only(wish.cycle),
        traces=await traces_of(session, wish.contract),
        others=others,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """A wish held for one act of wording it, and who does it."""

    wish: Wish
    by: Person

    @property
    def cycle(self) -> Cycle:
        """The cycle of the contract."""
        return self.wish.cycle

    @property
    def tree(self) -> ContractTree:
        """The contract as it is wished for so far."""
        return self.wish.tree


async def take(session: AsyncSession, cycle: Cycle, contract: Contract, by: Person) -> Desk:
    """The draft for one act of wording it, kept from everybody else meanwhile."""
    await require_amendable(session, cycle, contract)
    wish = await wish_of(session, cycle, contract)
    if wish.outdated:
        raise Conflict(
            N_(
                "쓰는 동안 계약이 다른 요청으로 바뀌었습니다. 쓰던 것을 지우고 지금의 계약에서 다시 시작해 주십시오"
            )
        )
    return Desk(wish, by)


async def change(session: AsyncSession, desk: Desk, code: str, form: Form, seen: str) -> bool:
    """Put what was typed into an item, whose form showed the state `seen`; whether anything changed."""
    place = place_of(desk.tree, code)
    if place is None:
        raise Vanished
    if seen_of(place.node) != seen:
        name = (await session.exec(select(Person.name).where(col(Person.id) == desk.wish.by))).first()
        raise Overtaken(place.node, name or "", desk.wish.at)
    agency_code, only = desk.tree.agency_code, words_only(desk.cycle)
    new = rewriting.worded(place.node, form, agency_code, desk.cycle.year, words_only=only)
    if new == place.node:
        return False
    await _keep(session, desk, rewriting.with_node(desk.tree, new))
    return True


async def add(
    session: AsyncSession, desk: Desk, under: str, kind: Kind, method: Method | None, form: Form
) -> str:
    """Put a new item last below another; returns its code, which nothing in this contract ever had."""
    node = read_node(begun(kind, method), form, desk.tree.agency_code, desk.cycle.year)
    taken = await codes_so_far(session, desk.wish.contract, desk.wish.stands, desk.tree)
    node = replace(node, code=next_code(kind, taken))
    await _keep(session, desk, rewriting.with_new(desk.tree, under, node))
    return node.code


async def change_method(session: AsyncSession, desk: Desk, code: str, method: Method) -> None:
    """Rate an indicator by another method."""
    new = by_method(rewriting.found(desk.tree, code), method)
    await _keep(session, desk, rewriting.with_node(desk.tree, new))


async def remove(session: AsyncSession, desk: Desk, code: str, seen: str) -> None:
    """Take an item out with everything below it, as it was shown (`seen`)."""
    if branch_mark(rewriting.found(desk.tree, code)) != seen:
        raise Conflict(
            N_(
                "빼지 않았습니다. 그 사이에 다른 분이 이 항목이나 아래 항목을 고쳤습니다. 다시 보고 정해 주십시오"
            )
        )
    await _keep(session, desk, rewriting.without(desk.tree, code))


async def restore(session: AsyncSession, desk: Desk, code: str) -> None:
    """Make an item again what the contract in force says."""
    await _keep(session, desk, rewriting.restored(desk.tree, desk.wish.stands, code))


async def weigh(session: AsyncSession, desk: Desk, under: str, form: Form, share: bool) -> None:
    """Store the points typed for the items right below one; with `share` blank ones get equal parts of what is left."""
    above = rewriting.found(desk.tree, under) if under else desk.tree
    await _keep(session, desk, rewriting.with_nodes(desk.tree, weighed(above, form, share=share)))


async def discard(session: AsyncSession, contract: Contract) -> None:
    """Throw the draft away; the contract stays as it is."""
    await session.exec(delete(AmendmentDraft).where(col(AmendmentDraft.contract_id) == contract.id))


async def _keep(session: AsyncSession, desk: Desk, tree: ContractTree) -> None:
    """Store the draft; one that wishes for nothing any more is none."""
    wish = desk.wish
    await discard(session, wish.contract)
    if tree == wish.stands:
        return
    assert wish.contract.id is not None and desk.by.id is not None  # noqa: S101 - stored
    session.add(
        AmendmentDraft(
            contract_id=wish.contract.id,
            base_fingerprint=sha256_hex(record_of(wish.stands, wish.cycle)),
            record=record_of(tree, wish.cycle).decode(),
            edited_by=desk.by.id,
            edited_at=now(),
        )
    )
    await session.flush()
