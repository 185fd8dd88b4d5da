"""Documents as kept: by their own numbers, with what they said before and when they were settled."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.domain.customer_file import CustomerForgotten
from app.domain.receivables.documents import Document, DocumentKind
from app.store.receivables_tables import receivable
from app.store.receivables_writes import Written
from app.store.store import Store
from tests.recordings import sealed

FIRST, SECOND = UUID(int=1), UUID(int=2)


def invoice(number: str, amount: int = 100_00, customer: str = "C-1") -> Document:
    return Document(
        DocumentKind.INVOICE, number, customer, date(2026, 1, 1), due_on=date(2026, 1, 31), amount=amount
    )


def payment(number: str, of: str | None, amount: int, day: int, customer: str = "C-1") -> Document:
    return Document(DocumentKind.PAYMENT, number, customer, date(2026, 2, day), invoice=of, amount=amount)


def settled(store: Store) -> dict[str, object]:
    rows = store.receivables._reader.all(receivable.select().where(receivable.c.kind == "invoice"))
    return {row.number: row.settled_on for row in rows}


def test_the_same_again_changes_nothing_and_another_under_its_number_keeps_what_was_said(
    store: Store,
) -> None:
    documents = [invoice("1"), invoice("2", 200_00)]
    assert store.receivables.write(documents, FIRST) == Written(2, 0, 0)
    assert store.receivables.write(documents, SECOND) == Written(0, 0, 2)
    assert store.receivables.write([invoice("1", 90_00), invoice("2", 200_00)], SECOND) == Written(0, 1, 1)
    (said,) = store.receivables.said(DocumentKind.INVOICE, "1")
    assert (said.said["amount"], said.origin, said.replaced_by) == (100_00, FIRST, SECOND)
    assert {one.number: one.amount for one in store.receivables.of_customer("C-1")} == {
        "1": 90_00,
        "2": 200_00,
    }


def test_an_invoice_is_settled_on_the_day_when_its_payments_reach_it_in_whatever_order_they_come(
    store: Store,
) -> None:
    store.receivables.write([payment("p2", "1", 60_00, 20), payment("p1", "1", 40_00, 10)], FIRST)
    store.receivables.write([invoice("1"), invoice("2"), invoice("void", 0)], FIRST)
    assert settled(store) == {"1": date(2026, 2, 20), "2": None, "void": date(2026, 1, 1)}
    store.receivables.write([payment("p1", "2", 100_00, 12)], SECOND)  # it was the other invoice's
    assert settled(store) == {"1": None, "2": date(2026, 2, 12), "void": date(2026, 1, 1)}


def test_an_invoice_is_settled_by_documents_of_its_own_customer_in_the_order_of_days(store: Store) -> None:
    parts = [payment("c", "1", 30_00, 3), payment("a", "1", 50_00, 9), payment("b", "1", 20_00, 7)]
    store.receivables.write([invoice("1"), *parts, payment("x", "1", 100_00, 1, "C-2")], FIRST)
    assert settled(store) == {"1": date(2026, 2, 9)}
    store.receivables.write([payment("b", "1", 70_00, 7)], SECOND)
    assert settled(store) == {"1": date(2026, 2, 7)}
    store.receivables.write([payment("b", "1", 0, 7)], SECOND)
    assert settled(store) == {"1": None}


def test_customers_come_in_order_with_what_was_known_on_the_day(store: Store) -> None:
    store.receivables.write(
        [
            invoice("1", customer="b"),
            invoice("2", customer="B"),
            payment("p", "2", 100_00, 5, "B"),
            replace_begun(payment("q", None, 5_00, 28, "b"), date(2026, 2, 1)),
        ],
        FIRST,
    )
    found = list(store.receivables.customers(date(2026, 2, 4)))
    assert [(one, sorted(d.number for d in documents)) for one, documents in found] == [
        ("B", ["2"]),
        ("b", ["1", "q"]),
    ]
    assert found[1][1] == store.receivables.of_customer("b")
    still_open = store.receivables.customers(date(2026, 2, 5), only_open=True)
    assert [customer for customer, _ in still_open] == ["b"]


def test_an_erasure_takes_a_customers_documents_and_their_history_in_its_own_transaction(
    store: Store,
) -> None:
    store.receivables.write([invoice("1"), invoice("2", customer="C-2")], FIRST)
    store.receivables.write([invoice("1", 5)], SECOND)
    store.record(sealed(changes=(CustomerForgotten("C-1"),)))
    assert store.receivables.of_customer("C-1") == []
    assert store.receivables.said(DocumentKind.INVOICE, "1") == []
    assert len(store.receivables.of_customer("C-2")) == 1


def replace_begun(one: Document, begun_on: date) -> Document:
    return one._replace(begun_on=begun_on)
