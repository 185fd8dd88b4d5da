"""People, what they may settle, whose customers they look after, sessions and keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant

revision = "log_0002"
down_revision = "log_0001"


def upgrade() -> None:
    """Make the tables; none of them is a log, so none is guarded by triggers."""
    op.create_table(
        "person",
        sa.Column("id", Id, primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "authority",
        sa.Column("person", Id, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("policy", sa.Text, primary_key=True),
        sa.Column("amount", sa.Text),
        sa.Column("days", sa.Integer),
        sa.Column("outcomes", sa.Text, nullable=False),
    )
    op.create_table(
        "assignment",
        sa.Column("person", Id, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("customer", sa.LargeBinary(16), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("key_id", Id, nullable=False),
    )
    op.create_index("assignment_customer", "assignment", ["customer"])
    _ways_in()


def _ways_in() -> None:
    op.create_table(
        "session",
        sa.Column("token", sa.LargeBinary(32), primary_key=True),
        sa.Column("person", Id, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("signed_in_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
    )
    op.create_index("session_person", "session", ["person"])
    op.create_table(
        "api_key",
        sa.Column("id", Id, primary_key=True),
        sa.Column("owner", Id, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.Column("last_used_at", Instant),
    )
    op.create_index("api_key_owner", "api_key", ["owner"])
