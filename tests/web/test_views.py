"""What sales are told ..."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.people import Person, Role
from app.domain.requests import Caller, DecisionRequest
from app.domain.ruleset import Ruleset
from schemas.json_values import json_values
from schemas.ruleset import load
from tests import people
from tests.web.service import BATCH, EXAMPLE, FACTS, ROOT, SIMULATIONS, Service, new_version, serving, told

SHIPPED = [
    path for path in sorted((ROOT / "rulesets").glob("*/*.yaml")) if b"sensitive: yes" in path.read_bytes()
]
TOLD = {
    *("policy", "ruleset", "as_of", "outcome", "outcome_kind", "outcome_label", "needs_confirmation"),
    *("currency", "outputs", "reasons", "facts", "filled_in", "customer", "reference"),
}
ABOUT = {"id", "decided_at", "requested_by", "role", "asked_by", "replaces", "receipt"}
READ = {*ABOUT, "standing"}
SENSITIVE = new_version(
    EXAMPLE,
    "1.0.0",
    ("prepayment_due:     {type: percent,", "prepayment_due: {sensitive: yes, type: percent,"),
    ("TERM_TOO_LONG:      {en:", "TERM_TOO_LONG: {sensitive: yes, en:"),
)
SALES_FACTS = {"order_amount", "requested_net_days", "prepayment"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path, SENSITIVE) as opened:
        yield opened


@pytest.fixture
def rep(service: Service) -> Person:
    """A representative with one customer."""
    found = people.person(service.services, "rep", Role.SALES)
    service.services.portfolios.assign(found.id, "C-1", by=None)
    return found


def check_masked(answer: Any, more: set[str] = ABOUT) -> None:
    assert set(answer) == TOLD | more
    assert "prepayment_due" not in answer["outputs"]
    assert set(answer["facts"]) == SALES_FACTS
    assert [one["code"] for one in answer["reasons"]] == ["NOT_SHOWN"]
    assert all(set(one) == {"code", "text", "principal"} for one in answer["reasons"])
    text = json.dumps(answer, ensure_ascii=False)
    for secret in ("utilisation", "term-too-long", "TERM_TOO_LONG", "100000.00", '"grade"', "账期为90"):
        assert secret not in text


def test_is_the_same_little_wherever_they_read_it(service: Service, rep: Person) -> None:
    sales, key = people.bearer(people.session(service.services, rep)), {"Idempotency-Key": "k"}
    made = service.decide(customer="C-1", on_behalf_of="rep", headers=key)
    assert made.status_code == 201
    check_masked(told(made))
    again = service.decide(customer="C-1", on_behalf_of="rep", headers=key)
    assert (again.status_code, again.data) == (200, made.data)
    read = service.client.get(made.headers["Location"], headers=sales)
    assert {name: value for name, value in told(read).items() if name != "standing"} == told(made)
    line = json.dumps({"facts": FACTS, "customer": "C-1", "on_behalf_of": str(rep.id)}).encode()
    (batched,) = service.post(BATCH, line, "application/x-ndjson").data.splitlines()
    check_masked(json.loads(batched)["decision"])
    body = json.dumps({"facts": FACTS, "customer": "C-1", "on_behalf_of": "rep"}).encode()
    check_masked(told(service.post(SIMULATIONS, body)), {"simulated_at"})
    (summary, _) = told(service.client.get("/v1/decisions", headers=sales))["decisions"]
    assert not {"reasons", "rules"} & set(summary)


def test_is_no_more_of_what_others_decided_on_their_customers(service: Service, rep: Person) -> None:
    made = service.decide(customer="C-1", reference="SO-9")
    assert {"fired", "derived"} < set(told(made))
    sales = people.bearer(people.session(service.services, rep))
    check_masked(told(service.client.get(made.headers["Location"], headers=sales)), READ)


def test_explains_in_words_without_rules_and_values(service: Service, rep: Person) -> None:
    sales = people.bearer(people.session(service.services, rep))
    here = service.decide(customer="C-1").headers["Location"]
    explained = told(service.client.get(f"{here}/explanation?lang=en", headers=sales))
    assert set(explained) == {
        *("id", "policy", "ruleset", "as_of", "outcome", "outcome_label", "reasons", "not_stated")
    }
    assert [set(one) for one in explained["reasons"]] == [{"code", "text"}] * len(explained["reasons"])
    assert explained["reasons"][0]["text"].startswith("There is a further reason")
    assert explained["not_stated"] == []
    assert "90" not in json.dumps(explained["reasons"])
    assert service.client.get(f"{here}/letters", headers=sales).status_code == 403
    assert service.client.post(f"{here}/replay", headers=sales).status_code == 403


def test_cannot_be_widened_by_a_search(service: Service, rep: Person) -> None:
    service.decide(customer="C-1")
    sales = people.bearer(people.session(service.services, rep))
    for query in ("rule=safeguards/term-too-long", "reason=TERM_TOO_LONG", "repeated=yes"):
        answer = service.client.get(f"/v1/decisions?{query}", headers=sales)
        assert answer.status_code == 403
        assert told(answer)["errors"][0]["code"] == "role"
    found = told(service.client.get("/v1/decisions?outcome=counter", headers=sales))["decisions"]
    assert len(found) == 1


def test_of_a_policy_is_what_they_may_give_and_get(service: Service, rep: Person) -> None:
    sales = people.bearer(people.session(service.services, rep))
    policy = told(service.client.get("/v1/policies/payment-terms", headers=sales))
    assert set(policy["facts"]["properties"]) == set(policy["facts"]["required"]) == SALES_FACTS
    assert set(policy["example"]) <= SALES_FACTS
    assert set(policy["outputs"]) == {"net_days"}
    assert (policy["parameters"], policy["letters"]) == ({}, [])
    assert "TERM_TOO_LONG" not in policy["reasons"]
    document = service.client.get("/v1/policies/payment-terms/openapi.json", headers=sales)
    schemas = told(document)["components"]["schemas"]
    assert set(schemas["Facts"]["properties"]) == SALES_FACTS
    assert set(schemas["Outputs"]["properties"]) == {"net_days"}
    whole = told(service.get("/v1/policies/payment-terms"))
    assert whole["parameters"]
    assert service.get("/v1/policies/payment-terms").headers["Vary"] == "Authorization, Cookie"


def _asked(ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    yield json_values(ruleset.baseline)
    for case in ruleset.cases:
        yield json_values({**ruleset.baseline, **case.given})


def test_holds_nothing_sensitive_of_the_shipped_policies(tmp_path: Path) -> None:
    texts = [path.read_bytes() for path in SHIPPED]
    with serving(tmp_path, *texts) as service:
        services = service.services
        rep = people.person(services, "rep", Role.SALES)
        sales = people.bearer(people.key(services, rep))
        caller = Caller(str(rep.id), "sales", may_give_any=True)
        hidden = 0
        for ruleset in map(load, texts):
            for facts in list(_asked(ruleset))[:4]:
                made = services.deciding.decide(ruleset.policy, DecisionRequest(facts), caller)
                read = told(service.client.get(f"/v1/decisions/{made.id}", headers=sales))
                assert set(read) == TOLD | READ
                for name in read["outputs"]:
                    assert not ruleset.outputs[name].sensitive
                for name in read["facts"]:
                    assert not ruleset.facts[name].sensitive
                    assert "sales" in (ruleset.facts[name].given_by or ("sales",))
                codes = {one["code"] for one in read["reasons"]}
                assert codes.isdisjoint(ruleset.sensitive_reasons)
                hidden += "NOT_SHOWN" in codes
        assert hidden > 0
