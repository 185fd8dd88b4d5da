"""The log, its search columns, the rulesets with their events, and idempotency keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant
from app.store.refusals import REFUSALS, postgres_refusal, sqlite_refusal
from app.store.triggers import postgres_function, postgres_triggers, sqlite_triggers

revision = "log_0001"
down_revision = None

_UNIQUE_KEYS: dict[str, list[tuple[str, ...]]] = {
    "entry": [("id",)],
    "decision": [("id",)],
    "ruleset": [("digest",)],
    "ruleset_event": [("id",), ("policy", "supersedes"), ("policy", "version", "follows")],
    "ruleset_author": [("policy", "version", "principal")],
}


def upgrade() -> None:
    """Make every table, then guard the append-only ones."""
    _entry_and_decision()
    _rulesets()
    op.create_table(
        "idempotency",
        sa.Column("claim", sa.LargeBinary(16), primary_key=True),
        sa.Column("body", sa.LargeBinary(16), nullable=False),
        sa.Column("decision_id", Id, sa.ForeignKey("decision.id"), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        for table, keys in _UNIQUE_KEYS.items():
            for statement in sqlite_triggers(table, keys).values():
                op.execute(statement)
        for refusal in REFUSALS:
            op.execute(sqlite_refusal(refusal))
        return
    op.execute(postgres_function())
    for table in _UNIQUE_KEYS:
        for statement in postgres_triggers(table):
            op.execute(statement)
    quote = op.get_bind().dialect.identifier_preparer.quote
    schema = quote(str(op.get_bind().execute(sa.text("SELECT current_schema()")).scalar_one()))
    for refusal in REFUSALS:
        for statement in postgres_refusal(refusal, schema):
            op.execute(statement)


def _entry_and_decision() -> None:
    op.create_table(
        "entry",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("key_id", Id, nullable=False),
    )
    rare = sa.text("kind <> 'decision'")
    op.create_index("entry_kind", "entry", ["kind", "id"], sqlite_where=rare, postgresql_where=rare)
    op.create_table(
        "decision",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("outcome_kind", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("decided_at", Instant, nullable=False),
        sa.Column("customer", sa.LargeBinary(16)),
        sa.Column("reference", sa.LargeBinary(16)),
        sa.Column("requester", sa.LargeBinary(16), nullable=False),
        sa.Column("asked_by", sa.LargeBinary(16)),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
    )
    for column in ("policy", "customer", "reference", "requester"):
        op.create_index(f"decision_{column}", "decision", [column, "id"])
    seldom = sa.text("asked_by IS NOT NULL")
    op.create_index(
        "decision_asked_by", "decision", ["asked_by", "id"], sqlite_where=seldom, postgresql_where=seldom
    )


def _rulesets() -> None:
    op.create_table(
        "ruleset",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ruleset_event",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, sa.ForeignKey("ruleset.digest"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("follows", Id, nullable=False),
        sa.Column("effective_from", Instant),
        sa.Column("made_from", Id),
        sa.Column("supersedes", Id),
        sa.UniqueConstraint("policy", "version", "follows"),
        sa.UniqueConstraint("policy", "supersedes"),
    )
    op.create_table(
        "ruleset_author",
        sa.Column("policy", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("principal", sa.Text, primary_key=True),
        sa.Column("entry", Id, sa.ForeignKey("entry.id"), nullable=False),
    )
