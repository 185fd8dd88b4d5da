"""The explanation of a decision ..."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.service import FACTS, Service, told


def explain(service: Service, facts: dict[str, Any], **query: str) -> Any:
    made = service.decide(facts, customer="C-1")
    return told(service.get(made.headers["Location"] + "/explanation", **query))


def rules(explanation: Any, step: str) -> dict[str, Any]:
    (found,) = (one for one in explanation["steps"] if one["step"] == step)
    return {one["rule"]: one for one in found["rules"]}


def test_says_why_each_rule_fired_or_did_not(everywhere: Service) -> None:
    explanation = explain(everywhere, FACTS)
    found = rules(explanation, "safeguards")
    assert found["term-too-long"]["read"] == {"requested_net_days": 120}
    assert found["term-too-long"]["decisive"]
    assert found["over-limit-without-prepayment"]["failing"] == {
        "fact": "utilisation",
        "test": "> 100%",
        "actual": "0.3000",
    }
    assert found["over-limit-without-prepayment"]["said"]["en"] == (
        "Over the limit with too little paid in advance does not apply:"
        " Use of the limit with this order is 30%, and the rule asks for > 100%."
    )
    assert found["grade-unknown"]["failing"] == {"fact": "grade", "test": "unknown", "actual": "A"}


def test_shows_formulas_with_their_operands(shared: Service) -> None:
    (formula,) = (one for one in explain(shared, FACTS)["steps"] if one["kind"] == "formula")
    assert (
        formula["expression"]
        == "if credit_limit > 0 then (exposure + order_amount) / credit_limit else 1000%"
    )
    assert formula["operands"] == {
        "credit_limit": "100000.00",
        "exposure": "20000.00",
        "order_amount": "10000.00",
    }
    assert (formula["value"], formula["said"]["en"]) == ("0.3000", "30%")


def test_says_of_an_unknown_value_that_it_is_not_known(shared: Service) -> None:
    found = rules(explain(shared, {**FACTS, "grade": None}, lang="en"), "base-terms")
    assert found["weak"]["failing"]["actual"] is None
    assert "is not known" in found["weak"]["said"]
    assert found["not-graded"]["fired"]


@pytest.mark.parametrize(
    ("lang", "label", "outcome"), [("en", "Credit grade", "Countered"), ("zh", "信用等级", "还价")]
)
def test_speaks_one_language_where_asked(shared: Service, lang: str, label: str, outcome: str) -> None:
    explanation = explain(shared, FACTS, lang=lang)
    assert explanation["facts"][0]["label"] == label
    assert explanation["outcome_label"] == outcome


def test_is_told_which_languages_there_are(shared: Service) -> None:
    made = shared.decide()
    answer = shared.get(made.headers["Location"] + "/explanation", lang="de")
    assert answer.status_code == 422
    assert told(answer)["errors"][0]["detail"] == "`lang` is en or zh, not de"


def test_agrees_with_the_decision(shared: Service) -> None:
    made = told(shared.decide())
    explanation = told(shared.get(f"/v1/decisions/{made['id']}/explanation"))
    fired = [
        (step["step"], rule["rule"], rule["effective"])
        for step in explanation["steps"]
        for rule in step.get("rules", ())
        if rule["fired"]
    ]
    assert fired == [(one["step"], one["rule"], one["effective"]) for one in made["fired"]]
    assert explanation["outcome"] == made["outcome"]
