"""Several data keys for a subject, one after the other, and which master keys they may be wrapped under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant

revision = "keys_0002"
down_revision = "keys_0001"


def upgrade() -> None:
    """Make the tables and let every data key move into the new one."""
    op.create_table(
        "master_key",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("since", Instant, nullable=False),
    )
    op.create_table(
        "wrapped_key",
        sa.Column("id", Id, primary_key=True),
        sa.Column("subject", sa.LargeBinary(16), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("wrapped_under", sa.Text, sa.ForeignKey("master_key.fingerprint"), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("retired_at", Instant),
        sa.UniqueConstraint("subject", "number"),
    )
    op.execute(
        "INSERT INTO master_key (fingerprint, since)"
        " SELECT wrapped_under, min(created_at) FROM data_key GROUP BY wrapped_under"
    )
    op.execute(
        "INSERT INTO wrapped_key (id, subject, number, wrapped, wrapped_under, created_at)"
        " SELECT id, subject, 1, wrapped, wrapped_under, created_at FROM data_key"
    )
    op.drop_table("data_key")
