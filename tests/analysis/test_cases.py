"""Cases that are proposed for the thresholds of a ruleset ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.analysis.cases.coverage import CaseCoverage, covered
from app.analysis.cases.finding import Why
from app.analysis.cases.proposing import Proposal, Proposed, propose
from app.analysis.cases.wording import unreached_said
from app.analysis.examples import run_samples
from app.domain.evaluation import Plan
from app.domain.rules import Rule, Scorecard
from app.domain.ruleset import Case, Ruleset
from app.domain.unary_tests import Compare, Endpoint, Range, UnaryTest
from app.domain.values import Text, Value, ValueType
from app.engine.agreement import Engine
from schemas.interchange.cases_text import case_text
from schemas.ruleset import load
from tests import small_rulesets
from tests.analysis.tables import with_rules
from tests.shipped import BY_POLICY as FILES
from tests.small_rulesets import LABEL, TODAY, rules

FACTS = """
amount: {type: money, min: 0.01}
limit: {type: money, min: 0}
days: {type: days, min: 0, max: 365}
due: {type: date}
rate: {type: percent, min: 0%, max: 100%}
grade: {type: choice, values: [A, B, C]}
"""
PARAMETERS = "longest: {type: days, value: 90}"
BASELINE = "amount: 100.00\nlimit: 1_000.00\ndays: 30\nrate: 10%\ngrade: A\ndue: 2026-02-01"
USED = f"- {{formula: used, type: percent, decimals: 4, expression: amount / limit, {LABEL}}}"
LATE = f"- {{formula: late, type: yes_no, expression: due < as_of and grade != A, {LABEL}}}"
STEPS = "\n".join(
    (
        USED,
        LATE,
        rules(
            "checks",
            "COLLECT",
            'too-long, {days: "> longest", grade: B}, {outcome: counter}',
            'too-much, {used: ">= 80%"}, {outcome: refuse}',
            'some-rate, {rate: "[5%..20%)"}, {outcome: pass}',
            'in-delay, {late: "yes"}, {outcome: counter}',
        ),
    )
)


def made(steps: str = STEPS, *cases: str, **parts: str) -> Ruleset:
    said = {"facts": FACTS, "parameters": PARAMETERS, "baseline": BASELINE, **parts}
    if cases:
        said["cases"] = "\n".join(cases)
    return small_rulesets.ruleset(steps, **said)


def proposal(ruleset: Ruleset, *, missing: bool = False) -> Proposal:
    with Engine(ruleset) as engine:
        return propose(Plan(ruleset), engine.matcher, missing=missing)


def coverage(ruleset: Ruleset) -> CaseCoverage:
    with Engine(ruleset) as engine:
        return covered(Plan(ruleset), engine.matcher)


def failures(ruleset: Ruleset, several: tuple[Proposed, ...]) -> list[str]:
    """What the cases say of another ruleset."""
    given = replace(ruleset, cases=tuple(one.case for one in several))
    with Engine(given) as engine:
        found, _ = run_samples(Plan(given), engine.matcher)
    return [one.message for one in found if one.check == "cases"]


def pasted(text: str, several: tuple[Proposed, ...], language: str = "en") -> Ruleset:
    """The text with the cases below its own, read again."""
    found = load(text)
    written = "".join(case_text(found, one.case, one.name.said_in(language)) for one in several)
    head, _, tail = text.partition("\ncases:\n")
    return load(f"{head}\ncases:\n{written}{tail}")


def same(a: Case, b: Case) -> bool:
    """Whether both are the same case, whatever their names and lines."""
    return replace(a, name="", line=0) == replace(b, name="", line=0)


def test_stand_on_both_sides_of_every_threshold_one_step_apart() -> None:
    ruleset = made()
    found = proposal(ruleset)
    assert found.unreached == ()
    values = {name: set[Value]() for name in ("days", "rate", "due")}
    for one in found.proposed:
        for name in values:
            values[name].add(one.case.given.get(name))
    assert {90, 91} <= values["days"]
    assert {Decimal(one) for one in ("0.0499", "0.0500", "0.1999", "0.2000")} <= values["rate"]
    assert {TODAY, TODAY - timedelta(1)} <= values["due"]


def test_really_differ_in_whether_the_rule_holds() -> None:
    ruleset = made()
    found = proposal(ruleset)
    for rule in ("too-long", "too-much", "some-rate"):
        assert any(rule in one.case.fired for one in found.proposed), rule
        assert any(rule in one.case.not_fired for one in found.proposed), rule
    assert failures(ruleset, found.proposed) == []
    assert {one.case.values["late"] for one in found.proposed if "late" in one.case.values} == {True, False}


def test_of_a_quotient_fall_just_on_each_side_of_it() -> None:
    found = proposal(made())
    shares = {}
    for one in found.proposed:
        given = {"amount": Decimal(100), "limit": Decimal(1000), **one.case.given}
        if "too-much" in (*one.case.fired, *one.case.not_fired):
            shares["too-much" in one.case.fired] = given["amount"] / given["limit"]
    assert {holds: round(share, 4) for holds, share in shares.items()} == {
        False: Decimal("0.7999"),
        True: Decimal("0.8000"),
    }


def test_hold_the_other_facts_as_the_rule_asks() -> None:
    """A rule that a grade keeps silent is not tested by its days."""
    found = proposal(made())
    long = [one for one in found.proposed if "too-long" in (*one.case.fired, *one.case.not_fired)]
    assert [one.case.given["grade"] for one in long] == ["B", "B"]


def moved(ruleset: Ruleset) -> Iterator[tuple[str, Ruleset]]:
    """The ruleset with each end of each cell one step lower and one higher."""
    for step in ruleset.match_steps:
        if not isinstance(step, Scorecard):
            for j, rule in enumerate(step.rules):
                for damaged in _moved(ruleset, rule):
                    yield rule.id, with_rules(ruleset, step, (*step.rules[:j], damaged, *step.rules[j + 1 :]))


def _moved(ruleset: Ruleset, rule: Rule) -> Iterator[Rule]:
    for k, condition in enumerate(rule.when):
        kind = ruleset.types[condition.name]
        if not kind.ordered:
            continue
        for n, one in enumerate(condition.test.alternatives):
            for ends in _ends(one, kind):
                alternatives = (*condition.test.alternatives[:n], ends, *condition.test.alternatives[n + 1 :])
                test = UnaryTest(alternatives, condition.test.negated, condition.test.text)
                when = (*rule.when[:k], replace(condition, test=test), *rule.when[k + 1 :])
                yield replace(rule, when=when)


def _ends(one: object, kind: ValueType) -> Iterator[Compare | Range]:
    for by in (-1, 1):
        if isinstance(one, Compare):
            yield replace(one, endpoint=_shifted(one.endpoint, kind, by))
        if isinstance(one, Range):
            yield replace(one, low=_shifted(one.low, kind, by))
            yield replace(one, high=_shifted(one.high, kind, by))


def _shifted(endpoint: Endpoint, kind: ValueType, by: int) -> Endpoint:
    unit = timedelta(1) if not kind.numeric else by and Decimal(1).scaleb(-kind.decimals)
    value = endpoint.value + by * unit
    return Endpoint(int(value) if isinstance(endpoint.value, int) else value)


def test_fail_where_any_threshold_is_moved_by_one_step() -> None:
    ruleset = made()
    found = proposal(ruleset).proposed
    number = 0
    for rule, damaged in moved(ruleset):
        number += 1
        assert failures(damaged, found), rule
    assert number == 8


@pytest.mark.parametrize("policy", ["collections-s4", "insurance-advice"])
def test_of_a_shipped_ruleset_fail_where_a_threshold_is_moved(policy: str) -> None:
    ruleset = FILES[policy].ruleset
    found = proposal(ruleset).proposed
    several = list(moved(ruleset))
    silent = {rule for rule, damaged in several if not failures(damaged, found)}
    read = {rule.id: {one.name for one in rule.when} for step in ruleset.match_steps for rule in step.rules}
    # these are 7, 15, 30 or 45 and nothing between: to ask for 14 or more is the same as for 15
    assert all(read[rule] & {"reached_day", "last_done_day"} for rule in silent)
    assert len(several) > len(silent) + 5


LONG = ("credit-approval",)


@pytest.mark.parametrize(
    "policy", [pytest.param(one, marks=[pytest.mark.long] * (one in LONG)) for one in FILES]
)
def test_of_a_shipped_ruleset_pass_and_leave_nothing_but_what_is_said(policy: str) -> None:
    text, ruleset = FILES[policy].text.decode(), FILES[policy].ruleset
    found = proposal(ruleset, missing=True)
    again = pasted(text, found.proposed)
    assert all(same(a, b.case) for a, b in zip(again.cases, found.proposed, strict=False))
    with Engine(again) as engine:
        findings, _ = run_samples(Plan(again), engine.matcher)
        after = covered(Plan(again), engine.matcher)
    assert [one.message for one in findings] == []
    said = {one.side for one in found.unreached}
    assert set(after.missing) <= said
    assert {one.why for one in found.unreached} <= {Why.BEYOND, Why.NEVER, Why.APART}
    assert len(found.proposed) < len(found.coverage.missing) or not found.coverage.missing


def test_are_read_back_with_every_kind_of_value_in_both_languages() -> None:
    text, ruleset = FILES["payment-terms"].text.decode(), FILES["payment-terms"].ruleset
    for language in ("en", "zh"):
        own = tuple(
            Proposed(replace_name(one), replace(one, name=f"{one.name} again"), None, (), ())
            for one in ruleset.cases
        )
        again = pasted(text, own, language)
        assert all(same(a, b) for a, b in zip(again.cases, ruleset.cases, strict=False))
        assert len(again.cases) == 2 * len(ruleset.cases)


def replace_name(case: Case) -> Text:
    return Text(f"{case.name} again", f"{case.name}：再次，“引号”")


def test_are_not_proposed_again_once_they_are_there() -> None:
    ruleset = made()
    first = proposal(ruleset, missing=True)
    assert first.proposed
    kept = replace(ruleset, cases=tuple(one.case for one in first.proposed))
    assert coverage(kept).missing == ()
    assert proposal(kept, missing=True).proposed == ()
    every = proposal(kept)
    assert every.proposed
    assert not {one.case.name for one in every.proposed} & {one.name for one in kept.cases}


def test_are_as_few_as_serve_several_thresholds() -> None:
    steps = rules(
        "checks",
        "COLLECT",
        'too-long, {days: "> longest"}, {outcome: counter}',
        'still-longer, {days: "> 90", grade: A}, {outcome: refuse}',
    )
    found = proposal(made(steps))
    assert [len(one.sides) for one in found.proposed] == [2, 2]


def test_say_what_they_change_and_in_which_case_in_both_languages() -> None:
    one = next(one for one in proposal(made()).proposed if "too-long" in one.case.fired)
    assert one.base is None
    assert set(one.changes) == {"days", "grade"}
    assert one.name.en.startswith("too-long just holds: Text 91 days")
    assert one.name.en.endswith("the baseline with Text 91 days, Text B")
    assert one.name.zh.startswith("too-long 恰好成立：文字 91天")
    assert one.name.zh.endswith("基准，改为：文字 91天、文字 B")


def test_say_of_a_side_that_nothing_reaches_that_it_is_proven() -> None:
    steps = "\n".join((f"- {{formula: capped, type: days, expression: 'min(days, 50)', {LABEL}}}", rules(
        "checks",
        "COLLECT",
        'never, {capped: "> 60", grade: B}, {outcome: refuse}',
        'twice, {days: "> 20", capped: "< 10"}, {outcome: refuse}',
        'least, {rate: ">= 0%"}, {outcome: pass}',
    )))  # fmt: skip
    ruleset = made(steps)
    found = proposal(ruleset)
    several = found.coverage.thresholds
    why = {(str(several[one.side.threshold].rule.id), one.side.above): one.why for one in found.unreached}  # type: ignore[union-attr]
    assert why["never", True] in (Why.BEYOND, Why.NEVER)
    assert why["twice", False] is Why.NEVER
    assert why["least", False] is Why.BEYOND
    assert Why.TOO_HARD not in why.values()
    said = {unreached_said(several, one).zh for one in found.unreached}
    assert "checks/least：rate >= 0%，恰在其下：该处不可能有取值" in said


def sides(found: CaseCoverage, rule: str) -> dict[bool, tuple[str, ...]]:
    return {
        side.above: names
        for side, names in found.sides.items()
        if (one := found.thresholds[side.threshold].rule) is not None and one.id == rule
    }


def test_covers_nothing_without_cases() -> None:
    found = coverage(made())
    assert (found.rules_covered, found.sides_covered) == (0, 0)
    assert found.said() == "0 of 4 rules, 0 of 10 threshold sides"
    assert len(found.missing) == len(found.sides)


def test_covers_a_side_by_its_last_value_alone() -> None:
    ruleset = with_cases(made(), {"days": 91, "grade": "B"}, {"days": 89, "grade": "B"}, {"days": 90})
    found = coverage(ruleset)
    assert sides(found, "too-long") == {True: ("case 0",), False: ()}
    assert found.rules["checks/too-long"] == ("case 0",)


def test_covers_a_side_of_a_quotient_where_one_step_of_a_fact_crosses() -> None:
    ruleset = with_cases(made(), {"amount": Decimal("799.94")}, {"amount": Decimal("799.95")})
    assert sides(coverage(ruleset), "too-much") == {False: ("case 0",), True: ("case 1",)}
    ruleset = with_cases(made(), {"amount": Decimal("799.00")}, {"amount": Decimal("801.00")})
    assert sides(coverage(ruleset), "too-much") == {False: (), True: ()}


def with_cases(ruleset: Ruleset, *several: dict[str, Value]) -> Ruleset:
    return replace(ruleset, cases=tuple(Case(f"case {i}", one, TODAY) for i, one in enumerate(several)))


def test_of_a_score_are_found_where_its_steps_jump_over_the_mark() -> None:
    steps = "\n".join(
        (
            "- scorecard: points",
            f"  {LABEL}",
            "  decimals: 0",
            "  characteristics:",
            "  - fact: rate",
            "    bands:",
            '    - {id: low, when: "< 20%", points: 0, source: x}',
            '    - {id: high, when: ">= 20%", points: 40, source: x}',
            "  - fact: amount",
            "    bands:",
            '    - {id: small, when: "<= 500", points: 30, source: x}',
            '    - {id: large, when: "> 500", points: 0, source: x}',
            rules("checks", "COLLECT", 'good, {points: ">= 65"}, {outcome: pass}'),
        )
    )
    found = proposal(made(steps))
    assert found.unreached == ()
    good = {"good" in one.case.fired: one.case.given for one in found.proposed if "good" in _rules(one)}
    assert good.keys() == {True, False}
    assert failures(made(steps), found.proposed) == []


def _rules(one: Proposed) -> tuple[str, ...]:
    return (*one.case.fired, *one.case.not_fired)
