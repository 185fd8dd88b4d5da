"""The tree over the log: pending entries, places, complete subtrees, the head. What is there is pending."""

from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant
from app.store.triggers import postgres_triggers, sqlite_triggers

revision = "log_0004"
down_revision = "log_0003"

_Count = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_UNIQUE_KEYS: dict[str, list[tuple[str, ...]]] = {
    "place": [("place",), ("id",)],
    "subtree": [("level", "position")],
}


def upgrade() -> None:
    """Make the tables, guard those that only grow, and let every entry wait for its place."""
    op.create_table("pending", sa.Column("id", Id, primary_key=True), sqlite_with_rowid=False)
    op.create_table(
        "place",
        sa.Column("place", _Count, primary_key=True, autoincrement=False),
        sa.Column("id", Id, sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "subtree",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", _Count, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    head = op.create_table(
        "tree_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", _Count, nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("epoch", _Count, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("held_until", Instant),
    )
    op.bulk_insert(head, [{"id": 1, "size": 0, "root": sha256(b"").digest(), "epoch": 0}])
    op.execute("INSERT INTO pending (id) SELECT id FROM entry")
    _guard()


def _guard() -> None:
    for table, keys in _UNIQUE_KEYS.items():
        on_sqlite = op.get_bind().dialect.name == "sqlite"
        for statement in sqlite_triggers(table, keys).values() if on_sqlite else postgres_triggers(table):
            op.execute(statement)
