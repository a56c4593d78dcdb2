"""What is stored of the experts' work: who scores which contract, what they declared, and every mark."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from evaluation.marks import Grade
from office.database import choice
from office.i18n import N_


class Standing(enum.StrEnum):
    """How far an evaluator is with one contract; derived, never stored."""

    DECLARE = "declare"
    CONFLICT = "conflict"
    OPEN = "open"
    FILED = "filed"


STANDING_LABELS = {
    Standing.DECLARE: N_("이해관계 확인 전"),
    Standing.CONFLICT: N_("이해관계 있음"),
    Standing.OPEN: N_("평정 중"),
    Standing.FILED: N_("제출 완료"),
}
STANDING_TONES = {
    Standing.DECLARE: "warning",
    Standing.CONFLICT: "danger",
    Standing.OPEN: "information",
    Standing.FILED: "success",
}


class Assignment(SQLModel, table=True):
    """One evaluator's sheet for one contract; filing locks it.

    `conflict` is the evaluator's own declaration: `None` until it is made, and the form stays closed until it is "no".
    """

    __table_args__ = (sa.UniqueConstraint("contract_id", "evaluator_id"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    assigned_at: datetime
    conflict: bool | None = None
    conflict_reason: str = Field(default="", max_length=500)
    declared_at: datetime | None = None
    saved_at: datetime | None = None
    filed_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """Where this sheet stands."""
        if self.conflict is None:
            return Standing.DECLARE
        if self.conflict:
            return Standing.CONFLICT
        return Standing.OPEN if self.filed_at is None else Standing.FILED


class Mark(SQLModel, table=True):
    """One evaluator's mark on one indicator.

    A mark without a grade counts for nothing, and never as zero; `absent` says that it was left out on purpose, so
    that the sheet can be filed.
    """

    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "indicator_code"),
        sa.CheckConstraint("NOT absent OR grade IS NULL", name="mark_absent_has_no_grade"),
    )

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    indicator_code: str = Field(max_length=60)
    grade: Grade | None = Field(default=None, sa_type=choice(Grade))
    absent: bool = False
    comment: str = Field(default="", max_length=1000)
