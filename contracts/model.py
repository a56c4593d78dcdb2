"""What is stored of the promises: agencies, cycles with their calendar, contracts, and the tree of every contract."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from contracts.terms.tree import Direction, Kind, Method
from office.database import DecimalText, choice
from office.i18n import N_


class Phase(enum.StrEnum):
    """Where a cycle stands; it only moves forward."""

    DRAFTING = "drafting"
    PUBLISHED = "published"
    REPORTING = "reporting"
    SCORING = "scoring"
    VOTING = "voting"
    TALLIED = "tallied"
    PROVISIONAL = "provisional"
    FINAL = "final"


STILL_OPEN = (Phase.DRAFTING, Phase.PUBLISHED, Phase.REPORTING)
"""Phases in which figures may still be reported or changed."""
PHASE_LABELS = {
    Phase.DRAFTING: N_("계약 작성"),
    Phase.PUBLISHED: N_("계약 공개"),
    Phase.REPORTING: N_("이행·실적 보고"),
    Phase.SCORING: N_("전문가 평가"),
    Phase.VOTING: N_("도민 투표"),
    Phase.TALLIED: N_("개표"),
    Phase.PROVISIONAL: N_("잠정 결과"),
    Phase.FINAL: N_("최종 결과"),
}


class ContractState(enum.StrEnum):
    """How far a contract is: drafted, handed in, reviewed, signed by the head, signed by both, published."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    HEAD_SIGNED = "head_signed"
    SIGNED = "signed"
    PUBLISHED = "published"


STATE_LABELS = {
    ContractState.DRAFT: N_("작성 중"),
    ContractState.SUBMITTED: N_("검토 중"),
    ContractState.ACCEPTED: N_("검토 마침"),
    ContractState.HEAD_SIGNED: N_("기관장 서명"),
    ContractState.SIGNED: N_("양쪽 서명"),
    ContractState.PUBLISHED: N_("공개"),
}
UNSIGNED = (ContractState.DRAFT, ContractState.SUBMITTED, ContractState.ACCEPTED)
"""States in which nobody has signed: the wording may still change."""


class Agency(SQLModel, table=True):
    """A bureau or public body, known by a permanent code."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    kind: str = Field(default="", max_length=60)


class Cycle(SQLModel, table=True):
    """One yearly round.

    `contracts_sha256` is the fingerprint of the published contract set and `rulebook_sha256` that of the rulebook that
    was made public before the vote.  `simulated` names inputs that were made up (demonstrations, rehearsals).
    """

    id: int | None = Field(default=None, primary_key=True)
    year: int = Field(unique=True)
    title: str = Field(max_length=120)
    phase: Phase = Field(default=Phase.DRAFTING, sa_type=choice(Phase))
    contracts_sha256: str | None = Field(default=None, max_length=64)
    rulebook_sha256: str | None = Field(default=None, max_length=64)
    simulated: list[str] = Field(default_factory=list, sa_type=sa.JSON)

    @property
    def over(self) -> bool:
        """Whether its figures are outcomes and no more on their way: reporting has ended.

        Not the calendar decides: figures of the year's end come in after it, and until then the last one is none of them.
        """
        return self.phase not in STILL_OPEN


class CalendarDay(SQLModel, table=True):
    """When a phase of a cycle is planned to begin, and when and by whom it was entered."""

    __tablename__ = "calendar_day"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    phase: Phase = Field(sa_type=choice(Phase))
    planned_at: datetime | None = None
    entered_at: datetime | None = None


class Contract(SQLModel, table=True):
    """One body's contract of a cycle; `record` is the canonical JSON both sides signed and `fingerprint` its SHA-256."""

    __table_args__ = (sa.UniqueConstraint("cycle_id", "agency_id"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    public_id: str = Field(max_length=60, unique=True)
    state: ContractState = Field(default=ContractState.DRAFT, sa_type=choice(ContractState))
    record: str | None = Field(default=None, sa_type=sa.Text)
    fingerprint: str | None = Field(default=None, max_length=64)
    head_signed_by: int | None = Field(default=None, foreign_key="person.id")
    head_signed_at: datetime | None = None
    office_signed_by: int | None = Field(default=None, foreign_key="person.id")
    office_signed_at: datetime | None = None
    published_at: datetime | None = None


class ContractNode(SQLModel, table=True):
    """A goal, task or indicator of a contract, with its points; the tree hangs on `parent_id`.

    `weight` may be blank while it is drafted; `edited_by` and `edited_at` are of the last change made on a page.
    """

    __tablename__ = "contract_node"
    __table_args__ = (sa.UniqueConstraint("contract_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True, ondelete="CASCADE")
    parent_id: int | None = Field(
        default=None, foreign_key="contract_node.id", index=True, ondelete="CASCADE"
    )
    position: int
    kind: Kind = Field(sa_type=choice(Kind))
    code: str = Field(max_length=60)
    title: str = Field(max_length=300)
    weight: Decimal | None = Field(default=None, sa_type=DecimalText)
    promise: str = Field(default="", max_length=600)
    result: str = Field(default="", max_length=1000)
    on_ballot: bool = False
    edited_by: int | None = Field(default=None, foreign_key="person.id")
    edited_at: datetime | None = None
    shares: list[list[str]] = Field(default_factory=list, sa_type=sa.JSON)


class IndicatorMeasure(SQLModel, table=True):
    """An indicator's definition sheet, and its figures."""

    __tablename__ = "indicator_measure"

    node_id: int = Field(foreign_key="contract_node.id", primary_key=True, ondelete="CASCADE")
    direction: Direction = Field(sa_type=choice(Direction))
    method: Method = Field(sa_type=choice(Method))
    unit: str = Field(default="", max_length=40)
    definition: str = Field(default="", max_length=1000)
    source: str = Field(default="", max_length=300)
    baseline: Decimal | None = Field(default=None, sa_type=DecimalText)
    history: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    target: Decimal | None = Field(default=None, sa_type=DecimalText)
    actual: Decimal | None = Field(default=None, sa_type=DecimalText)
    settings: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    formula: str = Field(default="", max_length=500)
    supplied_by: str = Field(default="", max_length=120)
    checked_by: str = Field(default="", max_length=120)


class ImportDraft(SQLModel, table=True):
    """An uploaded file of contracts, kept exactly as it came while its dry run is looked at.

    `decisions` say, by pair of bodies that may be one, the code and name that stay (none: they are two).
    """

    __tablename__ = "import_draft"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    filename: str = Field(max_length=200)
    data: bytes = Field(sa_type=sa.LargeBinary)
    sha256: str = Field(max_length=64)
    uploaded_by: int = Field(foreign_key="person.id")
    uploaded_at: datetime
    applied_at: datetime | None = None
    decisions: dict[str, list[str]] = Field(default_factory=dict, sa_type=sa.JSON)
