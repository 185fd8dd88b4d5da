"""The runs of the day: each run, and what became of everything it looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Id, Instant

revision = "log_0008"
down_revision = "log_0007"

_Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables. They are working data, so no trigger keeps their rows as they are."""
    op.create_table(
        "run",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("begun_at", Instant, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("done_until", _Name),
        sa.Column("finished_at", Instant),
        sa.Column("counts", sa.Text, nullable=False),
        sa.UniqueConstraint("name", "as_of"),
    )
    op.create_table(
        "run_item",
        sa.Column("run", Id, primary_key=True),
        sa.Column("reference", _Name, primary_key=True),
        sa.Column("customer", _Name, nullable=False),
        sa.Column("decision", Id),
        sa.Column("outcome", sa.Text),
        sa.Column("facts", sa.LargeBinary(32), nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    work = sa.text("owner IS NOT NULL")
    op.create_index(
        "run_item_work",
        "run_item",
        ["run", "customer", "reference"],
        sqlite_where=work,
        postgresql_where=work,
    )
    op.create_index("run_item_customer", "run_item", ["customer"])
