"""The review of a contract before it is signed: handed in, commented on, returned or accepted, round after round.

Comments are between the agency and the performance office; the agency reads them once a round is decided.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import cycle_name, tree_of
from contracts.terms.canonical import canonical_bytes, contract_record
from contracts.terms.gaps import gaps
from contracts.terms.tree import ContractTree, walk
from contracts.writing.drafting import hold_contract
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

LONGEST_COMMENT = 1000


class ContractReview(SQLModel, table=True):
    """One round: what was handed in (canonical JSON), by whom, and how the office decided, or that it was withdrawn."""

    __tablename__ = "contract_review"
    __table_args__ = (sa.UniqueConstraint("contract_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True, ondelete="CASCADE")
    number: int
    record: str = Field(sa_type=sa.Text)
    submitted_by: int = Field(foreign_key="person.id")
    submitted_at: datetime
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    accepted: bool | None = None
    withdrawn_at: datetime | None = None


class ReviewComment(SQLModel, table=True):
    """What the office says about a node (`node_code` empty: about the whole), and what the agency answers."""

    __tablename__ = "review_comment"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="contract_review.id", index=True, ondelete="CASCADE")
    node_code: str = Field(default="", max_length=LONGEST["indicator_code"])
    node_title: str = Field(default="", max_length=LONGEST["indicator"])
    text: str = Field(max_length=LONGEST_COMMENT)
    written_by: int = Field(foreign_key="person.id")
    written_at: datetime
    answer: str = Field(default="", max_length=LONGEST_COMMENT)
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = None
    done: bool = False


async def last_round(session: AsyncSession, contract: Contract) -> ContractReview | None:
    """The newest round of a contract, if it was ever handed in."""
    query = select(ContractReview).where(col(ContractReview.contract_id) == contract.id)
    return (await session.exec(query.order_by(col(ContractReview.number).desc()).limit(1))).first()


async def commented_codes(session: AsyncSession, contract: Contract) -> set[str]:
    """The nodes any comment speaks of: their codes are not given to others."""
    query = (
        select(ReviewComment.node_code)
        .join(ContractReview, col(ContractReview.id) == col(ReviewComment.review_id))
        .where(col(ContractReview.contract_id) == contract.id)
    )
    return set(await session.exec(query))


async def submit(session: AsyncSession, cycle: Cycle, contract: Contract, by: Person) -> ContractReview:
    """Hand a finished contract in; `Refused` while something is missing or a comment has no answer."""
    await held(session, cycle, contract)
    if contract.state is not ContractState.DRAFT:
        raise Conflict(N_("이미 제출한 계약입니다"))
    tree = await tree_of(session, contract)
    before = await last_round(session, contract)
    if missing := len(gaps(tree, cycle.year)):
        raise Refused(N_("아직 제출할 수 없습니다. 고칠 곳이 {n}군데 있습니다"), n=missing)
    if before and before.decided_at and (open_ := await _unanswered(session, before)):
        raise Refused(
            N_(
                "아직 제출할 수 없습니다. 답하지 않은 의견이 {n}개 있습니다. 답을 적거나 고쳤다고 표시해 주십시오"
            ),
            n=open_,
        )
    review = ContractReview(
        contract_id=contract.id or 0,
        number=before.number + 1 if before else 1,
        record=canonical_bytes(contract_record(tree, cycle=cycle_name(cycle))).decode(),
        submitted_by=by.id or 0,
        submitted_at=now(),
    )
    session.add(review)
    await _become(session, contract, ContractState.SUBMITTED)
    await session.flush()
    await journal.record(session, by.actor, "contract.submitted", contract.public_id, round=review.number)
    return review


async def withdraw(session: AsyncSession, cycle: Cycle, contract: Contract, by: Person) -> ContractReview:
    """Take a submission back as long as the office has not decided: the contract may be changed again.

    What the office had noted so far stays with that round, and the agency does not see it.
    """
    await held(session, cycle, contract)
    review = await last_round(session, contract)
    if contract.state is not ContractState.SUBMITTED or review is None:
        raise Conflict(N_("거두어들일 수 없습니다. 성과관리 담당이 이미 정했거나 제출하지 않은 계약입니다"))
    review.withdrawn_at = now()
    session.add(review)
    await _become(session, contract, ContractState.DRAFT)
    await journal.record(session, by.actor, "contract.taken-back", contract.public_id, round=review.number)
    return review


async def comment(
    session: AsyncSession, cycle: Cycle, contract: Contract, code: str, text: str, by: Person
) -> None:
    """Write a comment on a node of the contract under review, or on the whole ("")."""
    review = await _open_round(session, cycle, contract)
    said = sentence("text", text, needed=N_("의견을 적어 주십시오"))
    title = _title(await tree_of(session, contract), code)
    session.add(
        ReviewComment(
            review_id=review.id or 0,
            node_code=code,
            node_title=title,
            text=said,
            written_by=by.id or 0,
            written_at=now(),
        )
    )


async def take_back(session: AsyncSession, cycle: Cycle, contract: Contract, comment_id: int) -> None:
    """Remove a comment of the round that is still open; nobody else has seen it."""
    review = await _open_round(session, cycle, contract)
    gone = await session.exec(
        delete(ReviewComment).where(
            col(ReviewComment.id) == comment_id, col(ReviewComment.review_id) == review.id
        )
    )
    if gone.rowcount != 1:
        raise NotFound(N_("이 의견은 없거나 이미 지워졌습니다"))


async def decide(
    session: AsyncSession, cycle: Cycle, contract: Contract, by: Person, *, accept: bool
) -> ContractReview:
    """Accept the contract under review, or return it with at least one comment."""
    review = await _open_round(session, cycle, contract)
    query = select(ReviewComment.id).where(col(ReviewComment.review_id) == review.id)
    comments = len(list(await session.exec(query)))
    if not accept and not comments:
        raise Refused(N_("의견을 하나 이상 적은 뒤 돌려보내 주십시오. 무엇을 고칠지 알려 주어야 합니다"))
    review.decided_by, review.decided_at, review.accepted = by.id, now(), accept
    session.add(review)
    await _become(session, contract, ContractState.ACCEPTED if accept else ContractState.DRAFT)
    act = "contract.accepted" if accept else "contract.returned"
    await journal.record(session, by.actor, act, contract.public_id, round=review.number, comments=comments)
    return review


async def held(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
    """Hold a contract for an act of its review; `Conflict` once contracts are written no more."""
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    await hold_contract(session, contract)


async def _open_round(session: AsyncSession, cycle: Cycle, contract: Contract) -> ContractReview:
    await held(session, cycle, contract)
    review = await last_round(session, contract)
    if contract.state is not ContractState.SUBMITTED or review is None:
        raise Conflict(N_("지금은 검토할 차례가 아닙니다. 기관이 제출하면 검토할 수 있습니다"))
    return review


async def _become(session: AsyncSession, contract: Contract, state: ContractState) -> None:
    await session.exec(update(Contract).where(col(Contract.id) == contract.id).values(state=state))
    contract.state = state


async def _unanswered(session: AsyncSession, review: ContractReview) -> int:
    query = select(ReviewComment.id).where(
        col(ReviewComment.review_id) == review.id,
        col(ReviewComment.done).is_(False),
        col(ReviewComment.answer) == "",
    )
    return len(list(await session.exec(query)))


def _title(tree: ContractTree, code: str) -> str:
    if not code:
        return ""
    for _, node in walk(tree):
        if node.code == code:
            return node.title
    raise NotFound(N_("의견을 적을 항목이 없습니다. 목록에서 다시 골라 주십시오"))


def sentence(name: str, text: str, *, needed: str) -> str:
    """What somebody says in the field `name`; `Refused` where it is too long, or blank and `needed`."""
    said = checked(text)
    wrong = translate(said.wrong) if said.wrong else ""
    if not said.text and needed:
        wrong = translate(needed)
    elif len(said.text) > LONGEST_COMMENT:
        wrong = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=LONGEST_COMMENT)
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields={name: wrong})
    return said.text
