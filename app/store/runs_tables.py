"""The tables of the runs of the day: each run, and what became of everything it looked at.

Working data, like the customer file: rows go when a customer is erased. That a run began and ended is in the
log, and so is every decision of it.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.columns import Id, Instant
from app.store.customers_tables import Name
from app.store.tables import metadata

run = Table(
    "run",
    metadata,
    Column("id", Id, ForeignKey("entry.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("digest", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("round", Integer, nullable=False),
    Column("done_until", Name),  # the last customer whose items all stand; NULL before the first
    Column("finished_at", Instant),
    Column("counts", Text, nullable=False),  # JSON
    UniqueConstraint("name", "as_of"),
)

run_item = Table(
    "run_item",
    metadata,
    Column("run", Id, primary_key=True),
    Column("reference", Name, primary_key=True),
    Column("customer", Name, nullable=False),
    Column("decision", Id),  # NULL where nothing could be decided
    Column("outcome", Text),
    Column("facts", LargeBinary(32), nullable=False),  # SHA-256 of what was decided on
    Column("told", Text, nullable=False),  # JSON
    Column("owner", Text),  # whose work it is; NULL where it is nobody's
    Column("rank", Integer, nullable=False),
    Column("problem", Text),
    Column(
        "round", Integer, nullable=False
    ),  # the last that found it; of an older one it is no work any more
    sqlite_with_rowid=False,
)
_WORK = text("owner IS NOT NULL")
Index(
    "run_item_work",
    run_item.c.run,
    run_item.c.customer,
    run_item.c.reference,
    sqlite_where=_WORK,
)
Index("run_item_customer", run_item.c.customer)

WORKING = (run, run_item)
"""Rows come, change and go."""
