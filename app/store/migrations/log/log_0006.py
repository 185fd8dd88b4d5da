"""The customer file: imports, what was filed, what holds, signals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import Id, Instant

revision = "log_0006"
down_revision = "log_0005"

_Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_Json = sa.Text().with_variant(JSONB(), "postgresql")
_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables. They are working data, so no trigger keeps their rows as they are."""
    op.create_table(
        "data_import",
        sa.Column("id", Id, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("mapping", sa.Text),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.Column("rows_read", sa.Integer, nullable=False),
        sa.Column("rows_written", sa.Integer, nullable=False),
        sa.Column("rows_unchanged", sa.Integer, nullable=False),
        sa.Column("rows_refused", sa.Integer, nullable=False),
    )
    op.create_index("data_import_kind", "data_import", ["kind", "id"])
    op.create_table(
        "import_refusal",
        sa.Column("import", Id, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("customer", _Name),
        sa.Column("problems", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("import_refusal_customer", "import_refusal", ["customer"])
    op.create_table(
        "customer_file",
        sa.Column("customer", _Name, primary_key=True),
        sa.Column("facts", _Json, nullable=False),
    )
    op.create_table(
        "customer_filing",
        sa.Column("number", _Number, sa.Identity(), primary_key=True),
        sa.Column("customer", _Name, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text),
        sa.Column("author", sa.Text),
        sa.Column("currency", sa.Text),
        sa.Column("origin", Id, nullable=False),
        sa.Column("facts", _Json, nullable=False),
    )
    op.create_index("customer_filing_customer", "customer_filing", ["customer", "as_of"])
    op.create_table(
        "customer_signal",
        sa.Column("number", _Number, sa.Identity(), primary_key=True),
        sa.Column("customer", _Name, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("magnitude", sa.Text),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("origin", Id, nullable=False),
    )
    op.create_index("customer_signal_customer", "customer_signal", ["customer", "day"])
