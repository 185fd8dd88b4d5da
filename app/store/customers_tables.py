"""The tables of the customer file: imports, what was filed about customers, what holds, and signals.

They are working data, like an ERP's, and no part of the proving log: rows go when a customer is
erased. Nothing else removes or changes what was filed: a correction is a later row. Who
brought it, and the SHA-256 of what came, is an entry of the log; ``origin`` is that entry's id
(an import's, a decision's or a resolution's). It is no foreign key because very many rows name
the same one, and looking it up for each takes longer than writing the row.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from app.store.columns import Id, Instant, Json
from app.store.tables import metadata

# Ordered and compared byte by byte on both databases, so that a prefix is a range of the index.
Name = Text().with_variant(Text(collation="C"), "postgresql")
Number = BigInteger().with_variant(Integer(), "sqlite")

# What came from outside in one go, of whatever kind. Its counts stand once it is finished.
data_import = Table(
    "data_import",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),  # of what came, as it came
    Column("mapping", Text),  # the name of the mapping file; NULL without one
    Column("principal", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("rows_read", Integer, nullable=False),
    Column("rows_written", Integer, nullable=False),
    Column("rows_unchanged", Integer, nullable=False),
    Column("rows_refused", Integer, nullable=False),
)
Index("data_import_kind", data_import.c.kind, data_import.c.id)

# The first rows that an import refused, and why. What was wrong may quote a cell, so that erasing takes them.
import_refusal = Table(
    "import_refusal",
    metadata,
    Column("import", Id, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("customer", Name),
    Column("problems", Text, nullable=False),  # JSON
    sqlite_with_rowid=False,
)
Index("import_refusal_customer", import_refusal.c.customer)

# What holds of each customer: of each fact the row of the latest day, of one day the latest filed.
customer_file = Table(
    "customer_file",
    metadata,
    Column("customer", Name, primary_key=True),
    Column("facts", Json, nullable=False),  # see app.store.customers
)

# Facts of one customer, day, source and evidence, as they were filed together.
customer_filing = Table(
    "customer_filing",
    metadata,
    Column("number", Number, Identity(), primary_key=True),  # rises in the order of filing
    Column("customer", Name, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("evidence", Text),
    Column("author", Text),  # the person's id, where somebody entered it by hand
    Column("currency", Text),  # of its amounts
    Column("origin", Id, nullable=False),
    Column("facts", Json, nullable=False),  # values by fact
)
Index("customer_filing_customer", customer_filing.c.customer, customer_filing.c.as_of)

# What happened to a customer on a day. A later row of the same event corrects or withdraws it.
customer_signal = Table(
    "customer_signal",
    metadata,
    Column("number", Number, Identity(), primary_key=True),
    Column("customer", Name, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # tells events of one kind and day apart; may be empty
    Column("magnitude", Text),  # a decimal
    Column("withdrawn", Boolean, nullable=False),
    Column("author", Text),
    Column("origin", Id, nullable=False),
)
Index("customer_signal_customer", customer_signal.c.customer, customer_signal.c.day)

WORKING = (data_import, import_refusal, customer_file, customer_filing, customer_signal)
"""Rows come, change and go."""
