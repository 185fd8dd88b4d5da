"""A ruleset written as text, with thresholds, words and labels of every kind, ..."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.domain.values import Value
from app.engine.agreement import Engine
from schemas.ruleset import load
from tests.engine import generate
from tests.engine.campaign import PlainMatcher

HEAD = """\
language: 1
policy: written
version: 1.0.0
title: {en: 'Written, "by chance"', zh: 随机“写成”}
currency: CNY
outcomes:
- {id: offer, kind: favourable, label: {en: Offered, zh: 同意}}
- {id: refer, kind: referral, label: {en: Referred, zh: 转信用专员}}
otherwise: offer
facts:
  amount: {type: money, unknown: allowed, label: {en: 'Amount: "all"', zh: 金额}}
  ratio: {type: percent, unknown: allowed, label: {en: Ratio, zh: 比率}}
  term: {type: days, unknown: allowed, label: {en: Term, zh: 账期}}
  since: {type: date, unknown: allowed, label: {en: Since, zh: 起始}}
  insured: {type: yes_no, unknown: allowed, label: {en: Insured, zh: 已投保}}
  grade: {type: choice, values: [A, B, C, D], unknown: allowed, label: {en: Grade, zh: 等级}}
  events:
    {type: list of choice, values: [P, Q, R, S], unknown: allowed, label: {en: 'It''s "events"', zh: 事件}}
parameters:
  most: {type: money, value: 1_000.00, source: "S1:L1", label: {en: Most, zh: 上限}}
  share: {type: percent, value: 30%, source: "S1:L2", label: {en: Share, zh: 比例}}
  longest: {type: days, value: 90, source: "S1:L3", label: {en: Longest, zh: 最长}}
outputs:
  found: {type: number, decimals: 0, combine: sum, label: {en: Found, zh: 数目}}
steps:
"""
FOOT = """\
baseline: {}
"""
ENDS = {
    "amount": ("0.01", "500", "most", "80_000.00"),
    "ratio": ("-5%", "0%", "12.5%", "share"),
    "term": ("0", "30", "longest", "365"),
    "since": ("2024-02-29", "2025-12-31", "2026-01-15"),
}
WORDS = {"insured": ("yes", "no"), "grade": ("A", "B", "C", "D"), "events": ("P", "Q", "R", "S")}


def cell(rnd: Random, name: str) -> str:
    """One cell as an officer writes it."""
    if rnd.random() < 0.25:
        return rnd.choice(("-", "unknown", "known"))
    parts = ", ".join(part(rnd, name) for _ in range(rnd.choice((1, 1, 2))))
    return f"not({parts})" if rnd.random() < 0.15 else parts


def part(rnd: Random, name: str) -> str:
    if name == "events" and rnd.random() < 0.4:
        return f"all({', '.join(rnd.sample(WORDS[name], 2))})"
    if name in WORDS:
        return rnd.choice(WORDS[name])
    first, second = sorted(rnd.sample(range(len(ENDS[name])), 2))
    low, high = ENDS[name][first], ENDS[name][second]
    if rnd.random() < 0.5:
        return f"{rnd.choice(('', '< ', '<= ', '> ', '>= '))}{low}"
    return f"{rnd.choice('[(')}{low}..{high}{rnd.choice('])')}"


def quoted(text: str) -> str:
    return f'"{text}"'


def written(rnd: Random) -> Ruleset:
    names = [*ENDS, *WORDS]
    rows = [
        f"  - {{id: row-{i}, when: [{', '.join(quoted(cell(rnd, name)) for name in names)}], then: [1],"
        f' source: "S2:L{i}", label: {{en: \'Row "{i}"\', zh: 第{i}行}}}}'
        for i in range(rnd.randint(1, 40))
    ]
    rules = [
        f"  - {{id: rule-{i}, label: {{en: 'It''s', zh: 规则}}, when: {{{name}: {quoted(cell(rnd, name))}}},"
        f' then: {{found: 100}}, source: "S3:L{i}"}}'
        for i in range(rnd.randint(1, 25))
        for name in [rnd.choice(names)]
    ]
    inputs = ", ".join(names)
    table = f"- table: table\n  hit_policy: COLLECT\n  inputs: [{inputs}]\n  outputs: [found]\n  rows:\n"
    rule_list = "- rules: list\n  hit_policy: COLLECT\n  list:"
    return load(HEAD + table + "\n".join([*rows, rule_list, *rules, FOOT]))


@pytest.mark.parametrize("seed", range(20))
def test_is_matched_as_it_reads(seed: int) -> None:
    rnd = Random(seed)
    ruleset = written(rnd)
    plan, engine, plain = Plan(ruleset), Engine(ruleset), PlainMatcher(ruleset)
    for _ in range(25):
        facts = generate.facts_for(rnd, ruleset)
        evaluation = plan.evaluate(engine.matcher, facts, generate.TODAY)
        assert evaluation.failure is None
        assert evaluation == plan.evaluate(plain, facts, generate.TODAY)


def test_says_what_is_meant() -> None:
    text = (
        HEAD
        + """\
- rules: list
  hit_policy: COLLECT
  list:
  - id: near
    label: {en: Near, zh: 近}
    when: {amount: "(500..most]", events: "all(P, Q)"}
    then: {found: 1}
    source: "S4:L1"
"""
        + FOOT
    )
    matcher = Engine(load(text)).matcher

    def says(amount: str, *events: str) -> int:
        values: dict[str, Value] = {"amount": Decimal(amount), "events": events}
        return matcher.holding(0, values)

    assert says("500.01", "P", "Q") == says("1000.00", "P", "Q", "R") == 1
    assert says("500.00", "P", "Q") == says("1000.01", "P", "Q") == says("600.00", "P", "R") == 0
