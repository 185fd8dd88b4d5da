"""Files for batches: invoices with known answers, made by number so that no two tests mix them up."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

DAY = date(2026, 1, 15)
MAPPING = """
columns:
  reference: Invoice No
  customer: Client
  due_date: Due
  disputed: Disputed?
  cents: {column: Cents, type: number}
  settled: {column: Settled, type: date}
values:
  "*": {"?": unknown}
  disputed: {"Yes": "yes", "No": "no"}
constants: {region: NORTH}
date_format: "%m/%d/%Y"
formulas:
  open_amount: cents / 100
keep_if: not(known(settled)) or settled > as_of
"""


def plain(path: Path, number: int) -> Path:
    """A file in our own words: invoice ``n`` is ``n % 13`` days late on DAY; every seventh is in dispute."""
    rows = [
        (
            f"R-{n}",
            f"C-{n % 5}",
            (DAY - timedelta(n % 13)).isoformat(),
            f"{100 + n}.50",
            "yes" if n % 7 == 0 else "",
        )
        for n in range(1, number + 1)
    ]
    return written(path, ("reference", "customer", "due_date", "open_amount", "disputed"), rows)


def foreign(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A file in somebody else's words."""
    return written(path, ("Invoice No", "Client", "Due", "Cents", "Disputed?", "Settled", "bad"), rows)


def written(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_ids(path: Path) -> list[dict[str, str]]:
    """What was decided, without what differs from run to run."""
    return [{name: cell for name, cell in row.items() if name != "decision"} for row in read(path)]
