"""What was said in the review of a contract, round by round, and how far the reviews of a cycle are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.differences import Record
from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.reading import contracts_of
from contracts.writing.review import ContractReview, ReviewComment
from office.clock import now
from office.people import Person

ORDER = (
    ContractState.SUBMITTED,
    ContractState.DRAFT,
    ContractState.ACCEPTED,
    ContractState.HEAD_SIGNED,
    ContractState.SIGNED,
    ContractState.PUBLISHED,
)
"""States in the order in which they ask for the office's attention."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with the names of who wrote and who answered it."""

    comment: ReviewComment
    by: str
    answered_by: str

    @property
    def open(self) -> bool:
        """Whether the agency has neither answered nor mended."""
        return not self.comment.done and not self.comment.answer


@dataclass(frozen=True, slots=True)
class Round:
    """One round as people read it: what was handed in, and what had been the time before."""

    review: ContractReview
    submitted_by: str
    decided_by: str
    said: tuple[Said, ...]
    record: Record
    before: Record | None


@dataclass(frozen=True, slots=True)
class Line:
    """A contract on the office's list, since when it is in the agency's or the office's hands, and in which round."""

    contract: Contract
    agency: Agency
    number: int
    since: datetime | None

    @property
    def waited(self) -> timedelta | None:
        """How long a submitted contract has waited for the office."""
        if self.contract.state is not ContractState.SUBMITTED or self.since is None:
            return None
        return now() - self.since


async def rounds_of(session: AsyncSession, contract: Contract, *, by_office: bool) -> list[Round]:
    """All rounds, the newest first; comments of an open round are the office's alone."""
    query = select(ContractReview).where(col(ContractReview.contract_id) == contract.id)
    reviews = list(await session.exec(query.order_by(col(ContractReview.number))))
    comments = list(
        await session.exec(
            select(ReviewComment)
            .where(col(ReviewComment.review_id).in_([review.id for review in reviews]))
            .order_by(col(ReviewComment.id))
        )
    )
    names = await _names(session, reviews, comments)
    found: list[Round] = []
    before: Record | None = None
    for review in reviews:
        shown = by_office or review.decided_at is not None
        said = tuple(
            Said(each, names[each.written_by], names.get(each.answered_by or 0, ""))
            for each in comments
            if each.review_id == review.id and shown
        )
        record: Record = json.loads(review.record)
        by, decided = names[review.submitted_by], names.get(review.decided_by or 0, "")
        found.append(Round(review, by, decided, said, record, before))
        before = record
    return found[::-1]


async def _names(
    session: AsyncSession, reviews: Sequence[ContractReview], comments: Sequence[ReviewComment]
) -> dict[int, str]:
    ids = {each.submitted_by for each in reviews} | {each.decided_by for each in reviews}
    ids |= {each.written_by for each in comments} | {each.answered_by for each in comments}
    query = select(Person.id, Person.name).where(col(Person.id).in_(ids - {None}))
    return {person_id: name for person_id, name in await session.exec(query) if person_id is not None}


async def reviews_of(session: AsyncSession, cycle: Cycle) -> list[Line]:
    """The contracts of a cycle by state, what waits longest first, in two statements."""
    found = await contracts_of(session, cycle)
    query = (
        select(
            ContractReview.contract_id,
            ContractReview.number,
            func.coalesce(
                col(ContractReview.decided_at),
                col(ContractReview.withdrawn_at),
                col(ContractReview.submitted_at),
            ),
        )
        .join(Contract, col(Contract.id) == col(ContractReview.contract_id))
        .where(col(Contract.cycle_id) == cycle.id)
        .order_by(col(ContractReview.number))
    )
    last = {contract_id: (number, moved_at) for contract_id, number, moved_at in await session.exec(query)}
    lines = [Line(contract, agency, *last.get(contract.id or 0, (0, None))) for contract, agency in found]
    return sorted(lines, key=_by_urgency)


def _by_urgency(line: Line) -> tuple[int, float, str]:
    since = line.since.timestamp() if line.since else float("inf")
    return ORDER.index(line.contract.state), since, line.agency.name
