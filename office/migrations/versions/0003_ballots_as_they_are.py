"""Ballots are kept as they are on PostgreSQL: compressing decimal digits takes three times as long as storing them"""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _store_ballots(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE boxed_ballot ALTER COLUMN body SET STORAGE {how}")


def upgrade() -> None:
    _store_ballots("EXTERNAL")


def downgrade() -> None:
    _store_ballots("EXTENDED")
