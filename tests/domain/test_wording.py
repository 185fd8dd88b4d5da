"""Values, reasons and letters are worded in English and Chinese; what is not known is said to be so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Text, Value, ValueType
from app.domain.wording import Subject, letters, reason_text, spoken
from tests.small_rulesets import decide, rules, ruleset

GRADES = ValueType(Kind.CHOICE, 0, ("A", "weak"), {"weak": Text("Weak", "弱")})
LISTED = ValueType(Kind.CHOICES, 0, ("A", "weak"), {"weak": Text("Weak", "弱")})
PLAN = ValueType(
    Kind.RECORDS,
    fields={"share": ValueType(Kind.PERCENT, 4), "grade": GRADES},
    field_labels={"share": Text("Share", "比例"), "grade": Text("Grade", "等级")},
)
TWO_PARTS = ({"share": Decimal("0.3"), "grade": "weak"}, {"grade": "A"})


@pytest.mark.parametrize(
    ("value", "value_type", "english", "chinese"),
    [
        (Decimal("90000.00"), ValueType(Kind.MONEY, 2), "90,000.00 CNY", "90,000.00 CNY"),
        (Decimal("-0.10"), ValueType(Kind.MONEY, 2), "-0.10 CNY", "-0.10 CNY"),
        (Decimal("1000.5000"), ValueType(Kind.MONEY, 4), "1,000.5000 CNY", "1,000.5000 CNY"),
        (Decimal("0.3000"), ValueType(Kind.PERCENT, 4), "30%", "30%"),
        (Decimal("0.000500"), ValueType(Kind.PERCENT, 6), "0.05%", "0.05%"),
        (Decimal("10.0000"), ValueType(Kind.PERCENT, 4), "1,000%", "1,000%"),
        (Decimal("1.2500"), ValueType(Kind.NUMBER, 4), "1.25", "1.25"),
        (Decimal("100"), ValueType(Kind.NUMBER, 0), "100", "100"),
        (90, ValueType(Kind.DAYS), "90", "90"),
        (True, ValueType(Kind.YES_NO), "yes", "是"),
        (False, ValueType(Kind.YES_NO), "no", "否"),
        (date(2026, 1, 31), ValueType(Kind.DATE), "2026-01-31", "2026-01-31"),
        ("weak", GRADES, "Weak", "弱"),
        ("A", GRADES, "A", "A"),
        (("A", "weak"), LISTED, "A, Weak", "A、弱"),
        ((), LISTED, "none", "无"),
        (TWO_PARTS, PLAN, "Share 30%, Grade Weak; Grade A", "比例 30%, 等级 弱; 等级 A"),
        ("some words", ValueType(Kind.TEXT), "some words", "some words"),
        (None, ValueType(Kind.MONEY, 2), "not known", "未知"),
        (None, ValueType(Kind.YES_NO), "not known", "未知"),
    ],
)  # fmt: skip
def test_a_value_is_spoken(value: Value, value_type: ValueType, english: str, chinese: str) -> None:
    assert spoken(value, value_type, "en", "CNY") == english
    assert spoken(value, value_type, "zh", "CNY") == chinese


LETTER = """
- id: notice
  when: {outcome: counter, marks: known}
  to: customer
  subject: {en: "Order {reference}", zh: "订单{reference}"}
  body:
    en: |
      To {customer}, {as_of}, {decision_id}: {outcome}, {limit}, {amount} {currency}, {extra}.
      {#plan}
      - {share} of {amount} for {who}
      {/plan}
      {#marks}[{label}]{/marks}{#reasons}<{text}>{/reasons}
    zh: >-
      致{customer}：{outcome}，{limit}，{extra}。{#plan}{share}给{who}；{/plan}
      {#marks}{label}、{/marks}{#reasons}{text}{/reasons}
"""
MARKS = "{GONE: {en: Gone, zh: 已走}, LATE: {en: Late, zh: 迟}}"
FIELDS = "{share: {type: percent, label: {en: S, zh: S}}, who: {type: text, label: {en: W, zh: W}}}"
OUTPUTS = f"""
marks: {{type: list of choice, values: {MARKS}, combine: union, label: {{en: M, zh: M}}}}
plan: {{type: list of record, fields: {FIELDS}, combine: append, label: {{en: P, zh: P}}}}
extra: {{type: list of choice, values: [A], combine: union, label: {{en: E, zh: E}}}}
"""
REASONS = """
TOO_MUCH: {en: "{amount} is above {limit}.", zh: "{amount}超过{limit}。"}
NOTED: {en: "{remark}", zh: "{remark}"}
"""


def sending() -> Ruleset:
    listed = rules(
        "tried",
        "COLLECT",
        'asks, {amount: "> 5"}, {outcome: counter, reason: TOO_MUCH, plan: {share: 30%, who: remark}}',
        'more, {amount: "> 5"}, {marks: [LATE, GONE], plan: {share: 70%, who: remark}, reason: NOTED}',
        'refused, {amount: "> 50"}, {outcome: refuse, reason: TOO_MUCH}',
    )
    return ruleset(
        listed,
        facts="amount: {type: money}\nremark: {type: text, unknown: allowed}",
        parameters="limit: {type: money, value: 5}",
        outputs=OUTPUTS,
        reasons=REASONS,
        letters=LETTER,
        baseline="amount: 6",
    )


def test_a_letter_is_filled_in_both_languages() -> None:
    evaluation = decide(sending(), {"remark": "us"})
    (letter,) = letters(evaluation, Subject("Acme", "A-17", "0190"))
    assert (letter.id, letter.to) == ("notice", "customer")
    assert letter.subject == Text("Order A-17", "订单A-17")
    assert letter.body.en == (
        "To Acme, 2026-01-15, 0190: Countered, 5.00 CNY, 6.00 CNY CNY, none.\n"
        "- 30% of 6.00 CNY for us\n- 70% of 6.00 CNY for us\n\n"
        "[Gone][Late]<6.00 CNY is above 5.00 CNY.><us>\n"
    )
    assert letter.body.zh == (
        "致Acme：还价，5.00 CNY，无。30%给us；70%给us； 已走、迟、6.00 CNY超过5.00 CNY。us"
    )


def test_nothing_that_a_value_brings_in_is_taken_for_a_placeholder() -> None:
    evaluation = decide(sending(), {"remark": "{limit} {#reasons}{text}{/reasons}"})
    (letter,) = letters(evaluation, Subject("{decision_id}", "{limit}", "0190"))
    assert letter.subject.en == "Order {limit}"
    assert letter.body.en.startswith("To {decision_id}, 2026-01-15, 0190:")
    assert "for {limit} {#reasons}{text}{/reasons}\n" in letter.body.en
    assert letter.body.en.endswith("<{limit} {#reasons}{text}{/reasons}>\n")


def test_what_a_letter_does_not_know_it_says_so() -> None:
    (letter,) = letters(decide(sending()), Subject())
    assert letter.subject.en == "Order —"
    assert "for not known\n" in letter.body.en
    assert letter.body.zh.startswith("致—：")
    assert letter.body.zh.endswith("未知")


def test_a_letter_is_called_for_when_all_its_conditions_hold_at_the_end() -> None:
    assert letters(decide(sending(), {"amount": "5"}), Subject()) == ()
    assert (
        letters(decide(sending(), {"amount": "51"}), Subject()) == ()
    )  # refused in the end, and not countered


def test_a_letter_names_the_principal_reasons_only() -> None:
    codes = [f"REASON_{letter}" for letter in "ABCDEF"]
    listed = rules(
        "tried", "COLLECT", *(f"rule-{code[-1].lower()}, {{}}, {{reason: {code}}}" for code in codes)
    )
    body = "{en: '{#reasons}{text}{/reasons}', zh: '{#reasons}{text}{/reasons}'}"
    said = ruleset(
        listed,
        reasons="\n".join(f"{code}: {{en: {code[-1]}, zh: {code[-1]}}}" for code in codes),
        letters=f"- {{id: notice, when: {{}}, to: customer, subject: {{en: S, zh: S}}, body: {body}}}",
    )
    (letter,) = letters(decide(said), Subject())
    assert letter.body.en == "ABCD"


def test_a_reason_names_values_of_its_decision() -> None:
    evaluation = decide(sending(), {"amount": "1000"})
    assert reason_text(evaluation, "TOO_MUCH") == Text(
        "1,000.00 CNY is above 5.00 CNY.", "1,000.00 CNY超过5.00 CNY。"
    )


@pytest.mark.parametrize("code", ["ENGINE_DISAGREEMENT", "ENGINE_FAILED", "RULES_CONFLICT"])
def test_the_reasons_of_the_service_itself_have_words_in_both_languages(code: str) -> None:
    words = reason_text(decide(sending()), code)
    assert "credit officer" in words.en
    assert "信用专员" in words.zh


def test_a_conflict_of_rules_sends_no_letter() -> None:
    letter = "- {id: notice, when: {}, to: customer, subject: {en: S, zh: S}, body: {en: B, zh: B}}"
    clash = ruleset(
        rules("tried", "UNIQUE", "one, {}, {}", "two, {amount: '> 5'}, {}"),
        facts="amount: {type: money}",
        letters=letter,
        baseline="amount: 5",
    )
    assert len(letters(decide(clash), Subject())) == 1
    assert letters(decide(clash, {"amount": "6"}), Subject()) == ()
