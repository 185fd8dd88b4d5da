"""A decision is the strictest outcome of its effective rules, with all that held and ordered reasons."""

from __future__ import annotations

from app.domain.ruleset import Ruleset
from tests.small_rulesets import decide, rules, ruleset

FACTS = "hold: {type: list of choice, values: [ONE, TWO, THREE, FOUR]}"
REASONS = "\n".join(f"{code}: {{en: T., zh: T.}}" for code in ("FIRST_ONE", "SECOND_ONE", "THIRD_ONE"))


def ladder(otherwise: str = "pass") -> Ruleset:
    early = rules(
        "early",
        "COLLECT",
        "mild, {hold: ONE}, {outcome: counter, reason: FIRST_ONE}",
        "strict, {hold: TWO}, {outcome: refuse, reason: SECOND_ONE}",
    )
    late = rules(
        "late",
        "COLLECT",
        "mild-too, {hold: THREE}, {outcome: counter, reason: THIRD_ONE}",
        "silent, {hold: FOUR}, {reason: FIRST_ONE}",
    )
    return ruleset(f"{early}\n{late}", facts=FACTS, reasons=REASONS, baseline="hold: []", otherwise=otherwise)


def test_the_strictest_wins_wherever_it_stands() -> None:
    assert decide(ladder(), {"hold": ["ONE", "TWO", "THREE"]}).outcome == "refuse"
    assert decide(ladder(), {"hold": ["ONE", "THREE"]}).outcome == "counter"


def test_otherwise_answers_when_no_rule_did() -> None:
    assert decide(ladder()).outcome == "pass"
    assert decide(ladder("refer")).outcome == "refer"
    assert decide(ladder("refer"), {"hold": ["FOUR"]}).outcome == "refer"


def test_otherwise_does_not_weigh_against_a_milder_outcome_of_a_rule() -> None:
    assert decide(ladder("refuse"), {"hold": ["ONE"]}).outcome == "counter"


def test_only_rules_that_set_the_outcome_are_decisive() -> None:
    fired = decide(ladder(), {"hold": ["ONE", "THREE", "FOUR"]}).fired
    assert [(one.rule.id, one.decisive) for one in fired] == [
        ("mild", True),
        ("mild-too", True),
        ("silent", False),
    ]
    fired = decide(ladder(), {"hold": ["ONE", "TWO"]}).fired
    assert [(one.rule.id, one.decisive) for one in fired] == [("mild", False), ("strict", True)]


def test_reasons_stand_each_once_by_severity_then_as_in_the_text() -> None:
    evaluation = decide(ladder(), {"hold": ["ONE", "TWO", "THREE", "FOUR"]})
    assert [(reason.code, reason.rule) for reason in evaluation.reasons] == [
        ("SECOND_ONE", "early/strict"),
        ("FIRST_ONE", "early/mild"),
        ("THIRD_ONE", "late/mild-too"),
    ]


def test_every_rule_that_held_is_reported_with_the_values_it_read() -> None:
    evaluation = decide(ladder(), {"hold": ["ONE", "FOUR"]})
    assert [(one.id, one.read) for one in evaluation.fired] == [
        ("early/mild", {"hold": ("ONE", "FOUR")}),
        ("late/silent", {"hold": ("ONE", "FOUR")}),
    ]
    assert evaluation.not_held == 2


def test_an_overruled_rule_gives_neither_outcome_nor_reason() -> None:
    listed = rules(
        "tried",
        "FIRST",
        "mild, {hold: ONE}, {outcome: counter, reason: FIRST_ONE}",
        "strict, {hold: TWO}, {outcome: refuse, reason: SECOND_ONE}",
    )
    reasons = "FIRST_ONE: {en: T., zh: T.}\nSECOND_ONE: {en: T., zh: T.}"
    evaluation = decide(ruleset(listed, facts=FACTS, reasons=reasons, baseline="hold: [ONE, TWO]"))
    assert (evaluation.outcome, [one.code for one in evaluation.reasons]) == ("counter", ["FIRST_ONE"])
    assert [one.rule.id for one in evaluation.fired] == ["mild", "strict"]


def test_lines_that_do_not_add_up_are_no_answer() -> None:
    half = "{plan: {share: 50%}}"
    steps = rules("parts", "COLLECT", f"one, {{hold: ONE}}, {half}", f"two, {{hold: TWO}}, {half}")
    share = "share: {type: percent, label: {en: S, zh: S}}"
    plan = f"type: list of record, fields: {{{share}}}, combine: append, total: {{share: 100%}}"
    outputs = f"plan: {{{plan}, label: {{en: P, zh: P}}}}"
    planned = ruleset(steps, facts=FACTS, outputs=outputs, baseline="hold: []")
    assert decide(planned).outcome == "pass"
    assert decide(planned, {"hold": ["ONE", "TWO"]}).failure is None
    failed = decide(planned, {"hold": ["ONE"]})
    assert failed.outcome == "refer"
    assert failed.failure is not None
    assert failed.failure.detail == "output plan: share adds up to 0.5000 and should to 1.0000"
