"""A sound ruleset is read as it says: types, values, steps, texts, cases, checks, identity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.declarations import Changeable, OutcomeKind, Recall
from app.domain.errors import Invalid
from app.domain.rules import Formula, HitPolicy, Reference, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Text
from schemas.ruleset import digest_of, load
from tests.small_rulesets import decide, rules, ruleset, text

SOURCE = (Path(__file__).resolve().parents[1] / "rulesets" / "every-feature.yaml").read_bytes()


@pytest.fixture(scope="module")
def read() -> Ruleset:
    return load(SOURCE)


def step(read: Ruleset, identifier: str) -> Any:
    return next(one for one in read.steps if one.id == identifier)


def test_its_head(read: Ruleset) -> None:
    assert (read.language, read.policy, read.version, read.currency) == (1, "order-release", "2.10.0", "EUR")
    assert (read.title, read.principal_reasons) == (Text("Order release", "订单放行"), 2)
    assert read.description is not None


def test_its_identity_is_that_of_its_bytes(read: Ruleset) -> None:
    assert read.digest == digest_of(SOURCE) == load(SOURCE.decode()).digest
    assert read.digest.startswith("sha256:")
    assert load(SOURCE + b"# a comment\n").digest != read.digest


def test_its_outcomes_stand_from_mild_to_strict(read: Ruleset) -> None:
    assert [one.id for one in read.outcomes] == ["release", "release-with-terms", "ask", "refer", "block"]
    assert [one.id for one in read.outcomes if one.confirm] == ["block"]
    assert read.outcomes[4].kind is OutcomeKind.ADVERSE
    assert read.referral.id == "refer"


def test_its_facts(read: Ruleset) -> None:
    amount, late, ratio = read.facts["amount"], read.facts["days_late"], read.facts["quick_ratio"]
    assert (amount.minimum, amount.maximum) == (Decimal("0.01"), Decimal("1000000.00"))
    assert amount.changeable == Changeable("down", Decimal("100.00"))
    assert (late.unknown_allowed, late.given_by, late.max_age, late.group) == (
        True,
        ("file", "finance"),
        30,
        "file",
    )
    assert (ratio.type.kind, ratio.type.decimals) == (Kind.NUMBER, 2)
    assert read.facts["insured"].sensitive
    assert read.facts["tier"].help == Text(
        "Gold customers have a contract of their own.", "金级客户另有合同。"
    )
    assert read.facts["tier"].type.label_of("gold") == Text("Gold", "金")
    assert read.facts["grade"].type.label_of("A") == Text("A", "A")


def test_what_it_recalls(read: Ruleset) -> None:
    assert read.facts["stages_done"].recall == Recall("stage", "reference")
    assert read.facts["last_limit"].recall == Recall("limit", "customer")


def test_its_parameters_are_typed(read: Ruleset) -> None:
    values = {name: one.value for name, one in read.parameters.items()}
    assert values["late_days"] == 30
    assert values["least_prepaid"] == Decimal("0.3000")
    assert values["first_day"] == date(2026, 1, 1)
    assert values["strict"] is True
    assert values["holidays"] == (date(2026, 1, 1), date(2026, 5, 1))
    assert (read.parameters["late_days"].source, read.parameters["late_days"].line) == ("S1:L1", 44)


def test_its_steps_stand_in_order(read: Ruleset) -> None:
    kinds = [type(one) for one in read.steps]
    assert kinds == [Formula] * 5 + [Scorecard] * 2 + [Table] * 4 + [RuleList]
    assert [one.hit_policy for one in read.steps if isinstance(one, Table)] == [
        HitPolicy.UNIQUE,
        HitPolicy.FIRST,
        HitPolicy.COLLECT,
        HitPolicy.PRIORITY,
    ]


def test_labels_that_are_not_written_are_made(read: Ruleset) -> None:
    assert step(read, "first-of-all").label == Text("first of all", "first of all")
    best, *_, worst = step(read, "limits").rules
    assert best.label == Text("grade A", "grade A")
    assert worst.label == Text("The worst", "最差")
    assert step(read, "first-of-all").rules[2].label == Text("always", "任何情况")
    assert step(read, "points").rules[0].label == Text("days_late < 5", "days_late < 5")


def test_bands_take_source_from_their_characteristic_or_scorecard(read: Ruleset) -> None:
    sources = {rule.id: rule.source for rule in step(read, "points").rules}
    assert (sources["prompt"], sources["grade-a"], sources["other-grades"]) == ("S2:L1", "S2:L2", "S2:L3")


def test_a_contribution_is_a_constant_or_a_reference(read: Ruleset) -> None:
    best, small, *_, worst = step(read, "limits").rules
    assert [one.value for one in best.then] == [Reference("large_amount"), "officer"]
    assert small.then[0].value == Decimal("20000.00")
    assert [one.output for one in worst.then] == ["limit"]  # the blank cell contributes nothing
    late, unknown, large, _ = step(read, "safeguards").rules
    assert [one.value for one in late.then] == [("CALL", "WRITE"), Decimal("0.00")]
    assert [one.value for one in unknown.then] == [("WAIT",), Reference("remark")]
    assert large.then[0].value == {"share": Reference("least_prepaid"), "term": 0, "event": "order"}


def test_a_cell_keeps_its_words_and_the_parameter_it_names(read: Ruleset) -> None:
    late = step(read, "safeguards").rules[0].when[0]
    (endpoint,) = late.test.endpoints()
    assert (late.name, late.test.text, endpoint.value, endpoint.parameter) == (
        "days_late",
        "> late_days",
        30,
        "late_days",
    )


def test_examples_are_typed(read: Ruleset) -> None:
    late, _, large, balance = step(read, "safeguards").rules
    assert (late.fires_on, late.not_on) == ({"days_late": 31}, {"days_late": 30})
    assert large.fires_on == {"open_amount": Decimal("50000.01")}
    assert balance.fires_on is None


def test_its_baseline_holds_every_fact(read: Ruleset) -> None:
    assert set(read.baseline) == set(read.facts)
    assert read.baseline["remark"] is None
    assert read.baseline["flags"] == ()
    assert read.baseline_as_of == date(2026, 2, 2)


def test_its_cases_expect_outcome_reasons_rules_and_values(read: Ruleset) -> None:
    ordinary, blocked, large = read.cases
    assert (ordinary.outcome, ordinary.reasons, ordinary.as_of) == ("release", (), date(2026, 2, 2))
    assert (blocked.given, blocked.as_of) == (
        {"days_late": 45, "flags": ("DISPUTE", "LAWSUIT")},
        date(2026, 4, 1),
    )
    assert (blocked.fired, blocked.not_fired) == (("paid-late", "late"), ("lateness-unknown",))
    assert blocked.reasons == ("PAYS_LATE",)
    assert large.reasons is None
    assert large.values["plan"] == (
        {"share": Decimal("0.3000"), "term": 0, "event": "order"},
        {"share": Decimal("0.7000"), "term": 30, "event": "delivery"},
    )
    assert large.values["stage"] is None


def test_its_checks_are_plain_words(read: Ruleset) -> None:
    monotone = ({"better": {"prepaid": "up", "amount": "down"}, "never_worse": "outcome"},)
    assert read.checks == {"gaps": "error", "overlaps": "warn", "dead_rules": "off", "monotone": monotone}


def test_a_baseline_without_a_day_has_one() -> None:
    assert ruleset(rules("only", "COLLECT", "one, {}, {}")).baseline_as_of == date(2026, 1, 15)


def test_a_list_in_a_sample_stands_in_declared_order() -> None:
    read = ruleset(
        rules("only", "COLLECT", "one, {}, {}"),
        facts="flags: {type: list of choice, values: [A, B, C]}",
        baseline="flags: [C, A]",
        cases="- {name: One flag, given: {flags: B}, expect: {outcome: pass}}",
    )
    assert read.baseline["flags"] == ("A", "C")
    assert read.cases[0].given == {"flags": ("B",)}


def test_names_that_begin_like_words_of_the_language_are_names() -> None:
    steps = "\n".join(
        [
            "- {formula: oral, type: yes_no, expression: not_yet or iffy and android, label: {en: O, zh: O}}",
            rules("only", "COLLECT", 'one, {thence: "> all_of_it", oral: "yes"}, {outcome: refuse}'),
        ]
    )
    facts = "\n".join(f"{name}: {{type: yes_no}}" for name in ("not_yet", "iffy", "android"))
    read = ruleset(
        steps,
        facts=f"{facts}\nthence: {{type: days}}",
        parameters="all_of_it: {type: days, value: 5}",
        baseline="{not_yet: no, iffy: yes, android: yes, thence: 6}",
    )
    assert decide(read).outcome == "refuse"
    assert decide(read, {"iffy": "no"}).outcome == "pass"


def test_a_value_in_quotes_is_never_a_name() -> None:
    steps = rules("only", "COLLECT", "one, {grade: '\"best\"'}, {outcome: refuse}")
    values = "{best: {en: Best, zh: 最好}, other: {en: Other, zh: 其他}}"
    read = ruleset(
        steps,
        facts=f"grade: {{type: choice, values: {values}, label: {{en: G, zh: G}}}}",
        parameters="best: {type: choice, values: [A], value: A}",
        baseline="grade: best",
    )
    assert decide(read).outcome == "refuse"


def test_half_a_character_in_a_text_of_characters_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        load("language: 1\npolicy: \ud800\n")
    assert [problem.line for problem in refused.value.problems] == [2]


def test_five_hundred_rows_of_ten_columns_are_read_in_well_under_two_seconds() -> None:
    """No two cells are alike, so that nothing is remembered from one to the next."""
    columns = [f"fact_{n}" for n in range(10)]
    rows = []
    for row in range(500):
        cells = ", ".join(
            f'"[{row * 7 + n}..{row * 7 + n + 5})"' if n % 2 else f'"> {row * 3 + n}"' for n in range(10)
        )
        rows.append(f"  - {{id: row-{row}, when: [{cells}], then: [{row}], source: x}}")
    head = [
        "- table: large",
        "  hit_policy: COLLECT",
        f"  inputs: [{', '.join(columns)}]",
        "  outputs: [best]",
        "  rows:",
    ]
    whole = text(
        "\n".join([*head, *rows]),
        facts="\n".join(f"{name}: {{type: days}}" for name in columns),
        outputs="best: {type: days, combine: largest}",
        baseline="\n".join(f"{name}: 1" for name in columns),
    )
    assert len(load(whole).match_steps[0].rules) == 500
