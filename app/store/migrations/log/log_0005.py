"""Keeping: retired and dying data keys, what was done about subjects, keep times."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant
from app.store.keeping_refusals import KEEPING_REFUSALS
from app.store.refusals import postgres_refusal, sqlite_refusal
from app.store.triggers import postgres_triggers, sqlite_triggers

revision = "log_0005"
down_revision = "log_0004"

_UNIQUE_KEYS: dict[str, list[tuple[str, ...]]] = {
    "retired_key": [("key_id",)],
    "subject_event": [("id",), ("subject", "follows")],
    "retention_rule": [("id",), ("policy", "follows")],
}


def upgrade() -> None:
    """Make the tables, guard those that hold history, and let nothing be sealed under a retired key."""
    op.create_table(
        "retired_key",
        sa.Column("key_id", Id, primary_key=True),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_table(
        "dying_key",
        sa.Column("key_id", Id, sa.ForeignKey("retired_key.key_id"), primary_key=True),
        sa.Column("erasure", Id, sa.ForeignKey("entry.id"), nullable=False),
    )
    op.create_table(
        "subject_event",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("subject", sa.LargeBinary(16), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("follows", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.UniqueConstraint("subject", "follows"),
    )
    op.create_table(
        "retention_rule",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("months", sa.Integer),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("follows", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.UniqueConstraint("policy", "follows"),
    )
    _guard()


def _guard() -> None:
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    for table, keys in _UNIQUE_KEYS.items():
        for statement in sqlite_triggers(table, keys).values() if on_sqlite else postgres_triggers(table):
            op.execute(statement)
    if on_sqlite:
        for refusal in KEEPING_REFUSALS:
            op.execute(sqlite_refusal(refusal))
        return
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(str(connection.execute(sa.text("SELECT current_schema()")).scalar_one()))
    for refusal in KEEPING_REFUSALS:
        for statement in postgres_refusal(refusal, schema):
            op.execute(statement)
