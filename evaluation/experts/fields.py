"""Fields of expertise, and the contracts each of them fits: by kind of agency, or by words of the goals."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle
from contracts.terms.tree import ContractTree, Kind
from evaluation.experts.barring import key_of
from office import journal
from office.errors import NotFound, Refused
from office.i18n import N_, translate
from office.people import Person


class ExpertField(SQLModel, table=True):
    """A field of expertise, and the contracts it fits: by kind of agency, or by words of their goals."""

    __tablename__ = "expert_field"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    kinds: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    goals: list[str] = Field(default_factory=list, sa_type=sa.JSON)

    def fits(self, tree: ContractTree) -> bool:
        """Whether a contract belongs to this field."""
        if key_of(tree.agency_kind) in {key_of(kind) for kind in self.kinds}:
            return True
        titles = [key_of(node.title) for node in tree.children if node.kind in (Kind.GOAL, Kind.TASK)]
        return any(key_of(word) in title for word in self.goals for title in titles)


async def fields_known(session: AsyncSession) -> list[ExpertField]:
    """The office's list of fields, by name."""
    return list(await session.exec(select(ExpertField).order_by(col(ExpertField.name))))


async def save_field(
    session: AsyncSession,
    cycle: Cycle,
    field_id: int | None,
    *,
    name: str,
    kinds: Sequence[str],
    goals: Sequence[str],
    by: Person,
) -> None:
    """Write a field of expertise, a new one without `field_id`."""
    same = (await session.exec(select(ExpertField).where(col(ExpertField.name) == name))).first()
    if same is not None and same.id != field_id:
        raise Refused(
            N_("같은 이름의 분야가 이미 있습니다"),
            fields={"name": translate(N_("다른 이름을 적거나 있는 분야를 고쳐 주십시오"))},
        )
    field = ExpertField(name=name) if field_id is None else await session.get(ExpertField, field_id)
    if field is None:
        raise NotFound(N_("그런 분야가 없습니다"))
    field.name, field.kinds, field.goals = name, list(kinds), list(goals)
    session.add(field)
    await journal.record(session, by.actor, "committee.field", str(cycle.year), name=name)
