"""Ways forward from a decision ..."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.people import Role
from app.engine import agreement
from app.web.limits import LIMITS, Limit, Limits
from tests import people
from tests.web.service import EXAMPLE, FACTS, ROOT, Service, new_version, serving, told
from tests.web.test_disagreement import OneRuleOff

OVER_LIMIT = {**FACTS, "exposure": "95000.00", "requested_net_days": 30}
"""Countered for 10 % in advance where the limit is exceeded and 30 % would do."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path) as opened:
        yield opened


def forward(service: Service, facts: Any = None, headers: Any = None, **query: str) -> Any:
    made = service.decide(facts, customer="C-1")
    return ways(service, told(made)["id"], headers, **query)


def ways(service: Service, id: str, headers: Any = None, **query: str) -> Any:
    path = f"/v1/decisions/{id}/alternatives"
    return told(service.client.get(path, query_string=query, headers=headers or {}))


def changed(way: Any) -> dict[str, Any]:
    return {one["fact"]: one["after"] for one in way["changes"]}


def test_are_the_least_changes_fewest_facts_first(everywhere: Service) -> None:
    found = forward(everywhere, OVER_LIMIT)
    assert [changed(one) for one in found["ways"]] == [{"prepayment": "0.3000"}, {"order_amount": "5000.00"}]
    assert [one["outcome"] for one in found["ways"]] == ["offer", "offer"]
    assert found["settled"]
    both = forward(everywhere, {**OVER_LIMIT, "requested_net_days": 120})
    assert [changed(one) for one in both["ways"]] == [
        {"requested_net_days": 90, "prepayment": "0.3000"},
        {"order_amount": "5000.00", "requested_net_days": 90},
    ]


def test_give_what_they_say_when_they_are_asked_for_and_one_step_less_does_not(shared: Service) -> None:
    for way in forward(shared, OVER_LIMIT)["ways"]:
        asked = told(shared.decide({**OVER_LIMIT, **changed(way)}, customer="C-1"))
        assert (asked["outcome"], asked["outputs"]) == (way["outcome"], way["outputs"])
    for less in ({"prepayment": "0.25"}, {"order_amount": "6000.00"}):
        assert told(shared.decide({**OVER_LIMIT, **less}, customer="C-1"))["outcome"] == "counter"


def test_are_said_in_plain_words_in_both_languages(shared: Service) -> None:
    (first, second) = forward(shared, OVER_LIMIT)["ways"]
    assert first["said"] == {
        "en": "Prepayment offered: 30% instead of 10%. The outcome is then: Offered.",
        "zh": "预付比例由10%改为30%。届时结论为：同意。",
    }
    assert second["said"]["en"] == (
        "Order amount: 5,000.00 CNY instead of 10,000.00 CNY. The outcome is then: Offered,"
        " Prepayment due 0%."
    )
    assert first["changes"][0]["said"]["en"] == "Prepayment offered: 30% instead of 10%"
    (only, _) = forward(shared, OVER_LIMIT, lang="zh")["ways"]
    assert only["said"] == first["said"]["zh"]
    assert only["outcome_label"] == "同意"


def test_say_where_there_are_none(shared: Service) -> None:
    """An order of a weak customer is on cash terms whatever is asked; of a strong one all is well already."""
    referred = forward(shared, {**FACTS, "grade": None})
    assert (referred["ways"], referred["settled"]) == ([], True)
    assert [one["en"][:46] for one in referred["said"]] == ["No change of what the requester may change giv"]
    offered = forward(shared, {**FACTS, "requested_net_days": 30}, lang="en")
    assert (offered["ways"], offered["said"]) == ([], ["There is no milder outcome."])


def test_say_that_what_is_missing_comes_first(tmp_path: Path) -> None:
    text = (ROOT / "rulesets/credit-approval/1.0.0.yaml").read_bytes()
    facts = {"requested_amount": "900000.00", "requested_net_days": 60}
    with serving(tmp_path, text) as service:
        made = told(service.decide(facts, "credit-approval", customer="C-1"))
        assert (made["outcome_kind"], ways(service, made["id"])["ways"]) == ("incomplete", [])
        (said,) = ways(service, made["id"], lang="zh")["said"]
        assert said.startswith("资料不全：请补齐")


def test_are_by_the_rules_in_force_now(service: Service, tmp_path: Path) -> None:
    id = told(service.decide(OVER_LIMIT, customer="C-1"))["id"]
    assert ways(service, id)["decided_by"] == "1.0.0"
    stricter = new_version(EXAMPLE, "1.1.0", ("value: 30%", "value: 50%"))
    service.publish(stricter, tmp_path / "more")
    found = ways(service, id)
    assert (found["ruleset"]["version"], found["decided_by"]) == ("1.1.0", "1.0.0")
    assert {"prepayment": "0.5000"} in [changed(one) for one in found["ways"]]


def test_may_be_to_ask_again_where_the_rules_have_changed(service: Service, tmp_path: Path) -> None:
    id = told(service.decide(OVER_LIMIT, customer="C-1"))["id"]
    service.publish(new_version(EXAMPLE, "1.1.0", ("value: 30%", "value: 10%")), tmp_path / "more")
    found = ways(service, id, lang="en")
    assert (found["decided"], found["unchanged"]["outcome"]) == ("counter", "offer")
    (again,) = found["ways"]
    assert (again["changes"], again["outcome"]) == ([], "offer")
    assert again["said"].startswith("Ask again, with nothing changed")


def test_are_by_the_rules_that_decided_where_the_facts_do_not_fit_those_in_force(
    service: Service, tmp_path: Path
) -> None:
    id = told(service.decide({**OVER_LIMIT, "exposure": "96000.00"}, customer="C-1"))["id"]
    bounded = new_version(
        EXAMPLE,
        "1.1.0",
        ("exposure:           {type: money, min: 0", "exposure: {type: money, min: 0, max: 95_000.00"),
    )
    service.publish(bounded, tmp_path / "more")
    found = ways(service, id)
    assert (found["ruleset"]["version"], found["decided_by"]) == ("1.0.0", "1.0.0")
    assert "`exposure` is 96,000.00, and the most it may be is 95,000.00 (1.1.0)" in found["not_carried"]
    assert changed(found["ways"][0]) == {"prepayment": "0.3000"}


def test_are_found_only_by_who_may_read_the_decision(service: Service) -> None:
    rep = people.person(service.services, "rep", Role.SALES)
    service.services.portfolios.assign(rep.id, "C-1", by=None)
    headers = people.bearer(people.session(service.services, rep))
    own = told(service.decide(OVER_LIMIT, customer="C-1"))["id"]
    others = told(service.decide(OVER_LIMIT, customer="C-2"))["id"]
    found = ways(service, own, headers)
    assert [changed(one) for one in found["ways"]] == [{"prepayment": "0.3000"}, {"order_amount": "5000.00"}]
    assert set(found).isdisjoint({"evaluations", "not_carried"})
    assert service.client.get(f"/v1/decisions/{others}/alternatives", headers=headers).status_code == 404


def test_are_gone_once_the_customer_was_erased(service: Service) -> None:
    id = told(service.decide(OVER_LIMIT, customer="C-1"))["id"]
    service.erase("C-1")
    assert service.get(f"/v1/decisions/{id}/alternatives").status_code == 410


def test_are_none_where_the_engines_do_not_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search asks one engine; what it finds is shown only if both say so."""
    with serving(tmp_path) as service:
        id = told(service.decide(OVER_LIMIT, customer="C-1"))["id"]
    monkeypatch.setattr(agreement, "DirectMatcher", OneRuleOff)
    with serving(tmp_path) as service:
        found = ways(service, id)
    assert (found["ways"], found["unchanged"]["outcome"]) == ([], "refer")


def test_are_not_asked_for_without_end(tmp_path: Path) -> None:
    limits = Limits(limits={**LIMITS, "ways forward": Limit(1, 0.001, "questions about ways forward")})
    with serving(tmp_path, limits=limits) as service:
        id = told(service.decide(OVER_LIMIT, customer="C-1"))["id"]
        statuses = [service.get(f"/v1/decisions/{id}/alternatives").status_code for _ in range(2)]
    assert statuses == [200, 429]


@pytest.mark.parametrize("query", [{"lang": "fr"}, {"size": "1"}])
def test_take_a_language_and_nothing_else(shared: Service, query: dict[str, str]) -> None:
    id = told(shared.decide(customer="C-1"))["id"]
    assert shared.get(f"/v1/decisions/{id}/alternatives", **query).status_code == 422
