"""What is stored of the experts' work: who scores which contract, what they declared, and every mark of every round."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from evaluation.arithmetic.marks import Grade
from office.database import choice
from office.i18n import N_


class Standing(enum.StrEnum):
    """How far an evaluator is with one contract; derived, never stored."""

    DECLARE = "declare"
    CONFLICT = "conflict"
    OPEN = "open"
    FILED = "filed"
    ENDED = "ended"


STANDING_LABELS = {
    Standing.DECLARE: N_("이해관계 확인 전"),
    Standing.CONFLICT: N_("이해관계 있음"),
    Standing.OPEN: N_("평정 중"),
    Standing.FILED: N_("제출 완료"),
    Standing.ENDED: N_("교체됨"),
}
STANDING_TONES = {
    Standing.DECLARE: "warning",
    Standing.CONFLICT: "danger",
    Standing.OPEN: "information",
    Standing.FILED: "success",
    Standing.ENDED: "gray",
}

OWN, RECONCILED = 1, 2
"""Rounds of marks: one's own, and those after having seen the others'."""


class Assignment(SQLModel, table=True):
    """One evaluator's sheet for one contract; filing locks it.

    `conflict` is the evaluator's own declaration: `None` until it is made, and the form stays closed until it is "no".
    `filed_at` locks the evaluator's own marks, `reconciled_at` those of the second round; `reopened_at` says when the
    performance office last gave a locked sheet back.
    `calibration` sheets are marked by all before the real ones and count nowhere.  `ended_at` is when somebody else took
    the place; a sheet filed before still counts unless it was `set_aside`.
    """

    __table_args__ = (sa.UniqueConstraint("contract_id", "evaluator_id", "calibration"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    assigned_at: datetime
    conflict: bool | None = None
    conflict_reason: str = Field(default="", max_length=500)
    declared_at: datetime | None = None
    saved_at: datetime | None = None
    filed_at: datetime | None = None
    reopened_at: datetime | None = None
    reconciled_at: datetime | None = None
    calibration: bool = False
    ended_at: datetime | None = None
    ended_reason: str = Field(default="", max_length=500)
    set_aside: bool = False
    replaces_id: int | None = Field(default=None, foreign_key="assignment.id")

    @property
    def serves(self) -> bool:
        """Whether this evaluator fills a place: free of conflict, and nobody has taken it over."""
        return self.standing not in (Standing.CONFLICT, Standing.ENDED)

    @property
    def vacated(self) -> bool:
        """Whether this place was left for a conflict of interest and nobody has taken it over."""
        return self.standing is Standing.CONFLICT and self.ended_at is None

    @property
    def standing(self) -> Standing:
        """Where this sheet stands."""
        if self.ended_at is not None and (self.set_aside or self.filed_at is None):
            return Standing.ENDED
        if self.conflict is None:
            return Standing.DECLARE
        if self.conflict:
            return Standing.CONFLICT
        return Standing.OPEN if self.filed_at is None else Standing.FILED


class Mark(SQLModel, table=True):
    """One evaluator's mark on one indicator in one round: 1 one's own, 2 after having seen the others'.

    A mark without a grade counts for nothing, and never as zero; `absent` says that it was left out on purpose, so
    that the sheet can be filed.  `reason` says why a mark of the second round differs from the first.
    `version` counts the changes; `window` and `sequence` say which open page wrote the last one, so that a page that
    lost the answer to its own saving is told apart from another page or device.
    """

    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "indicator_code", "round"),
        sa.CheckConstraint("NOT absent OR grade IS NULL", name="mark_absent_has_no_grade"),
        sa.CheckConstraint("round IN (1, 2)", name="mark_round"),
    )

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    indicator_code: str = Field(max_length=60)
    round: int = OWN
    grade: Grade | None = Field(default=None, sa_type=choice(Grade))
    absent: bool = False
    strength: str = Field(default="", max_length=1000)
    weakness: str = Field(default="", max_length=1000)
    recommendation: str = Field(default="", max_length=1000)
    reason: str = Field(default="", max_length=500)
    version: int = 1
    window: str = Field(default="", max_length=32)
    sequence: int = 0
