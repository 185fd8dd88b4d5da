"""Two versions mean the same, proven, or differ in ways that are all found ..."""

from __future__ import annotations

import pytest

from app.analysis.comparison.cases import Side
from app.analysis.comparison.meaning import Meaning, meaning
from app.analysis.comparison.meaning_wording import region_said, verdict_of, verdict_said
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from schemas.ruleset import load
from tests.analysis.tables import ruleset, table
from tests.shipped import BY_POLICY as FILES
from tests.small_rulesets import LABEL, rules


def meant(before: Ruleset, after: Ruleset) -> Meaning:
    def side(one: Ruleset) -> Side:
        return Side(
            Plan(one), DirectMatcher(one), lambda facts: {name: facts.get(name) for name in one.facts}
        )

    return meaning(side(before), side(after))


def edited(policy: str, *edits: tuple[str, str]) -> Ruleset:
    text = FILES[policy].text.decode()
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load(text)


REFACTORED = [
    (
        "payment-terms",
        "exposure + order_amount * (1 - prepayment) > credit_limit",
        "order_amount - prepayment * order_amount > credit_limit - exposure",
    ),
    (
        "payment-terms",
        "known(seller_size) and seller_size != large",
        "not(not(known(seller_size)) or seller_size = large)",
    ),
    (
        "credit-approval",
        "prepayment_used + guarantee_used / requested_amount >= full_security_share",
        "guarantee_used >= (full_security_share - prepayment_used) * requested_amount",
    ),
    (
        "credit-approval",
        "max(0, net_worth_share * tangible_net_worth_used)",
        "if tangible_net_worth_used > 0 then net_worth_share * tangible_net_worth_used else 0",
    ),
    ("limit-adjustment", "max(0, credit_limit * (1 - red_cut))", "credit_limit - credit_limit * red_cut"),
    (
        "insurance-advice",
        "insurer_limit >= order_amount and known",
        "not(order_amount > insurer_limit) and known",
    ),
    ("collections-s4", "else friendly_day - 1\n", "else -1 + friendly_day\n"),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "old", "new"), REFACTORED)
def test_of_a_shipped_policy_written_otherwise_is_equal(policy: str, old: str, new: str) -> None:
    found = meant(FILES[policy].ruleset, edited(policy, (old, new)))
    assert verdict_of(found) == "equal"
    assert verdict_said(found, "en").startswith("Equal, proven: for all facts")


def test_of_rows_in_another_order_is_equal_where_at_most_one_holds() -> None:
    rows = ("< 10 => 1", "[10..20) => 2", ">= 20 => 3")
    turned = (rows[2], rows[0], rows[1])
    assert meant(ruleset(table("UNIQUE", "days", *rows)), ruleset(table("UNIQUE", "days", *turned))).equal
    assert meant(ruleset(table("FIRST", "days", *rows)), ruleset(table("FIRST", "days", *turned))).equal


def test_tells_each_way_to_differ_with_a_sample_and_the_rules_of_it() -> None:
    before, after = (
        ruleset(
            rules(
                "list",
                "COLLECT",
                f'big, {{amount: "> {most}"}}, {{outcome: refuse}}',
                f'late-ones, {{late: "> {days}, unknown"}}, {{mark: 1}}',
            )
        )
        for most, days in ((500, 30), (400, 40))
    )
    found = meant(before, after)
    assert found.complete
    by_key = {one.key: one for one in found.regions}
    refused, marked = ("pass", "refuse", "outcome"), ("pass", "pass", "outputs")
    assert by_key.keys() == {refused, marked, ("refuse", "refuse", "outputs")}
    first, second = by_key[refused], by_key[marked]
    assert 400 < first.facts.values["amount"] <= 500
    assert first.new == ("list/big",)
    assert 30 < second.facts.values["late"] <= 40
    assert second.gone == ("list/late-ones",)
    assert "no longer counts: `list/late-ones`" in region_said(second, before, after, "en")
    assert ": pass; `mark` 1 -> nothing;" in region_said(second, before, after, "en")
    assert "不再起作用" in region_said(second, before, after, "zh")
    assert verdict_said(found, "en") == "They differ in 3 ways, and in no other: proven."


def test_is_a_change_of_nothing_but_reasons_too() -> None:
    reasons = "FIRST: {en: One, zh: 一}\nSECOND: {en: Two, zh: 二}"
    before, after = (
        ruleset(
            rules(
                "list",
                "COLLECT",
                *(f'rule-{i}, {{days: "> 5"}}, {{reason: {code}}}' for i, code in enumerate(codes)),
            ),
            reasons=reasons,
        )
        for codes in (("FIRST", "SECOND"), ("SECOND", "FIRST"))
    )
    (region,) = meant(before, after).regions
    assert region.key == ("pass", "pass", "reasons")
    assert (region.before.reasons, region.after.reasons) == (("FIRST", "SECOND"), ("SECOND", "FIRST"))


def test_is_of_the_facts_that_both_read() -> None:
    facts = "days: {type: days, min: 0, max: 365}\n"
    more = facts + "extra: {type: yes_no, unknown: allowed}\n"
    text = table("COLLECT", "days", "< 10")
    asks = rules(
        "list",
        "COLLECT",
        'extras, {extra: "yes"}, {outcome: refuse}',
        "no-extra, {extra: unknown}, {mark: 0}",
    )
    before = ruleset(text, facts=facts, baseline="days: 1")
    found = meant(before, ruleset(text, facts=more, baseline="days: 1"))
    assert (found.equal, found.apart) == (True, ("extra",))
    found = meant(before, ruleset(text, asks, facts=more, baseline="days: 1"))
    assert [one.key for one in found.regions] == [("pass", "pass", "outputs")]
    needed = facts + "must: {type: yes_no}\n"
    found = meant(before, ruleset(text, facts=needed, baseline='days: 1\nmust: "yes"'))
    assert verdict_of(found) == "not_comparable"
    assert "`must` must be given" in verdict_said(found, "en")


def test_is_not_settled_where_no_proof_gets_through() -> None:
    facts = "\n".join(f"{name}: {{type: days, min: 1, max: 100000}}" for name in "abc")
    cubes = f'- {{formula: cubes, type: yes_no, expression: "a ** 3 + b ** 3 = c ** 3", {LABEL}}}'
    listed = rules("list", "COLLECT", 'cubic, {cubes: "yes"}, {outcome: refuse}')
    parts = {"facts": facts, "baseline": "a: 1\nb: 1\nc: 1"}
    found = meant(ruleset(cubes, **parts), ruleset(cubes, listed, **parts))
    assert verdict_of(found) == "not_settled"
    assert found.too_hard == ("cubes",)
