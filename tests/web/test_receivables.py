"""Receivables over HTTP and from the file to the decision: documents in, measures out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import NotFound
from app.domain.keeping import Reason
from tests.filed import filing_service
from tests.web.service import Service, told

INVOICES = """number,customer,issued_on,due_on,amount
1,C-1,2026-01-01,2026-01-31,100.00
2,C-1,2026-03-01,2026-03-31,50.5
3,C-2,2026-03-01,2026-03-31,1000
bad,C-2,2026-03-01,31.03.2026,-5
"""
PAYMENTS = "number,customer,invoice,paid_on,announced_on,amount\np,C-1,1,2026-02-20,,100.00\n"
ROWS = "no,who,due,cleared,sum\n7,C-9,31.01.2026,10.02.2026,80.00\n8,C-9,31.03.2026,,20.00\n"
MAPPING = """
date_format: "%d.%m.%Y"
row_number: [who, due, sum]
documents:
  invoice:
    columns:
      {number: row_number, customer: who, due_on: due, amount: sum, paid: {column: cleared, type: date}}
    formulas: {issued_on: "if known(paid) and paid < due_on then paid else due_on"}
  payment:
    columns: {number: row_number, customer: who, invoice: row_number, paid_on: cleared, amount: sum}
    keep_if: known(paid_on)
"""


@pytest.fixture
def both(tmp_path: Path, database_url: str) -> Iterator[Service]:
    with filing_service(tmp_path, database_url=database_url) as opened:
        yield opened


def take(service: Service, text: str, mapping: str | None = None, **query: str) -> Any:
    parts: dict[str, Any] = {"file": (BytesIO(text.encode()), "documents.csv")}
    if mapping is not None:
        parts["mapping"] = (BytesIO(mapping.encode()), "mapping.yaml")
    return service.client.post(
        "/v1/receivables/imports", data=parts, query_string=query, content_type="multipart/form-data"
    )


def measures(service: Service, customer: str, day: str) -> dict[str, Any]:
    found = told(service.get(f"/v1/customers/{customer}/receivables", as_of=day))["measures"]
    return {name: one["value"] for name, one in found.items()}


def test_documents_come_in_by_their_numbers_and_measures_follow_corrections(both: Service) -> None:
    dry = told(take(both, INVOICES, kind="invoice", dry_run="yes"))
    assert (dry["import"], dry["new"], dry["refused"]) == (None, 3, 1)
    assert both.get("/v1/customers/C-1/receivables").status_code == 404
    first = told(take(both, INVOICES, kind="invoice"))
    assert (first["new"], first["unchanged"], first["refused"]) == (3, 0, 1)
    assert [one["place"] for one in first["refusals"]] == [5]
    assert len(first["refusals"][0]["errors"]) == 2
    assert told(take(both, INVOICES, kind="invoice"))["unchanged"] == 3
    before = measures(both, "C-1", "2026-02-10")
    assert (before["exposure"], before["oldest_open_overdue_days"]) == ("100.00", 10)
    take(both, PAYMENTS, kind="payment")
    after = measures(both, "C-1", "2026-04-05")
    assert (after["exposure"], after["worst_lateness_60d"], after["worst_days_late_12m"]) == ("50.50", 5, 20)
    corrected = told(take(both, PAYMENTS.replace("02-20", "02-01"), kind="payment"))
    assert (corrected["new"], corrected["corrected"]) == (0, 1)
    assert measures(both, "C-1", "2026-04-05")["worst_days_late_12m"] == 5
    report = told(both.get("/v1/receivables/report", as_of="2026-03-31"))
    assert next(one["value"] for one in report["figures"] if one["name"] == "receivables") == "1050.50"
    stress = told(both.get("/v1/receivables/stress", as_of="2026-03-31"))
    failed = next(one for one in stress["scenarios"] if one["id"] == "largest-fails")
    assert (failed["lost"], failed["cash_gap"][-1]) == ("1000.00", "1000.00")


def test_a_row_may_hold_an_invoice_and_its_payment_and_have_no_number(both: Service) -> None:
    report = told(take(both, ROWS, MAPPING))
    assert report["kinds"] == {"invoice": 2, "payment": 1}
    found = told(both.get("/v1/customers/C-9/receivables", as_of="2026-04-02"))
    assert [(one["number"], one["days_past_due"]) for one in found["open_invoices"]] == [
        ("C-9/31.03.2026/20.00", 2)
    ]
    assert told(take(both, ROWS, MAPPING))["unchanged"] == 3


def test_a_file_that_contradicts_itself_has_the_later_row_refused_and_says_no_more_than_once(
    both: Service,
) -> None:
    row = "D1,{},2026-01-01,2026-01-31,{}\n"
    text = "number,customer,issued_on,due_on,amount\n" + "".join(
        row.format(*one) for one in (("B-2", 10), ("B-2", 20), ("B-3", 30), ("B-2", 10))
    )
    for _ in range(2):  # and the same again does not let the second row in
        report = told(take(both, text, kind="invoice"))
        assert (report["corrected"], report["refused"]) == (0, 2)
        assert [one["place"] for one in report["refusals"]] == [3, 4]
        assert "D1 has other content in a row before" in report["refusals"][0]["errors"][0]
    assert told(take(both, text, kind="invoice", dry_run="yes"))["refused"] == 2
    assert measures(both, "B-2", "2026-01-10")["open_items"] == "10.00"
    head = text.splitlines()[0]
    moved = told(take(both, f"{head}\n{row.format('B-3', 30)}", kind="invoice"))
    assert (moved["corrected"], moved["moved"]) == (1, 1)


def test_what_settles_no_invoice_is_counted_listed_and_summed_up(both: Service) -> None:
    head = "number,customer,invoice,paid_on,amount\n"
    take(both, INVOICES, kind="invoice")
    rows = (
        "p1,C-1,1,2026-02-20,130\np2,C-1,3,2026-02-21,5\np3,C-2,nobody's,2026-02-22,7\np4,C-2,,2026-02-22,1\n"
    )
    report = told(take(both, head + rows, kind="payment"))
    assert report["unmatched"] == 2
    assert [(one["number"], one["invoice"]) for one in report["unmatched_documents"]] == [
        ("p2", "3"),
        ("p3", "nobody's"),
    ]
    assert told(take(both, head + rows, kind="payment", dry_run="yes"))["unmatched"] is None
    found = told(both.get("/v1/customers/C-1/receivables", as_of="2026-04-01"))
    assert [one["number"] for one in found["unmatched_payments"]] == ["p2"]
    assert found["measures"]["unmatched_cash"]["value"] == "35.00"
    assert found["measures"]["exposure"]["value"] == "15.50"
    figures = told(both.get("/v1/receivables/report", as_of="2026-04-01"))["figures"]
    assert next(one["value"] for one in figures if one["name"] == "unmatched_cash") == "43.00"


def test_what_cannot_be_meant_is_refused_and_what_lies_ahead_is_counted(shared: Service) -> None:
    text = "number,customer,issued_on,due_on,amount,currency\n" + "".join(
        f"X{place},X-1,{one}\n"
        for place, one in enumerate(
            (
                "2026-01-01,9999-12-31,1,CNY",
                "2026-01-01,0001-01-02,1,CNY",
                "2026-01-02,2026-01-01,1,CNY",
                "2026-01-01,2026-01-02,99999999999999,CNY",
                "2026-01-01,2026-01-02,1,EUR",
                "2999-01-01,2999-01-02,1,",
            )
        )
    )
    report = told(take(shared, text, kind="invoice", dry_run="yes"))
    said = [one["errors"][0] for one in report["refusals"]]
    assert (report["new"], report["ahead"], report["refused"]) == (1, 1, 5)
    for part, one in zip(
        (
            "9999-12-31 is no day",
            "0001-01-02 is no day",
            "before the day of issue",
            "more than",
            "not in EUR",
        ),
        said,
        strict=True,
    ):
        assert part in one


def test_a_scenario_of_which_nothing_is_known_says_so_until_the_industry_is_filed(shared: Service) -> None:
    take(shared, INVOICES, kind="invoice")

    def down() -> tuple[int, int, str]:
        found = told(shared.get("/v1/receivables/stress", as_of="2026-01-15"))["scenarios"]
        one = next(one for one in found if one["id"] == "industry-down")
        return one["customers"], one["unknown"], max(one["cash_gap"], key=float)

    assert down() == (0, 1, "0.00")
    item = {"customer": "C-1", "facts": {"industry": "construction"}}
    body = {"as_of": "2026-01-01", "source": "erp", "customers": [item]}
    assert told(shared.post("/v1/customers/facts", json.dumps(body).encode()))["written"] == 1
    assert down() == (1, 0, "100.00")


def test_erasing_a_customer_takes_its_documents_though_nothing_else_is_kept(both: Service) -> None:
    take(both, INVOICES, kind="invoice")
    both.services.keeping.erasing.erase("C-1", Reason.SUBJECT_REQUEST, None, by=None)
    assert both.get("/v1/customers/C-1/receivables", as_of="2026-04-01").status_code == 404
    assert both.services.store.receivables.of_customer("C-1") == []
    assert measures(both, "C-2", "2026-04-01")["exposure"] == "1000.00"
    with pytest.raises(NotFound):
        both.services.keeping.erasing.erase("C-3", Reason.SUBJECT_REQUEST, None, by=None)


@pytest.mark.parametrize(
    ("text", "mapping", "query", "said"),
    [
        (INVOICES, None, {}, "query parameter `kind`"),
        (INVOICES, MAPPING, {"kind": "invoice"}, "query parameter `kind`"),
        (INVOICES, MAPPING, {}, "has no column `who`"),
        (INVOICES, "documents: {invioce: {columns: {number: number}}}", {}, "did you mean `invoice`"),
        (INVOICES, "documents: {invoice: {columns: {number: number}}}", {}, "`customer` is missing"),
        (INVOICES.replace("due_on", "due"), None, {"kind": "invoice"}, "column `due`"),
        ("", None, {"kind": "invoice"}, "names the columns"),
        (INVOICES.replace(",", ";"), None, {"kind": "invoice"}, "separated by semicolons"),
        (ROWS, MAPPING + "    constants: {currency: EUR}\n", {}, "the books are kept in CNY, not in EUR"),
    ],
)
def test_says_what_is_wrong_with_a_file(
    shared: Service, text: str, mapping: str | None, query: dict[str, str], said: str
) -> None:
    answer = take(shared, text, mapping, **query)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filing_service(tmp_path_factory.mktemp("receivables")) as opened:
        yield opened
