"""The tables of the log and of the rulesets, as they stand after the last migration.

``entry``, ``decision``, ``ruleset`` and ``ruleset_event`` are append-only, and
triggers hold them so (``app.store.triggers``); Alembic's batch mode would drop those
silently and is not used on them. A decision's id is its entry's: one to one by key.
``idempotency`` is no log: its rows are let go after their time.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.columns import Id, Instant

metadata = MetaData()

entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("key_id", Id, nullable=False),
)

# Nearly every entry is a decision; the others are few, and looked for by kind.
NOT_A_DECISION = "kind <> 'decision'"
Index(
    "entry_kind",
    entry.c.kind,
    entry.c.id,
    sqlite_where=text(NOT_A_DECISION),
    postgresql_where=text(NOT_A_DECISION),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("outcome_kind", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("customer", LargeBinary(16)),
    Column("reference", LargeBinary(16)),
    Column("requester", LargeBinary(16), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("rules", Text, nullable=False),
)
Index("decision_policy", decision.c.policy, decision.c.id)
Index("decision_customer", decision.c.customer, decision.c.id)
Index("decision_reference", decision.c.reference, decision.c.id)

ruleset = Table(
    "ruleset",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

ruleset_event = Table(
    "ruleset_event",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", Text, ForeignKey("ruleset.digest"), nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("principal", Text, nullable=False),
    # The event it follows; for the first of a version, the nil UUID: two NULLs would count as different.
    Column("follows", Id, nullable=False),
    Column("effective_from", Instant),
    UniqueConstraint("policy", "version", "follows"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("claim", LargeBinary(16), primary_key=True),
    Column("body", LargeBinary(16), nullable=False),
    Column("decision_id", Id, ForeignKey("decision.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

APPEND_ONLY = (entry, decision, ruleset, ruleset_event)

key_metadata = MetaData()

data_key = Table(
    "data_key",
    key_metadata,
    Column("id", Id, primary_key=True),
    Column("subject", LargeBinary(16), nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapped_under", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)
