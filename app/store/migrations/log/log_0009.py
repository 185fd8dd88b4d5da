"""The bitmap index over decisions: which rule, reason, answer, version or person each place has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id

revision = "log_0009"
down_revision = "log_0008"


def upgrade() -> None:
    """Make both tables: filled by who gives places, block by block, and searched as far as they go."""
    op.create_table(
        "decision_block",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("oldest", Id),
        sa.Column("newest", Id),
        sa.Column("policies", sa.Text, nullable=False),
    )
    op.create_table(
        "decision_bits",
        sa.Column("policy", sa.Text, primary_key=True),
        sa.Column("word", sa.Text, primary_key=True),
        sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("bits", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
