"""What a statement of reasons tells of the shipped policies ..."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from app.domain.declarations import OutcomeKind
from app.domain.evaluation import Plan
from app.domain.ruleset import Case, Ruleset
from app.engine.direct import DirectMatcher
from schemas.decisions import evaluation_document
from schemas.ruleset import load
from schemas.statements import addresses_customers, asked, decided, reasons
from tests.web.service import ROOT

STATED = (OutcomeKind.ADVERSE, OutcomeKind.CONDITIONAL)


@cache
def shipped() -> tuple[Ruleset, ...]:
    texts = (path.read_bytes() for path in sorted(ROOT.glob("rulesets/*/1.0.0.yaml")))
    return tuple(one for one in map(load, texts) if addresses_customers(one))


def stated(ruleset: Ruleset) -> Iterator[tuple[Case, dict[str, Any]]]:
    """The cases of a policy that end in an outcome of which a statement is given, with their decisions."""
    plan, matcher = Plan(ruleset), DirectMatcher(ruleset)
    for case in ruleset.cases:
        if case.outcome is not None and ruleset.outcome(case.outcome).kind in STATED:
            found = plan.evaluate(matcher, {**ruleset.baseline, **case.given}, case.as_of)
            yield case, evaluation_document(found)


def test_leaves_out_policies_that_no_letter_tells_customers_of() -> None:
    assert {one.policy for one in shipped()}.isdisjoint({"insurance-advice"})
    assert len(shipped()) > 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_is_never_more_than_sales_may_read(language: str) -> None:
    told = 0
    for ruleset in shipped():
        for case, document in stated(ruleset):
            assert case.outcome is not None
            lines = asked(ruleset, document, case.outcome, language)
            for one in lines:
                fact = ruleset.facts[one["name"]]
                assert not fact.sensitive
                assert "sales" in (fact.given_by or ("sales",))
            outputs = decided(ruleset, document, case.outcome, language)
            assert not any(ruleset.outputs[one["name"]].sensitive for one in outputs)
            found, withheld = reasons(ruleset, document, (), language)
            codes = {code for code, _ in document["reasons"]}
            assert {one["code"] for one in found} <= codes - ruleset.sensitive_reasons
            assert withheld is not ruleset.sensitive_reasons.isdisjoint(codes)
            assert len(found) <= ruleset.principal_reasons
            for one in (*lines, *outputs):
                assert all(one["said"])
                assert one["label"]
                told += 1
    assert told > 100


def test_names_a_specific_amount_with_its_unit() -> None:
    ruleset = next(one for one in shipped() if one.policy == "payment-terms")
    case, document = next(found for found in stated(ruleset) if found[0].outcome == "refuse")
    lines = {one["name"]: one["said"] for one in asked(ruleset, document, case.outcome or "", "en")}
    assert lines["order_amount"][0].endswith(" CNY")
    assert lines["requested_net_days"][0].endswith(" days")
