"""The tables of the log and of the rulesets, as they stand after the last migration.

``entry``, ``decision``, ``referral``, ``resolution``, ``ruleset``, ``ruleset_author`` and
``ruleset_event`` are append-only, and triggers hold them so (``app.store.triggers``); Alembic's batch mode
would drop those silently and is not used on them. Which events a version may have, and
by whom, is held by triggers, too (``app.store.refusals``). A decision's id is its
entry's: one to one by key.
``idempotency`` is no log: its rows are let go after their time.

Which rows an index is for is said for SQLite alone, though migrations make it the same on
PostgreSQL: to say it here, too, would load PostgreSQL's part of SQLAlchemy into every server
as it starts.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
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
    Column("asked_by", LargeBinary(16)),  # the owner of the key, where it asked on behalf of the requester
    Column("reasons", Text, nullable=False),
    Column("rules", Text, nullable=False),
)
Index("decision_policy", decision.c.policy, decision.c.id)
Index("decision_customer", decision.c.customer, decision.c.id)
Index("decision_reference", decision.c.reference, decision.c.id)
Index("decision_requester", decision.c.requester, decision.c.id)
_ON_BEHALF = text("asked_by IS NOT NULL")
Index(
    "decision_asked_by",
    decision.c.asked_by,
    decision.c.id,
    sqlite_where=_ON_BEHALF,
)

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
    # The event whose text the first draft was made from.
    Column("made_from", Id),
    # Of an activation, the one of its policy recorded before it; the nil UUID for the first of a policy.
    Column("supersedes", Id),
    UniqueConstraint("policy", "version", "follows"),
    UniqueConstraint("policy", "supersedes"),
)

# Who wrote any part of a version's text, inherited parts included, and since which entry.
ruleset_author = Table(
    "ruleset_author",
    metadata,
    Column("policy", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("principal", Text, primary_key=True),
    Column("entry", Id, ForeignKey("entry.id"), nullable=False),
)

# A decision that asks for a person; what is asked for is sealed with the decision.
referral = Table(
    "referral",
    metadata,
    Column("decision", Id, ForeignKey("decision.id"), primary_key=True),
    Column("policy", Text, nullable=False),
    Column("due_at", Instant),
)
Index("referral_policy", referral.c.policy, referral.c.decision)

# What a person settled; terms and note are sealed in the entry of the same id.
resolution = Table(
    "resolution",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("decision", Id, ForeignKey("referral.decision"), nullable=False),
    Column("policy", Text, nullable=False),
    # The resolution it replaces; for the first of a decision, the nil UUID.
    Column("follows", Id, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("override", Boolean, nullable=False),
    Column("asked", Text, nullable=False),  # words_text: the rules that called for a person
    Column("overruled", Text, nullable=False),  # words_text: those whose stricter outcome was set aside
    Column("at", Instant, nullable=False),
    Column("principal", Text, nullable=False),
    Column("expires_at", Instant),
    UniqueConstraint("decision", "follows"),
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

APPEND_ONLY = (entry, decision, ruleset, ruleset_event, ruleset_author, referral, resolution)

key_metadata = MetaData()

# The master keys under which a data key may be wrapped: one, and two while it is being replaced.
master_key = Table(
    "master_key",
    key_metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

wrapped_key = Table(
    "wrapped_key",
    key_metadata,
    Column("id", Id, primary_key=True),
    Column("subject", LargeBinary(16), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, ...: a subject seals under its last one
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapped_under", Text, ForeignKey("master_key.fingerprint"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),  # since when nothing new is sealed under it
    UniqueConstraint("subject", "number"),
)
