"""Referrals and resolutions: decisions that ask for a person, and what a person settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant
from app.store.triggers import postgres_triggers, sqlite_triggers

revision = "log_0003"
down_revision = "log_0002"

_UNIQUE_KEYS: dict[str, list[tuple[str, ...]]] = {
    "referral": [("decision",)],
    "resolution": [("id",), ("decision", "follows")],
}


def upgrade() -> None:
    """Make both tables and guard them: they belong to the log."""
    op.create_table(
        "referral",
        sa.Column("decision", Id, sa.ForeignKey("decision.id"), primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("due_at", Instant),
    )
    op.create_index("referral_policy", "referral", ["policy", "decision"])
    op.create_table(
        "resolution",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("decision", Id, sa.ForeignKey("referral.decision"), nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("follows", Id, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("override", sa.Boolean, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("overruled", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("expires_at", Instant),
        sa.UniqueConstraint("decision", "follows"),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, keys in _UNIQUE_KEYS.items():
        for statement in sqlite_triggers(table, keys).values() if on_sqlite else postgres_triggers(table):
            op.execute(statement)
