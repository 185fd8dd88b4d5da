"""A portfolio of any size as CSV files: ``python -m tests.bench.portfolio FOLDER [--invoices N]``

Writes ``invoices.csv`` and ``payments.csv`` row by row, so that memory stays flat. The same numbers give the
same bytes: every row is made from its own number by a hash. One invoice in ten is open on ``DAY`` (of
2,000,000 about 200,000), a part of them past due; of the others four in ten were paid late.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

DAY = date(2026, 10, 31)
INVOICES = ("number", "customer", "issued_on", "due_on", "amount")
PAYMENTS = ("number", "customer", "invoice", "paid_on", "amount")
TERM, YEARS = 30, 730


class Made(NamedTuple):
    """An invoice; ``paid_on`` is None while it is open. ``amount`` is in hundredths."""

    number: int
    customer: int
    issued_on: date
    amount: int
    paid_on: date | None

    @property
    def due_on(self) -> date:
        """The day on which it is due."""
        return self.issued_on + timedelta(days=TERM)


def made(number: int, customers: int) -> Made:
    """The invoice of a number, always the same."""
    drawn = blake2b(number.to_bytes(8, "big"), digest_size=16).digest()
    customer = int.from_bytes(drawn[:4], "big") % customers
    amount = 1_00 + int.from_bytes(drawn[4:8], "big") % 5_000_000
    open_now = drawn[8] * 10 < 256
    age = int.from_bytes(drawn[9:11], "big")
    issued_on = DAY - timedelta(days=age % 75 if open_now else 80 + age % (YEARS - 80))
    late = drawn[11] % 45 if drawn[12] * 10 < 4 * 256 else -(drawn[11] % 20)
    return Made(
        number, customer, issued_on, amount, None if open_now else issued_on + timedelta(days=TERM + late)
    )


def portfolio(customers: int, invoices: int) -> Iterator[Made]:
    """Every invoice in the order of numbers."""
    return (made(number, customers) for number in range(invoices))


def write(folder: Path, customers: int, invoices: int) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "invoices.csv").open("w") as owed, (folder / "payments.csv").open("w") as paid:
        owed.write(",".join(INVOICES) + "\n")
        paid.write(",".join(PAYMENTS) + "\n")
        for one in portfolio(customers, invoices):
            amount = f"{one.amount // 100}.{one.amount % 100:02}"
            whose = f"C-{one.customer:06}"
            owed.write(f"INV-{one.number:08},{whose},{one.issued_on},{one.due_on},{amount}\n")
            if one.paid_on is not None:
                paid.write(f"PAY-{one.number:08},{whose},INV-{one.number:08},{one.paid_on},{amount}\n")


def main() -> None:
    """Write what is asked for."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.portfolio", description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--customers", type=int, default=100_000)
    arguments.add_argument("--invoices", type=int, default=2_000_000)
    given = arguments.parse_args()
    write(given.folder, given.customers, given.invoices)


if __name__ == "__main__":
    main()
