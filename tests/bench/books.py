"""A service with the books of a generated portfolio: opened on a database, and filled from its tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.domain.customer_file import Source
from app.domain.receivables.documents import DocumentKind
from app.services.assembly import Services, open_services
from app.services.customers.filing import What
from app.services.customers.importing import Table
from app.services.receivables.importing import KIND
from app.settings import Settings
from schemas.customer_items import Given
from schemas.receivables.mapping import plain_rows
from schemas.tabular import csv_table

FILED = (
    "customer", "credit_limit", "grade", "relationship_years",
    "last_grading_date", "last_transaction_review", "credit_file_date",
)  # fmt: skip


def opened(home: Path, url: str) -> Services:
    """A service on a database, migrated first, with the rest of it in a folder."""
    settings = Settings.from_env(
        {
            "TERMWISE_DATABASE_URL": url,
            "TERMWISE_KEYS_URL": f"sqlite:///{home}/keys.db",
            "TERMWISE_MASTER_KEY_FILE": f"{home}/master.key",
            "TERMWISE_CHECKPOINTS": f"{home}/checkpoints",
        }
    )
    return open_services(settings, migrate=True)


def import_documents(services: Services, path: Path, kind: DocumentKind, day: date) -> int:
    """Take the documents of a table as of ``day``; how many rows were read."""
    importing = services.receivables.importing(services.customers.imports, day)
    with path.open(encoding="utf-8", newline="") as file:
        table = csv_table(file)
        rows = plain_rows(kind, table.header, services.receivables.rules.currency).read(table.rows)
        return importing.take(rows, What(KIND, bytes(32)), by=None, refused=print).read


def import_file(services: Services, path: Path, day: date) -> int:
    """File the facts of a table as of ``day``; how many rows were read."""
    with path.open(encoding="utf-8", newline="") as file:
        table = Table(csv_table(file), bytes(32), Given(day, Source.ERP, None), None, None)
        return services.customers.importing.run(table, by=None, refused=print).read


def write_file(path: Path, customers: int) -> None:
    """A table with a row for each customer: three of four have some review due."""
    with path.open("w") as file:
        file.write(",".join(FILED) + "\n")
        for number in range(customers):
            graded = "2026-10-01" if number % 4 == 0 else "2026-06-01"
            told = ("500000.00", "ABCDE"[number % 5], number % 7, graded, graded, graded)
            file.write(",".join(map(str, (f"C-{number:06}", *told))) + "\n")
