"""Drafts to edit: a small policy with everything in it, and one with a large table."""

from __future__ import annotations

from app.domain.people import Principal, Role
from tests.pages.company import Company
from tests.small_rulesets import text

STEPS = """
# Who may have how long
- table: days-by-grade
  label: {en: Days by grade, zh: 按等级的账期}
  hit_policy: UNIQUE
  inputs: [grade, amount]
  outputs: [net_days]
  rows:
  # the best customers
  - {id: best, when: [A, -], then: [longest], source: "S1:L1"}
  - {id: middle-small, when: [B, "<= 1_000.00"], then: [30], source: "S1:L2"}   # by agreement
  - {id: middle-large, when: [B, "> 1_000.00"], then: [15], source: "S1:L2"}
  - {id: weak, when: [C, -], then: [0], source: "S1:L3"}
- formula: twice
  type: money
  expression: amount * 2
  label: {en: Twice the amount, zh: 金额的两倍}
- rules: limits
  label: {en: Limits, zh: 限制}
  hit_policy: COLLECT
  list:
  - id: too-long
    label: {en: More days than the longest, zh: 超过最长天数}
    when: {days: "> longest"}
    then: {outcome: counter, reason: TOO_LONG}
    source: "S1:L4"
    fires_on: {days: 91}
    not_on: {days: 90}
"""
PARTS = {
    "facts": """
grade: {type: choice, values: [A, B, C]}
amount: {type: money, min: 0.01}
days: {type: days, min: 0}
""",
    "outcomes": """
- {id: pass, kind: favourable, label: {en: Passed, zh: 通过}}
- {id: counter, kind: conditional, label: {en: Countered, zh: 还价}}
- {id: refer, kind: referral, label: {en: Referred, zh: 转人工}}
""",
    "parameters": "longest: {type: days, value: 90}",
    "outputs": "net_days: {type: days, combine: smallest}",
    "reasons": 'TOO_LONG: {en: "At most {longest} days.", zh: "最长{longest}天。"}',
    "baseline": "{grade: B, amount: 100.00, days: 30}",
    "cases": """
- name: A long wish is countered
  given: {days: 100}
  expect: {outcome: counter, reasons: [TOO_LONG]}
- name: The longest term is for the best
  given: {grade: A}
  expect: {outcome: pass, net_days: 90}
""",
}
ROWS, INPUTS = 500, 8


def small(policy: str) -> bytes:
    """The small policy under that name."""
    return text(STEPS, **PARTS).replace("policy: small", f"policy: {policy}").encode()


def large(policy: str) -> bytes:
    """A table of 500 rows: a number for each in the first of eight inputs, and days."""
    names = [f"n{place}" for place in range(INPUTS)]
    others = ", ".join(["-"] * (INPUTS - 1))
    tests = [*(f"[{n}..{n + 1})" for n in range(ROWS - 1)), f">= {ROWS - 1}"]
    rows = [
        f'  - {{id: row-{n}, when: ["{test}", {others}], then: [{n % 90}], source: "S{n}:L1"}}'
        for n, test in enumerate(tests)
    ]
    columns = ["  hit_policy: UNIQUE", f"  inputs: [{', '.join(names)}]", "  outputs: [net_days]"]
    steps = "\n".join(["- table: many", *columns, "  rows:", *rows])
    made = text(
        steps,
        facts="\n".join(f"{one}: {{type: number, min: 0}}" for one in names),
        outputs="net_days: {type: days, combine: smallest}",
        baseline=", ".join(f"{one}: 1" for one in names).join("{}"),
    )
    return made.replace("policy: small", f"policy: {policy}").encode()


def drafted(company: Company, policy: str, made: bytes) -> str:
    """Store a draft by the demo officer; where it is edited."""
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    company.services.drafting.create(officer, policy, "1.0.0", text=made)
    return f"/rulesets/{policy}/1.0.0/edit"


def stored(company: Company, policy: str) -> str:
    """The text of the draft as it is stored now."""
    return company.services.editing.opened(policy, "1.0.0").text.decode()
