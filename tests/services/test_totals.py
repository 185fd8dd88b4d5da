"""Figures of all customers as facts: worked out beside decisions, kept, and told with what they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from queue import Queue
from threading import Event
from uuid import UUID

import pytest

from app.domain.customer_file import CustomerForgotten
from app.domain.errors import Unavailable
from app.domain.receivables.documents import Document, DocumentKind
from app.services.receivables.reporting import PortfolioReport, Reporting
from app.services.receivables.totals import Report, Totals
from app.store.store import Store
from schemas.receivables.rules import read_receivables_rules
from tests.recordings import sealed

ROOT = Path(__file__).resolve().parents[2]
DAY, NEXT, BEFORE = date(2026, 10, 31), date(2026, 11, 1), date(2026, 9, 1)
ORIGIN = UUID(int=7)
LONG, AT_ONCE = 300.0, 0.0
"""Seconds of patience: for what is worked out in an instant, and for what is not waited for."""


@pytest.fixture
def store(database_url: str, keys_url: str) -> Iterator[Store]:
    """On either database."""
    with Store.open(database_url, keys_url, writing=True) as opened:
        yield opened


@pytest.fixture
def reporting(store: Store) -> Reporting:
    rules = read_receivables_rules((ROOT / "rulesets/receivables.yaml").read_bytes())
    return Reporting(rules, store.receivables, lambda _customer, _day: {})


@pytest.fixture
def held_up() -> Iterator[Event]:
    """What holds the working out of ``totals`` up, until the test lets it go."""
    event = Event()
    yield event
    event.set()


def totals(store: Store, report: Report, patience: float = LONG) -> Totals:
    return Totals(report, store.receivables.totals, lambda: datetime(2026, 11, 1, tzinfo=UTC), patience)


def owe(store: Store, number: str, amount: int, customer: str = "C-1") -> None:
    issued = date(2026, 10, 1)
    invoice = Document(DocumentKind.INVOICE, number, customer, issued, due_on=DAY, amount=amount)
    store.receivables.write([invoice], ORIGIN)


def owed(found: Totals, day: date = DAY) -> tuple[date, object]:
    told = found.of(day)
    assert told is not None
    return told.day, told.values["receivables"]


def test_are_of_what_stands_now_after_every_change_of_the_documents(
    store: Store, reporting: Reporting
) -> None:
    found = totals(store, reporting.report)
    assert found.of(DAY) is None
    owe(store, "1", 100_00)
    owe(store, "2", 50_05, "C-2")
    assert owed(found) == (DAY, Decimal("150.05"))
    owe(store, "2", 50_00, "C-2")
    assert owed(found) == (DAY, Decimal("150.00"))
    assert found.of(DAY).values == {one.name: one.value for one in reporting.report(DAY).figures}  # type: ignore[union-attr]
    store.record(sealed(changes=(CustomerForgotten("C-1"),)))
    owe(store, "3", 1, "C-3")
    assert owed(found) == (DAY, Decimal("50.01"))


def test_are_read_and_not_worked_out_again_in_whatever_process_asks(
    store: Store, reporting: Reporting
) -> None:
    owe(store, "1", 100_00)
    totals(store, reporting.report).work_out(DAY)

    def never(day: date, stopping: Callable[[], bool]) -> PortfolioReport:
        raise AssertionError(f"{day} was worked out again")

    assert owed(totals(store, never, AT_ONCE)) == (DAY, Decimal("100.00"))


def test_of_the_last_import_or_day_serve_while_those_of_now_are_worked_out(
    store: Store, reporting: Reporting, held_up: Event
) -> None:
    begun: Queue[date] = Queue()
    before = totals(store, reporting.report)

    def slow(day: date, stopping: Callable[[], bool]) -> PortfolioReport:
        begun.put(day)
        held_up.wait()
        return reporting.report(day, stopping)

    found = totals(store, slow, AT_ONCE)
    owe(store, "1", 100_00)
    before.work_out(DAY)
    owe(store, "2", 1_00)
    assert [owed(found), owed(found), owed(found, NEXT)] == [(DAY, Decimal("100.00"))] * 3
    with pytest.raises(Unavailable, match=r"2026-09-01 are being worked out"):
        found.of(BEFORE)
    held_up.set()
    found.close()
    assert begun.get_nowait() == DAY  # the others wait for it
    assert sorted(begun.queue) == [BEFORE, NEXT]  # each once, however often it is asked for
    patient = totals(store, reporting.report)
    assert owed(patient, NEXT) == (NEXT, Decimal("101.00"))
    assert patient.of(BEFORE) == (BEFORE, None, {})
