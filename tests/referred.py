"""A policy whose decisions ask for people, and people with authority, for tests of referrals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from app.domain.people import Authority, Person, Principal, Role
from tests import people
from tests.web.service import EXAMPLE, FACTS, Service, told

POLICY = "payment-terms"
REFERRED = (
    EXAMPLE.decode()
    .replace(
        "label: {en: Refused, zh: 拒绝}}",
        "label: {en: Refused, zh: 拒绝}, confirm: yes}",
    )
    .replace(
        "reasons:                                       #",
        """  - id: worst-grade
    label: {en: The worst grade is refused, zh: 最差等级拒绝}
    when: {grade: E}
    then: {outcome: refuse, reason: WORST_GRADE}
    source: "S3:L29"

reasons:                                       #""",
    )
    .replace("{type: percent, combine: largest,", "{type: percent, combine: largest, sensitive: yes,")
    .replace(
        "\nbaseline:",
        """
  WORST_GRADE:        {en: "The grade does not allow it.", zh: 等级不允许。}
referrals:
  amount: order_amount
  days: requested_net_days
  due: {hours: 48, source: "S1:L33"}
  settle_with: [offer, counter, refuse]
  also_when: {utilisation: "> 900%"}
  terms:
    net_days: {min: 0, max: max_balance_days, source: "S4:L35"}
    prepayment_due: {min: prepayment, max: 100%, source: "S4:L35", with: [counter]}
  reasons:
    RISK_TAKEN:     {en: The risk is taken., zh: 接受风险。}
    RISK_CONFIRMED: {en: The risk is confirmed., zh: 确认风险。}

baseline:""",
    )
    .encode()
)
UNGRADED = {**FACTS, "grade": None, "requested_net_days": 30}
"""Facts that are referred; the rules alone say nothing else."""
LONG = {**UNGRADED, "requested_net_days": 120}
"""Facts that are referred and that the rules alone would counter."""
WORST = {**FACTS, "grade": "E", "requested_net_days": 30}
"""Facts of which a refusal waits for confirmation."""
OFFER = {"outcome": "offer", "reason": "RISK_TAKEN"}
REFUSE = {"outcome": "refuse", "reason": "RISK_CONFIRMED"}


def holder(
    service: Service,
    login: str,
    role: Role = Role.CREDIT_OFFICER,
    amount: str | None = None,
    days: int | None = None,
    outcomes: tuple[str, ...] = (),
) -> Person:
    """A person with an authority in the policy; without figures, one without limit."""
    person = people.person(service.services, login, role)
    limit = None if amount is None else Decimal(amount)
    authority = Authority(POLICY, limit, days, frozenset(outcomes))
    service.services.people.set_authority(person.id, authority, by=None)
    return person


def signed_in(service: Service, person: Person) -> dict[str, str]:
    """The header of a session of that person."""
    return people.bearer(people.session(service.services, person))


def principal(person: Person) -> Principal:
    """The person as services know who asks, having signed in."""
    return Principal(person, session=b"s")


def referred(service: Service, facts: Any = None, **envelope: Any) -> str:
    """The id of a decision that asks for a person."""
    response = service.decide(UNGRADED if facts is None else facts, **envelope)
    assert response.status_code == 201, response.text
    return str(told(response)["id"])


def settle(service: Service, id: str, headers: Any, **body: Any) -> TestResponse:
    """Ask to settle a referral; the outcome is an offer unless told otherwise."""
    sent = json.dumps({**OFFER, **body}).encode()
    return service.post(f"/v1/referrals/{id}/resolution", sent, headers=headers)


def listed(service: Service, headers: Any, **query: Any) -> Any:
    """The worklist as somebody sees it."""
    return told(service.client.get("/v1/referrals", query_string=query, headers=headers))


def read(service: Service, id: str, headers: Any = None) -> Any:
    """A decision as somebody reads it."""
    return told(service.client.get(f"/v1/decisions/{id}", headers=headers or {}))


def uuid(id: str) -> UUID:
    """An id from an answer."""
    return UUID(id)
