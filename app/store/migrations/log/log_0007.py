"""The receivables: documents, and what they said before they were corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import Id, Instant

revision = "log_0007"
down_revision = "log_0006"

_Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_Json = sa.Text().with_variant(JSONB(), "postgresql")
_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables. They are working data, so no trigger keeps their rows as they are."""
    op.create_table(
        "receivable",
        sa.Column("kind", _Name, primary_key=True),
        sa.Column("number", _Name, primary_key=True),
        sa.Column("customer", _Name, nullable=False),
        sa.Column("dated_on", sa.Date, nullable=False),
        sa.Column("invoice", _Name),
        sa.Column("due_on", sa.Date),
        sa.Column("begun_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("amount", sa.BigInteger),
        sa.Column("word", sa.Text),
        sa.Column("settled_on", sa.Date),
        sa.Column("origin", Id, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("receivable_customer", "receivable", ["customer", "invoice"])
    op.create_table(
        "receivable_history",
        sa.Column("row", _Number, sa.Identity(), primary_key=True),
        sa.Column("kind", _Name, nullable=False),
        sa.Column("number", _Name, nullable=False),
        sa.Column("customer", _Name, nullable=False),
        sa.Column("said", _Json, nullable=False),
        sa.Column("origin", Id, nullable=False),
        sa.Column("replaced_by", Id, nullable=False),
    )
    op.create_index("receivable_history_number", "receivable_history", ["kind", "number"])
    op.create_index("receivable_history_customer", "receivable_history", ["customer"])
    op.create_table(
        "receivable_state",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("changes", _Number, nullable=False),
    )
    op.create_table(
        "receivable_total",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("origin", Id),
        sa.Column("at", Instant, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
    )
