"""What each member of the committee thinks of the difficulty: the own rounds, and the levels given in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Cycle, Phase
from contracts.reading import contracts_of
from contracts.writing.drafting import hold_contract
from evaluation.difficulty.levels import LEVELS
from evaluation.difficulty.rounds import Opened, rounds_of
from evaluation.experts.committee import serving
from evaluation.experts.conflicts import barred_pairs
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person


class DifficultyRating(SQLModel, table=True):
    """One member's level for one task, by its place in the round."""

    __tablename__ = "difficulty_rating"
    __table_args__ = (sa.UniqueConstraint("round_id", "evaluator_id", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="difficulty_round.id", index=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    place: int
    level: int
    rated_at: datetime


async def own_rounds(session: AsyncSession, cycle: Cycle, evaluator: Person) -> list[Opened]:
    """The open rounds an evaluator may rate: within the term, without a conflict of interest."""
    if evaluator.id not in [person.id for person in await serving(session)]:
        return []
    barred = await barred_pairs(session, cycle)
    return [
        each
        for each in await rounds_of(session, cycle)
        if each.round.open and (each.contract.id or 0, evaluator.id or 0) not in barred
    ]


async def own_round(session: AsyncSession, cycle: Cycle, evaluator: Person, round_id: int) -> Opened:
    """One open round of an evaluator; for everybody else there is nothing here."""
    for each in await own_rounds(session, cycle, evaluator):
        if each.round.id == round_id:
            return each
    raise NotFound(N_("평가하실 난이도가 없습니다. 목록에서 골라 주십시오"))


async def levels_of(
    session: AsyncSession, rounds: Sequence[int | None]
) -> dict[int, dict[int, dict[int, int]]]:
    """Round → evaluator → place of the task → level."""
    found: dict[int, dict[int, dict[int, int]]] = {}
    query = select(DifficultyRating).where(col(DifficultyRating.round_id).in_(rounds))
    for each in await session.exec(query):
        found.setdefault(each.round_id, {}).setdefault(each.evaluator_id, {})[each.place] = each.level
    return found


async def rate(
    session: AsyncSession, cycle: Cycle, evaluator: Person, round_id: int, form: Mapping[str, str]
) -> None:
    """Store a member's levels of all tasks of a round (`level-1`, …); they may be changed until the release."""
    require_phase(cycle, Phase.DRAFTING)
    opened = await own_round(session, cycle, evaluator, round_id)
    await hold_contract(session, opened.contract)
    await session.refresh(opened.round)
    if not opened.round.open:
        raise Conflict(N_("이미 끝난 난이도 평가입니다"))
    places = range(1, len(opened.round.tasks) + 1)
    said = {place: form.get(f"level-{place}", "") for place in places}
    wrong = {
        f"level-{place}": translate(N_("다섯 단계 가운데 하나를 골라 주십시오"))
        for place, level in said.items()
        if level not in map(str, LEVELS)
    }
    if wrong:
        raise Refused(N_("난이도를 고르지 않은 과제가 있습니다"), fields=wrong)
    query = select(DifficultyRating).where(
        col(DifficultyRating.round_id) == round_id, col(DifficultyRating.evaluator_id) == evaluator.id
    )
    stored = {each.place: each for each in await session.exec(query)}
    for place, level in said.items():
        rating = stored.get(place) or DifficultyRating(
            round_id=round_id, evaluator_id=evaluator.id or 0, place=place, level=0, rated_at=now()
        )
        rating.level, rating.rated_at = int(level), now()
        session.add(rating)
    await journal.record(
        session, evaluator.actor, "difficulty.rated", opened.contract.public_id, round=round_id
    )


async def raters_of(session: AsyncSession, cycle: Cycle) -> dict[int, int]:
    """How many members may rate each contract, by contract."""
    people = [person.id or 0 for person in await serving(session)]
    barred = await barred_pairs(session, cycle)
    return {
        contract.id or 0: sum((contract.id or 0, one) not in barred for one in people)
        for contract, _ in await contracts_of(session, cycle)
    }
