"""Data keys by subject, wrapped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant

revision = "keys_0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "data_key",
        sa.Column("id", Id, primary_key=True),
        sa.Column("subject", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("wrapped_under", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
