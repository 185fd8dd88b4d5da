"""A customer near their limit, and the request that a representative makes for them."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from app.domain.people import Role
from tests.pages.company import Company

NEAR, ANOTHER = "C-NEAR/1", "C-ANOTHER"
POLICY = "payment-terms"
FILE = {
    "grade": "B",
    "customer_tier": "standard",
    "customer_is_new": False,
    "warning_level": "GREEN",
    "credit_limit": "500000.00",
    "exposure": "430000.00",
    "customer_is_foreign": False,
}
ORDER = {"order_amount": "120,000", "requested_net_days": "90", "prepayment": "30"}
"""70,000.00 are left of the limit, and 84,000.00 would stand on account."""


def near_limit(company: Company) -> str:
    """File a customer near their limit, whom the representative looks after, and another like it."""
    day = company.services.customers.filing.today().isoformat()
    filed = {
        "as_of": day,
        "source": "erp",
        "customers": [{"customer": one, "facts": FILE} for one in (NEAR, ANOTHER)],
    }
    officer = company.client(Role.CREDIT_OFFICER)
    answer = officer.post(
        "/v1/customers/facts",
        data=json.dumps(filed),
        content_type="application/json",
        headers={"Termwise-CSRF": company.csrf(officer)},
    )
    assert (answer.status_code, answer.get_json()["refused"]) == (200, 0), answer.text
    company.services.portfolios.assign(company.person(Role.SALES).id, NEAR, by=None)
    return NEAR


def fill_in(page: Page, **facts: str) -> None:
    """Fill in the form of a request as somebody types."""
    for name, text in facts.items():
        page.fill(f"#fact-{name}", text)
