"""How a customer's receivables stand on a day, from what was dated by then, against values by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from app.domain.receivables.account import Account, account
from app.domain.receivables.ageing import ageing, bucket_names
from app.domain.receivables.collecting import invoice_facts
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.receivables.measure import Given, quotient, window
from app.domain.receivables.measures import MEASURES

DAY = date(2026, 6, 30)
TWO = Decimal("0.01")


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def invoice(number: str, due: int, amount: int = 100_00, issued: int | None = None) -> Document:
    """An invoice due so many days ago, issued thirty days earlier."""
    issued_on = ago(due + 30 if issued is None else issued)
    return Document(DocumentKind.INVOICE, number, "C-1", issued_on, due_on=ago(due), amount=amount)


def paid(
    of: str | None, when: int, amount: int = 100_00, kind: DocumentKind = DocumentKind.PAYMENT
) -> Document:
    return Document(kind, f"{kind}-{of}-{when}", "C-1", ago(when), invoice=of, amount=amount)


def on(*documents: Document, day: date = DAY) -> Account:
    return account("C-1", documents, day)


def value(name: str, found: Account, **given: object) -> object:
    return MEASURES[name].of(found, Given(**given))  # type: ignore[arg-type]


def test_counts_only_what_was_dated_by_the_day_in_whatever_order_it_came() -> None:
    documents = (invoice("1", 10), paid("1", 4, 30_00), paid("1", -1, 70_00))
    for some in permutations(documents):
        assert [(one.open, one.late) for one in on(*some).items] == [(70_00, 10)]
    assert [(one.open, one.late) for one in on(*documents, day=ago(-1)).items] == [(0, 11)]
    assert [one.open for one in on(*documents, day=ago(5)).items] == [100_00]
    assert on(*documents, day=ago(41)).items == []


def test_says_how_late_an_invoice_is_only_where_the_day_knows() -> None:
    found = on(
        invoice("open", 3), invoice("early", 5), paid("early", 9), invoice("not-due", -2), invoice("today", 0)
    )
    assert {one.number: one.late for one in found.items} == {
        "open": 3, "early": -4, "not-due": None, "today": None,
    }  # fmt: skip


def test_a_void_invoice_and_an_overpaid_one_leave_nothing_open() -> None:
    found = on(invoice("void", 5, 0), invoice("1", 5), paid("1", 2, 130_00))
    assert value("open_items", found) == 0
    assert value("invoices", found) == 1


def test_cash_beyond_an_invoice_is_unmatched_and_what_comes_after_a_write_off_is_not() -> None:
    found = on(invoice("1", 5), invoice("2", 5, 80_00), paid("1", 2, 150_00))
    assert (value("unmatched_cash", found), value("cash_in_transit", found)) == (50, 50)
    assert value("exposure", found) == 30
    given_up = paid("1", 3, kind=DocumentKind.WRITE_OFF)
    assert value("unmatched_cash", on(invoice("1", 5), given_up, paid("1", 2))) == 0
    credit = paid("1", 1, 20_00, DocumentKind.CREDIT_NOTE)
    assert value("unmatched_cash", on(invoice("1", 5), paid("1", 2), credit)) == 20
    announced = paid(None, -1, 5_00)._replace(begun_on=ago(1))
    assert (value("unmatched_cash", on(announced)), value("cash_in_transit", on(announced))) == (0, 5)


def test_exposure_is_open_items_deliveries_and_orders_less_cash_on_its_way_and_what_is_secured() -> None:
    def order(number: str, ordered: int, delivered: int | None = None, closed: int | None = None) -> Document:
        return Document(
            DocumentKind.ORDER,
            number,
            "C-1",
            ago(ordered),
            begun_on=None if delivered is None else ago(delivered),
            ended_on=None if closed is None else ago(closed),
            amount=7_00,
        )

    announced = paid("1", -3, 20_00)._replace(begun_on=ago(1))
    found = on(
        invoice("1", 5),
        announced,
        paid(None, 2, 1_00),
        order("a", 9),
        order("b", 9, 4),
        order("c", 9, 4, 1),
        order("d", 9, -1, -1),
    )
    assert value("open_items", found) == 100
    assert (value("orders", found), value("deliveries", found)) == (14, 7)
    assert value("cash_in_transit", found) == 21
    assert value("exposure", found) == 100
    assert value("exposure", found, secured=90_00) == 10
    assert value("exposure", found, secured=900_00) == 0
    assert value("headroom", found, limit=80_00) == -20
    assert value("utilisation", found, limit=300_00) == Decimal("0.3333")
    assert value("utilisation", found, limit=0) is None
    assert value("headroom", found) is None


def test_lateness_counts_what_was_due_in_the_window_and_what_is_still_open_past_due() -> None:
    documents = [
        invoice("old", 200),
        paid("old", 150),
        invoice("still", 90, 5_00),
        invoice("a", 59),
        paid("a", 52),
    ]
    documents += [invoice("b", 20), paid("b", 20), invoice("c", 10), invoice("coming", -5)]
    found = on(*documents)
    last = window(DAY, 60)
    assert last == ago(59)
    assert value("invoices", found, since=last) == 4
    assert value("worst_lateness", found, since=last) == 90
    assert value("worst_lateness", found) == 90
    assert value("oldest_open_overdue", found) == 90
    assert value("invoices_late", found, since=last, days=7) == 3
    assert value("share_late", found, since=last, days=8) == Decimal("0.5")
    assert value("on_time", found, since=last) == 1
    assert value("on_time_share", found) == Decimal("0.2")
    assert value("mean_lateness", found, since=last) == quotient(90 + 7 + 0 + 10, 4, TWO)
    assert value("all_paid_within_terms", found, since=last) is False
    assert value("payment_lengthening", found, since=last) == -23  # 26.75 less 50, half-even


def test_says_unknown_where_there_is_nothing_to_measure() -> None:
    found = on(invoice("coming", -5))
    for name in (
        "worst_lateness",
        "mean_lateness",
        "invoices_late",
        "share_late",
        "on_time_share",
        "order_volume_change",
    ):
        assert value(name, found, since=window(DAY, 60), days=7) is None
    assert value("oldest_open_overdue", found) == 0
    assert value("oldest_open_overdue", on()) is None


def test_order_volume_is_compared_by_the_day_with_what_came_before_the_window() -> None:
    found = on(
        *(invoice(str(n), 0, 10_00, issued=n) for n in (5, 40, 100, 300)),
        paid("40", 1),
        invoice("0", -1, 99_00, issued=400),
    )
    # 10.00 in 30 days against 30.00 in 365: 10 x 365 / (30 x 30) - 1
    given = {"since": window(DAY, 30), "before": 365}
    assert value("order_volume_change", found, **given) == quotient(10 * 365 - 900, 900, Decimal("0.0001"))
    assert value("order_volume_change", found, **given, least=3) is not None
    assert value("order_volume_change", found, **given, least=4) is None


@pytest.mark.parametrize(
    ("past", "bucket"), [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)]
)
def test_ages_by_days_past_due(past: int, bucket: int) -> None:
    amounts = [0] * 5
    amounts[bucket] = 100_00
    assert ageing(on(invoice("1", past)), [1, 31, 61, 91]) == amounts
    assert bucket_names([1, 31, 61, 91]) == ["not due", "1-30", "31-60", "61-90", "91+"]


def test_tells_collections_what_is_disputed_on_the_day_and_no_more_than_is_open() -> None:
    def dispute(number: str, opened: int, closed: int | None, amount: int | None, why: str) -> Document:
        end = None if closed is None else ago(closed)
        return Document(
            DocumentKind.DISPUTE,
            number,
            "C-1",
            ago(opened),
            invoice="1",
            ended_on=end,
            amount=amount,
            word=why,
        )

    documents = [
        invoice("1", 33),
        dispute("d1", 20, 10, 90_00, "quality"),
        dispute("d2", 5, None, 40_00, "pricing"),
    ]

    def facts(found: Account) -> dict[str, object]:
        return invoice_facts(found, found.items[0])

    now = facts(on(*documents))
    assert (now["disputed"], now["disputed_amount"], now["dispute_reason"]) == (True, 40, "pricing")
    assert facts(on(*documents, day=ago(8)))["disputed"] is False
    assert facts(on(*documents, dispute("d3", 1, None, None, "service")))["disputed_amount"] == 100
    assert facts(on(*documents, day=ago(15)))["disputed_amount"] == 90


def test_a_plan_is_agreed_until_an_instalment_is_missed_and_broken_from_the_day_after() -> None:
    def part(number: str, due: int, agreed: int | None = 9) -> Document:
        begun = None if agreed is None else ago(agreed)
        return Document(
            DocumentKind.PROMISE,
            number,
            "C-1",
            ago(10),
            invoice="1",
            due_on=ago(due),
            begun_on=begun,
            amount=50_00,
            word="P",
        )

    def plan(*more: Document, day: date = DAY, agreed: int | None = 9) -> tuple[object, ...]:
        found = on(invoice("1", 30), part("1", 5, agreed), part("2", -5, agreed), *more, day=day)
        facts = invoice_facts(found, found.items[0])
        return (
            facts["repayment_plan"],
            facts["plan_next_due"],
            facts["plan_next_amount"],
            facts["plans_broken"],
        )

    assert plan(day=ago(5)) == ("agreed", ago(5), 50, 0)
    assert plan(day=ago(4)) == ("broken", ago(5), 50, 1)
    assert plan(paid("1", 5, 50_00)) == ("agreed", ago(-5), 50, 0)
    assert plan(paid("1", 4, 50_00))[0] == "broken"
    assert plan(agreed=None, day=ago(6)) == ("proposed", ago(5), 50, 0)
    assert plan(paid("1", 5, 100_00))[0] == "none"


def test_a_quotient_is_rounded_once_and_half_to_even() -> None:
    assert [quotient(n, 200, TWO) for n in (1, 3, -1, -3)] == [
        Decimal(x) for x in ("0.00", "0.02", "0.00", "-0.02")
    ]
