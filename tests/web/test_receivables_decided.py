"""From the documents to the decision: what a request leaves out is measured, and moves with the documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app.domain.keeping import Reason
from tests.web.service import ROOT, Service, serving, told

RULESETS = ROOT / "rulesets"
INVOICES = [
    ("number", "customer", "issued_on", "due_on", "amount"),
    ("1", "C-1", "2026-08-01", "2026-08-31", "100000.00"),
    ("2", "C-1", "2026-10-01", "2026-10-31", "50000.50"),
    ("3", "C-2", "2026-10-01", "2026-12-31", "849999.50"),
]
PAYMENTS = [
    ("number", "customer", "invoice", "paid_on", "amount"),
    ("p1", "C-1", "1", "2026-09-05", "100000.00"),
]
LATE = [PAYMENTS[0], ("p2", "C-1", "2", "2026-11-18", "50000.50")]
DAY = "2026-11-20"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    texts = [
        (RULESETS / policy / "1.0.0.yaml").read_bytes() for policy in ("credit-approval", "concentration")
    ]
    with serving(tmp_path, *texts) as opened:
        yield opened


def take(service: Service, kind: str, content: bytes) -> Any:
    answer = service.client.post(
        "/v1/receivables/imports",
        data={"file": (BytesIO(content), "documents")},
        query_string={"kind": kind},
        content_type="multipart/form-data",
    )
    return told(answer)


def csv(rows: Sequence[tuple[str, ...]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def workbook(rows: Sequence[tuple[str, ...]]) -> bytes:
    book = Workbook()
    page: Any = book.active
    for row in rows:
        page.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def measured(service: Service, policy: str, **body: Any) -> dict[str, Any]:
    """The facts of a decision that came from the receivables."""
    sent = json.dumps({"as_of": DAY, **body}).encode()
    found = told(service.post(f"/v1/policies/{policy}/decisions", sent))
    origins = {name: one for name, one in found["origins"].items() if one["from"] == "receivables"}
    assert {one["as_of"] for one in origins.values()} <= {DAY}
    return {name: found["facts"][name] for name in origins}


def test_an_order_names_customer_amount_and_terms_and_the_documents_say_the_rest(service: Service) -> None:
    take(service, "invoice", csv(INVOICES))
    take(service, "payment", csv(PAYMENTS))
    asked = {"customer": "C-1", "facts": {"requested_amount": "20000.00", "requested_net_days": 45}}
    before = measured(service, "credit-approval", **asked)
    assert before["exposure"] == "50000.50"
    assert (before["worst_days_late_12m"], before["avg_days_late"]) == (20, "12.50")
    take(service, "payment", csv(LATE))
    after = measured(service, "credit-approval", **asked)
    assert after["exposure"] == "0.00"
    assert (after["worst_days_late_12m"], after["avg_days_late"]) == (18, "11.50")


def test_figures_of_all_customers_are_facts_and_follow_every_import_and_erasure(service: Service) -> None:
    assert measured(service, "concentration", facts={}) == {}
    take(service, "invoice", csv(INVOICES))
    known = measured(service, "concentration", facts={})
    assert (known["portfolio_receivables"], known["largest_customer_share"]) == ("1000000.00", "0.9444")
    assert (known["core_share"], known["new_share"]) == ("0.0000", "1.0000")
    take(service, "payment", csv([*PAYMENTS, LATE[1]]))
    assert measured(service, "concentration", facts={})["portfolio_receivables"] == "849999.50"
    corrected = [PAYMENTS[0], ("p2", "C-1", "2", "2026-11-18", "50000.00")]
    assert take(service, "payment", csv(corrected))["corrected"] == 1
    assert measured(service, "concentration", facts={})["portfolio_receivables"] == "850000.00"
    service.services.keeping.erasing.erase("C-1", Reason.SUBJECT_REQUEST, None, by=None)
    assert measured(service, "concentration", facts={})["portfolio_receivables"] == "849999.50"


def test_a_workbook_is_read_like_the_same_table_in_text(service: Service) -> None:
    report = take(service, "invoice", workbook(INVOICES))
    assert (report["read"], report["new"], report["refused"]) == (3, 3, 0)
    assert take(service, "invoice", csv(INVOICES))["unchanged"] == 3
