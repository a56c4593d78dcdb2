"""Failed sign-ins are counted by address, whether anybody has it or not; a challenge always has a subject"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("paused_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    # Not in a batch, which on SQLite writes the table anew without its check of the role.
    op.drop_column("person", "failures")
    op.drop_column("person", "paused_until")
    op.execute("DELETE FROM challenge WHERE subject IS NULL")
    with op.batch_alter_table("challenge") as batch_op:
        batch_op.alter_column(
            "subject", existing_type=sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False
        )


def downgrade() -> None:
    with op.batch_alter_table("challenge") as batch_op:
        batch_op.alter_column(
            "subject", existing_type=sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True
        )
    op.add_column("person", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("paused_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.drop_table("tries")
