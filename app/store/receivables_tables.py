"""The tables of the receivables: every document as it stands, and what it said before a correction.

Working data, like the customer file, and no part of the proving log: rows go when a customer is
erased. All kinds of documents share one table, because they are imported, corrected, read and erased
in one way; ``app.domain.receivables.documents`` says what a column means for a kind.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Identity, Index, Integer, Table, Text

from app.store.columns import Id, Instant, Json
from app.store.customers_tables import Name, Number
from app.store.tables import metadata

receivable = Table(
    "receivable",
    metadata,
    Column("kind", Name, primary_key=True),
    Column("number", Name, primary_key=True),
    Column("customer", Name, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("invoice", Name),
    Column("due_on", Date),
    Column("begun_on", Date),
    Column("ended_on", Date),
    Column("amount", BigInteger),  # hundredths
    Column("word", Text),
    # Of an invoice: the day on which its open amount became zero, by all that was imported; NULL while open.
    Column("settled_on", Date),
    Column("origin", Id, nullable=False),  # the import that brought it as it stands
    sqlite_with_rowid=False,
)
# A customer's documents, and what settles an invoice: only its own customer's documents do. ``settled_on``
# has no index: to keep one in order takes an import longer than a run takes to look through the invoices.
Index("receivable_customer", receivable.c.customer, receivable.c.invoice)

# What a document said until it was corrected: ``origin`` brought it, ``replaced_by`` corrected it.
receivable_history = Table(
    "receivable_history",
    metadata,
    Column("row", Number, Identity(), primary_key=True),
    Column("kind", Name, nullable=False),
    Column("number", Name, nullable=False),
    Column("customer", Name, nullable=False),
    Column("said", Json, nullable=False),
    Column("origin", Id, nullable=False),
    Column("replaced_by", Id, nullable=False),
)
Index("receivable_history_number", receivable_history.c.kind, receivable_history.c.number)
Index("receivable_history_customer", receivable_history.c.customer)

# One row, which counts the transactions that changed documents: whether figures are of what stands now.
receivable_state = Table(
    "receivable_state",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("changes", Number, nullable=False),
)

# The key figures of all customers as of a day, as they were worked out last.
receivable_total = Table(
    "receivable_total",
    metadata,
    Column("day", Date, primary_key=True),
    Column("version", Text, nullable=False),  # of the documents: see app.store.totals
    Column("origin", Id),  # the last import by then
    Column("at", Instant, nullable=False),
    Column("figures", Text, nullable=False),  # JSON: decimals by name
)

WORKING = (receivable, receivable_history)
"""Rows come, change and go; each is of one customer."""
TOTALS = (receivable_state, receivable_total)
"""Rows come and change; none is of one customer."""
