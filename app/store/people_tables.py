"""The tables of people: who they are, what they may settle, whose customers, sessions and keys.

None of them is a log: rows change. What matters about a change is an entry of the log,
written in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from app.store.columns import Id, Instant
from app.store.tables import metadata

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("password", Text, nullable=False),  # argon2id in PHC form
    Column("revision", Integer, nullable=False),
)

authority = Table(
    "authority",
    metadata,
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("policy", Text, primary_key=True),
    Column("amount", Text),  # a decimal; NULL is no limit
    Column("days", Integer),
    Column("outcomes", Text, nullable=False),  # words_text; empty is any
)

assignment = Table(
    "assignment",
    metadata,
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("customer", LargeBinary(16), primary_key=True),  # keyed hash, as in ``decision``
    Column("sealed", LargeBinary, nullable=False),  # the customer's name, for the list that people read
    Column("key_id", Id, nullable=False),
)
Index("assignment_customer", assignment.c.customer)

session = Table(
    "session",
    metadata,
    Column("token", LargeBinary(32), primary_key=True),  # SHA-256 of the token
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("signed_in_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
Index("session_person", session.c.person)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner", Id, ForeignKey("person.id"), nullable=False),
    Column("secret", LargeBinary(32), nullable=False),  # SHA-256 of the secret
    Column("label", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # words_text
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
)
Index("api_key_owner", api_key.c.owner)

CHANGING = (person, authority, assignment, session, api_key)
