"""A policy with letters to customers, and what a company says of itself, for tests of statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.web.service import FACTS, Service, told

POLICY = "stated-terms"
TEXT = (Path(__file__).parent / "rulesets" / "stated-terms.yaml").read_bytes()
REFUSED = {**FACTS, "grade": "E", "requested_net_days": 30}
COUNTERED = FACTS
OFFERED = {**FACTS, "requested_net_days": 30}
COMPANY = {
    "TERMWISE_COMPANY": "Example Trading 示例贸易",
    "TERMWISE_COMPANY_ADDRESS": "1 Harbour Road",
    "TERMWISE_REVIEW_CONTACT": "reviews@example.com",
}
NOTICES = {"TERMWISE_NOTICES": str(Path(__file__).parent / "notices" / "us.yaml")}
"""One notice for the United States, one reason that is broad, one that is procedural."""
SETTINGS: Any = {
    **COMPANY,
    **NOTICES,
    "TERMWISE_LANGUAGE": "zh",
    "TERMWISE_REVIEW_DAYS": "20",
    "TERMWISE_TIMEZONE": "Asia/Shanghai",
}
"""A company in China that speaks Chinese to its customers."""


def decided(service: Service, facts: Any, **envelope: Any) -> str:
    """The id of a decision of this policy."""
    return str(told(service.decide(facts, policy=POLICY, **envelope))["id"])


def statement(service: Service, id: str, accept: str | None = None, **query: str) -> TestResponse:
    """The answer to whoever asks for its statement."""
    headers = {} if accept is None else {"Accept": accept}
    return service.client.get(f"/v1/decisions/{id}/statement", query_string=query, headers=headers)


def stated_of(service: Service, id: str, **query: str) -> Any:
    """What its statement tells, in English unless told otherwise."""
    answer = statement(service, id, **{"lang": "en", **query})
    assert answer.status_code == 200, answer.text
    return told(answer)
