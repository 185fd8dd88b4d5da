"""A policy that is nothing but a text, brought into force by two officers over HTTP ..."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from app.domain.people import Role
from tests.web.service import Service, serving, told

RULESET = """
language: 1
policy: sample-goods
version: 1.0.0
title: {en: Free samples, zh: 免费样品}
description: {en: Who gets samples without paying for them., zh: 谁可免费获得样品。}
currency: USD
outcomes:
- {id: send, kind: favourable, label: {en: Send the samples, zh: 寄送样品}}
- {id: ask-freight, kind: conditional, label: {en: Send against freight, zh: 运费到付寄送}}
- {id: refer, kind: referral, label: {en: A person decides, zh: 人工决定}}
- {id: decline, kind: adverse, label: {en: No samples, zh: 不寄样品}}
otherwise: send
facts:
  order_value: {type: money, min: 0, label: {en: Orders of the last year, zh: 近一年订单额}}
  samples_sent:
    {type: number, decimals: 0, min: 0, unknown: allowed, label: {en: Samples sent, zh: 已寄样品数}}
  region:
    type: choice
    values: {NEAR: {en: Near, zh: 近}, FAR: {en: Far, zh: 远}}
    label: {en: Region, zh: 地区}
parameters:
  free_samples:
    {type: number, decimals: 0, value: 3, source: "M1:L1", label: {en: Free samples, zh: 免费样品数}}
outputs:
  freight: {type: money, combine: largest, label: {en: Freight to pay, zh: 应付运费}}
steps:
- rules: manners
  hit_policy: COLLECT
  list:
  - id: many-samples
    label: {en: The free samples are used up, zh: 免费样品已用完}
    when: {samples_sent: ">= free_samples"}
    then: {outcome: decline, reason: SAMPLES_USED_UP}
    source: "M1:L1"
    fires_on: {samples_sent: 3}
    not_on: {samples_sent: 2}
  - id: samples-not-counted
    label: {en: Nobody counted the samples, zh: 样品数未统计}
    when: {samples_sent: unknown}
    then: {outcome: refer, reason: NOT_COUNTED}
    source: "M1:L2"
    fires_on: {samples_sent: unknown}
    not_on: {samples_sent: 0}
  - id: far-away
    label: {en: Freight is dear, zh: 运费较高}
    when: {region: FAR, order_value: "< 1000.00"}
    then: {outcome: ask-freight, freight: 25.00, reason: FREIGHT_DEAR}
    source: "M1:L3"
    fires_on: {region: FAR}
    not_on: {region: FAR, order_value: 1000.00}
reasons:
  SAMPLES_USED_UP: {en: "We send {free_samples} samples a year.", zh: "每年寄送{free_samples}份样品。"}
  NOT_COUNTED: {en: "Nobody counted the samples sent.", zh: "未统计已寄样品。"}
  FREIGHT_DEAR: {en: "Freight of {freight} is to be paid.", zh: "需支付运费{freight}。"}
baseline: {order_value: 500.00, samples_sent: 0, region: NEAR}
"""
POLICY = "sample-goods"
HERE = f"/v1/policies/{POLICY}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, shared_database_url: str) -> Iterator[Service]:
    """A service that ran without the policy until two officers brought it into force."""
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, database_url=shared_database_url) as opened:
        assert opened.get(HERE).status_code == 404
        assert opened.decide({}, policy=POLICY).status_code == 404
        _bring_into_force(opened)
        yield opened


def _bring_into_force(service: Service) -> None:
    """Drafted, checked and submitted by one officer; approved and activated by another."""
    versions = f"/v1/rulesets/{POLICY}/versions"
    writer, reviewer = (service.as_role(Role.CREDIT_OFFICER, login) for login in ("writer", "reviewer"))

    def post(path: str, body: dict[str, str], whose: dict[str, str]) -> Any:
        answer = service.post(f"{versions}{path}", json.dumps(body).encode(), headers=whose)
        assert answer.status_code in (200, 201), answer.text
        return told(answer)

    draft = post("", {"version": "1.0.0", "text": RULESET.lstrip()}, writer)
    assert service.get(HERE).status_code == 409
    assert post("/1.0.0/checks", {}, writer)["passed"]
    post("/1.0.0/submission", {"comment": "A policy for samples"}, writer)
    post("/1.0.0/approval", {"digest": draft["digest"]}, reviewer)
    assert service.get(HERE).status_code == 409
    assert post("/1.0.0/activation", {}, reviewer)["state"] == "active"


def test_is_listed_and_described(service: Service) -> None:
    listed = {one["policy"]: one for one in told(service.get("/v1/policies"))["policies"]}
    assert listed[POLICY]["title"] == {"en": "Free samples", "zh": "免费样品"}
    described = told(service.get(HERE))
    assert described["facts"]["properties"]["region"]["enum"] == ["NEAR", "FAR"]
    assert [one["id"] for one in described["outcomes"]] == ["send", "ask-freight", "refer", "decline"]


def test_decides_explains_and_replays(service: Service) -> None:
    facts = {"order_value": "500.00", "samples_sent": 3, "region": "FAR"}
    made = service.decide(facts, policy=POLICY, customer="C-1")
    decision = told(made)
    assert made.status_code == 201
    assert (decision["outcome"], decision["outputs"]) == ("decline", {"freight": "25.00"})
    assert [one["code"] for one in decision["reasons"]] == ["SAMPLES_USED_UP", "FREIGHT_DEAR"]
    assert decision["reasons"][1]["text"]["zh"] == "需支付运费25.00 USD。"
    here = made.headers["Location"]
    assert told(service.get(here)) == {**decision, "standing": None}
    assert told(service.post(f"{here}/replay", b""))["result"] == "identical"
    rules = told(service.get(f"{here}/explanation", lang="zh"))["steps"][0]["rules"]
    assert [one["fired"] for one in rules] == [True, False, True]
    assert rules[1]["said"] == "不适用：样品数未统计。已寄样品数为3，规则要求unknown。"


def test_refuses_what_its_own_facts_do_not_allow(service: Service) -> None:
    answer = service.decide({"order_value": 0.5, "region": "far", "grade": "A"}, policy=POLICY)
    assert {one["pointer"] for one in told(answer)["errors"]} == {
        "/facts/grade",
        "/facts/order_value",
        "/facts/region",
    }


def test_has_an_openapi_document_of_its_own(service: Service) -> None:
    document = told(service.get(f"{HERE}/openapi.json"))
    validate(document)
    assert set(document["paths"]) == {f"{HERE}/decisions", f"{HERE}/decisions/batch", f"{HERE}/simulations"}
    shapes = document["components"]["schemas"]
    assert shapes["Facts"]["required"] == ["order_value", "region"]
    assert shapes["Decision"]["properties"]["outcome"] == {
        "enum": ["send", "ask-freight", "refer", "decline"]
    }
    (example,) = shapes["DecisionRequest"]["examples"]
    answer = service.post(f"{HERE}/decisions", json.dumps(example).encode())
    for name, value in (("DecisionRequest", example), ("Decision", told(answer))):
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(value)


def test_decides_batches_and_simulations(service: Service) -> None:
    table = b"id,order_value,samples_sent,region\n1,500.00,0,FAR\n2,500.00,,NEAR\n3,x,0,NEAR\n"
    lines = service.post(f"{HERE}/decisions/batch", table, "text/csv").data.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [one["decision"]["outcome"] for one in answers[:2]] == ["ask-freight", "refer"]
    assert answers[2]["problem"]["status"] == 422
    body = json.dumps({"facts": {"order_value": "1", "samples_sent": 0, "region": "NEAR"}}).encode()
    assert told(service.post(f"{HERE}/simulations", body))["outcome"] == "send"


def test_counts_under_its_name_in_the_metrics(service: Service) -> None:
    before = _sent(service)
    service.decide({"order_value": "1", "samples_sent": 0, "region": "NEAR"}, policy=POLICY)
    assert _sent(service) == before + 1


def _sent(service: Service) -> float:
    """How many evaluations of the policy came to `send`, by the metrics."""
    counted = f'termwise_evaluations_total{{outcome="send",policy="{POLICY}"}} '
    lines = service.get("/metrics").text.splitlines()
    return sum(float(line.removeprefix(counted)) for line in lines if line.startswith(counted))
