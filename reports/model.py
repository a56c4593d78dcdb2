"""What is stored of results: rulebooks that were made public, and runs with everything they were made of."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class RulebookRow(SQLModel, table=True):
    """A rulebook that was made public, exactly as its file reads; `Cycle.rulebook_sha256` names the one in force."""

    __tablename__ = "rulebook"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=200)
    version: str = Field(max_length=60)
    text: str = Field(sa_type=sa.Text)
    published_at: datetime
    published_by: int = Field(foreign_key="person.id")


class Run(SQLModel, table=True):
    """One computation of a cycle's result; never changed, a correction is a new run with the next number.

    `inputs` and `result` are the canonical JSON texts; whoever has `inputs` can compute `result` again to the byte.
    """

    __table_args__ = (sa.UniqueConstraint("cycle_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    number: int
    inputs: str = Field(sa_type=sa.Text)
    inputs_sha256: str = Field(max_length=64)
    result: str = Field(sa_type=sa.Text)
    result_sha256: str = Field(max_length=64)
    fingerprint: str = Field(max_length=64)
    rulebook_sha256: str = Field(max_length=64)
    made_at: datetime
    made_by: int = Field(foreign_key="person.id")
    published_at: datetime | None = None
