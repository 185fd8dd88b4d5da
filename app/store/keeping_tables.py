"""The tables of keeping: which data keys are retired or dying, what was done about subjects, keep times.

``retired_key``, ``subject_event`` and ``retention_rule`` are history and append-only, like the
log. ``dying_key`` is what is left to do: a row goes once its key is destroyed.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from app.store.columns import Id, Instant
from app.store.tables import metadata

# Nothing new is sealed under a retired key; a trigger on ``entry`` holds that, whoever writes.
retired_key = Table(
    "retired_key",
    metadata,
    Column("key_id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
)

# An erasure is committed with the keys that it destroys; a process that starts goes on where one died.
dying_key = Table(
    "dying_key",
    metadata,
    Column("key_id", Id, ForeignKey("retired_key.key_id"), primary_key=True),
    Column("erasure", Id, ForeignKey("entry.id"), nullable=False),
)

subject_event = Table(
    "subject_event",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("subject", LargeBinary(16), nullable=False),  # keyed hash, as in the key database
    Column("state", Text, nullable=False),
    # The event it follows; for the first of a subject, the nil UUID.
    Column("follows", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("principal", Text, nullable=False),
    UniqueConstraint("subject", "follows"),
)

retention_rule = Table(
    "retention_rule",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("policy", Text, nullable=False),
    Column("months", Integer),  # NULL withdraws what was said before
    Column("source", Text, nullable=False),
    # The rule of the same policy that it replaces; for the first, the nil UUID.
    Column("follows", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("principal", Text, nullable=False),
    UniqueConstraint("policy", "follows"),
)

HISTORY = (retired_key, subject_event, retention_rule)
"""Append-only, like the log."""
