"""A policy that takes facts from the customer file, and rules that fill it, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.referred import REFERRED
from tests.web.service import Service, serving, told

_LAWSUITS = """  lawsuits:
    {type: number, decimals: 0, min: 0, unknown: allowed, given_by: [file, legal], sensitive: yes,
     label: {en: Lawsuits, zh: 诉讼}}
"""
TEXT = (
    REFERRED.decode()
    .replace("  grade:              {", "  grade:              {max_age: 30, ")
    .replace("  order_amount:       {", f"{_LAWSUITS}  order_amount:       {{")
    .encode()
)
RULES = """
facts:
  industry: {type: text, label: {en: Industry, zh: 所属行业}}
signals:
  lawsuit: {en: Lawsuit, zh: 诉讼}
  downgrade: {en: Lowered, zh: 下调}
  court-check: {en: Court looked at, zh: 已查}
facts_from_signals:
  lawsuits: {count: [lawsuit], days: 90, checked_by: [court-check], checked_days: 90, source: "S1:L37"}
  grade: {latest: {downgrade: E}, days: 365, source: "S2:L31"}
facts_from_decisions:
- policy: payment-terms
  outcome_kinds: [favourable, conditional]
  facts:
    standard_days: net_days
    standard_since: {take: requested_net_days, when_changes: standard_days}
    days_before: {before: standard_days}
"""
ORDER = {"order_amount": "10000.00", "requested_net_days": 60, "prepayment": "0.30"}
"""What a representative sends."""
FILE = {"grade": "B", "credit_limit": "100000.00", "exposure": "20000.00"}


@contextmanager
def filing_service(folder: Path, **more: Any) -> Iterator[Service]:
    """A service with that policy and those rules."""
    rules = folder / "customer-file.yaml"
    rules.write_text(RULES, "utf-8")
    with serving(folder, TEXT, TERMWISE_CUSTOMER_RULES=str(rules), **more) as service:
        yield service


def today(service: Service) -> str:
    """The day of which a fact may be at most."""
    return service.services.customers.filing.today().isoformat()


def file(service: Service, customer: str, facts: Any, headers: Any = None, **more: Any) -> Any:
    """File facts of one customer, of today and from the ERP unless told otherwise."""
    body = {
        "as_of": today(service),
        "source": "erp",
        **more,
        "customers": [{"customer": customer, "facts": facts}],
    }
    return told(service.post("/v1/customers/facts", json.dumps(body).encode(), headers=headers))


def signal(service: Service, customer: str, *signals: Any, **more: Any) -> Any:
    """File events of one customer."""
    body = json.dumps({"source": "court", **more, "signals": list(signals)}).encode()
    return told(service.post(f"/v1/customers/{customer}/signals", body))


def held(service: Service, customer: str, **query: Any) -> Any:
    """What holds of a customer, by fact."""
    found = told(service.get(f"/v1/customers/{customer}/file", **query))
    return {one["name"]: one for one in found["facts"]}
