"""What is left of a customer's limit ..."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.domain.people import Role
from tests import people
from tests.filed import RULES, TEXT, file
from tests.web.service import Service, serving, told

INVOICES = "number,customer,issued_on,due_on,amount\n1,C-1,2026-01-01,2026-01-31,300.00\n"
ORDERS = "number,customer,ordered_on,amount\n9,C-1,2026-01-05,250.00\n"
LIMIT = {"credit_limit": "1000.00"}


@pytest.fixture
def service(tmp_path):
    """A service with rules of its own about what the receivables tell."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(f"{RULES}facts_from_receivables:\n  exposure: exposure\n", "utf-8")
    with serving(tmp_path, TEXT, TERMWISE_CUSTOMER_RULES=str(rules)) as opened:
        yield opened


def take(service: Service, kind: str, text: str) -> None:
    """Import documents."""
    parts = {"file": (BytesIO(text.encode()), "documents.csv")}
    answer = service.client.post(f"/v1/receivables/imports?kind={kind}", data=parts)
    assert (answer.status_code, told(answer)["refused"]) == (200, 0), answer.text


def test_is_the_limit_without_what_is_owed_and_ordered(service: Service) -> None:
    file(service, "C-1", LIMIT)
    take(service, "invoice", INVOICES)
    take(service, "order", ORDERS)
    found = told(service.get("/v1/customers/C-1/headroom"))
    assert [found[name] for name in ("limit", "owed", "ordered", "coming", "used", "left", "currency")] == [
        "1000.00", "300.00", "250.00", "0.00", "550.00", "450.00", "CNY",
    ]  # fmt: skip


def test_goes_by_the_exposure_on_file_where_there_are_no_documents(service: Service) -> None:
    file(service, "C-1", {**LIMIT, "exposure": "900.00"})
    found = told(service.get("/v1/customers/C-1/headroom"))
    assert (found["owed"], found["used"], found["left"]) == (None, "900.00", "100.00")


def test_is_told_to_sales_of_their_own_customers_only(service: Service) -> None:
    for customer in ("C-1", "C-2"):
        file(service, customer, LIMIT)
    seller = people.person(service.services, "seller", Role.SALES)
    session = people.bearer(people.session(service.services, seller))
    service.services.portfolios.assign(seller.id, "C-1", by=None)

    def status(customer: str) -> int:
        return service.client.get(f"/v1/customers/{customer}/headroom", headers=session).status_code

    assert [status(one) for one in ("C-1", "C-2", "C-3")] == [200, 404, 404]
    assert service.client.get("/v1/customers/C-1/receivables", headers=session).status_code == 403
