"""Comments of the experts: who may read each is decided by one officer and confirmed by another; nobody learns the author."""

import enum
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.reading import published_pairs
from evaluation.model import OWN, RECONCILED, Assignment, Mark, Standing
from office import approval
from office.approval import Approval
from office.database import choice
from office.i18n import N_

ACT = "comments.release"
REASON_LENGTH = 300


class Scope(enum.StrEnum):
    """Who may read a comment."""

    PUBLIC = "public"
    AGENCY = "agency"
    HIDDEN = "hidden"


class Aspect(enum.StrEnum):
    """What a comment speaks of."""

    STRENGTH = "strength"
    WEAKNESS = "weakness"
    RECOMMENDATION = "recommendation"


SCOPE_LABELS = {Scope.PUBLIC: N_("공개"), Scope.AGENCY: N_("기관만"), Scope.HIDDEN: N_("가림")}
ASPECT_LABELS = {
    Aspect.STRENGTH: N_("잘한 점"),
    Aspect.WEAKNESS: N_("아쉬운 점"),
    Aspect.RECOMMENDATION: N_("권고"),
}


class CommentDecision(SQLModel, table=True):
    """Who may read one comment; `key` is made of its author, place and words, so that changed words need a new decision."""

    __tablename__ = "comment_decision"
    __table_args__ = (sa.UniqueConstraint("contract_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    key: str = Field(max_length=64)
    scope: Scope = Field(sa_type=choice(Scope))
    reason: str = Field(default="", max_length=REASON_LENGTH)
    decided_by: int = Field(foreign_key="person.id")
    decided_at: datetime


class CommentRelease(SQLModel, table=True):
    """One release of a contract's comments by two officers; the one with the highest number is what is shown."""

    __tablename__ = "comment_release"
    __table_args__ = (sa.UniqueConstraint("contract_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    number: int
    content: str = Field(max_length=64)
    shown: int
    to_agency: int
    hidden: int
    released_at: datetime


class ReleasedComment(SQLModel, table=True):
    """A comment as it was released: a copy that names no author, stored in the order of the words' hash."""

    __tablename__ = "released_comment"

    id: int | None = Field(default=None, primary_key=True)
    release_id: int = Field(foreign_key="comment_release.id", index=True)
    indicator_code: str = Field(max_length=60)
    aspect: Aspect = Field(sa_type=choice(Aspect))
    scope: Scope = Field(sa_type=choice(Scope))
    text: str = Field(max_length=1000)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a filed sheet as the moderating officer sees it: without its author."""

    key: str
    indicator_code: str
    aspect: Aspect
    text: str
    scope: Scope | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """How far the comments of one contract are."""

    contract: Contract
    agency: Agency
    comments: tuple[Comment, ...]
    asked: Approval | None
    released: CommentRelease | None

    @property
    def undecided(self) -> int:
        """Comments nobody has decided on."""
        return sum(comment.scope is None for comment in self.comments)

    @property
    def counts(self) -> Counter[Scope]:
        """How many comments have which scope."""
        return Counter(comment.scope for comment in self.comments if comment.scope is not None)

    @property
    def content(self) -> str:
        """The fingerprint of every decision: what exactly two officers agree on."""
        said = sorted((each.key, str(each.scope), each.reason) for each in self.comments)
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @property
    def changed(self) -> bool:
        """Whether the decisions are other than what has been released."""
        return bool(self.comments) and (self.released is None or self.released.content != self.content)


def order_of(text: str) -> str:
    """A place in a list that tells nothing of author or time: the hash of the words."""
    return hashlib.sha256(text.encode()).hexdigest()


async def desks_of(session: AsyncSession, cycle: Cycle, public_id: str | None = None) -> list[Desk]:
    """The published contracts of a cycle (or one of them) with their comments, in a few statements."""
    pairs = [
        (contract, agency)
        for contract, agency, _ in await published_pairs(session, cycle)
        if public_id in (None, contract.public_id)
    ]
    numbers = [contract.id for contract, _ in pairs if contract.id is not None]
    comments = await _comments(session, numbers)
    waiting = {each.subject: each for each in await approval.all_pending(session) if each.act == ACT}
    released = await _newest_releases(session, numbers)
    return [
        Desk(
            contract,
            agency,
            tuple(comments.get(contract.id or 0, ())),
            waiting.get(contract.public_id),
            released.get(contract.id or 0),
        )
        for contract, agency in pairs
    ]


async def released_of(
    session: AsyncSession, contract: Contract, *scopes: Scope
) -> tuple[CommentRelease | None, dict[str, list[ReleasedComment]]]:
    """The release that stands and its comments of these scopes by indicator, in the order of the words' hash."""
    standing = (await _newest_releases(session, [contract.id or 0])).get(contract.id or 0)
    if standing is None:
        return None, {}
    query = select(ReleasedComment).where(
        col(ReleasedComment.release_id) == standing.id, col(ReleasedComment.scope).in_(scopes)
    )
    found: dict[str, list[ReleasedComment]] = {}
    for comment in sorted(await session.exec(query), key=lambda each: (each.aspect, order_of(each.text))):
        found.setdefault(comment.indicator_code, []).append(comment)
    return standing, found


async def _comments(session: AsyncSession, contracts: list[int]) -> dict[int, list[Comment]]:
    """The comments of filed sheets by contract: of the second round where one was filed, else of the first."""
    query = (
        select(Assignment, Mark)
        .join(Mark, col(Mark.assignment_id) == col(Assignment.id))
        .where(col(Assignment.contract_id).in_(contracts), col(Assignment.filed_at).is_not(None))
        .where(col(Assignment.calibration).is_(False), col(Mark.round).in_((OWN, RECONCILED)))
        .order_by(col(Mark.round))
    )
    newest: dict[tuple[int, int, str], Mark] = {}
    for assignment, mark in await session.exec(query):
        settled = mark.round == OWN or assignment.reconciled_at is not None
        if assignment.standing is Standing.FILED and settled:
            newest[assignment.contract_id, mark.assignment_id, mark.indicator_code] = mark
    decisions = {
        (row.contract_id, row.key): row
        for row in await session.exec(
            select(CommentDecision).where(col(CommentDecision.contract_id).in_(contracts))
        )
    }
    found: dict[int, list[Comment]] = {}
    for (contract, _, _), mark in newest.items():
        for comment in _of_mark(mark):
            decision = decisions.get((contract, comment.key))
            if decision is not None:
                comment = replace(comment, scope=decision.scope, reason=decision.reason)
            found.setdefault(contract, []).append(comment)
    for comments in found.values():
        comments.sort(key=lambda each: (each.indicator_code, each.aspect, order_of(each.text)))
    return found


def _of_mark(mark: Mark) -> Iterable[Comment]:
    for aspect, text in (
        (Aspect.STRENGTH, mark.strength),
        (Aspect.WEAKNESS, mark.weakness),
        (Aspect.RECOMMENDATION, mark.recommendation),
    ):
        if text.strip():
            named = json.dumps([mark.assignment_id, mark.indicator_code, aspect, text], ensure_ascii=False)
            yield Comment(
                hashlib.sha256(named.encode()).hexdigest(), mark.indicator_code, aspect, text.strip()
            )


async def _newest_releases(session: AsyncSession, contracts: list[int]) -> dict[int, CommentRelease]:
    newest = (
        select(func.max(col(CommentRelease.id)))
        .where(col(CommentRelease.contract_id).in_(contracts))
        .group_by(col(CommentRelease.contract_id))
    )
    query = select(CommentRelease).where(col(CommentRelease.id).in_(newest))
    return {row.contract_id: row for row in await session.exec(query)}
