"""Runs the examples and cases of a ruleset; says of each that fails which rule and threshold made it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from app.analysis.findings import Finding
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.explanation import Explanation, StepExplanation, explain
from app.domain.matching import Matcher
from app.domain.rules import Condition, Formula, Rule
from app.domain.ruleset import Case, Ruleset
from app.domain.values import Value, Values
from app.domain.wording import spoken


@dataclass(frozen=True, slots=True)
class Coverage:
    """What examples and cases reached: ids of rules that were effective, and outcomes."""

    rules: frozenset[str]
    outcomes: frozenset[str]


class _Sample:
    """One example or case, decided; it is explained only where there is something to say."""

    def __init__(
        self, plan: Plan, matcher: Matcher, facts: Values, as_of: date, forced: Values | None = None
    ) -> None:
        self.evaluation = plan.evaluate(matcher, facts, as_of, forced=forced)
        self._explain = partial(explain, plan, matcher, facts, as_of, forced)

    @cached_property
    def explanation(self) -> Explanation:
        """Why each rule did or did not fire."""
        return self._explain()


def run_samples(plan: Plan, matcher: Matcher) -> tuple[list[Finding], Coverage]:
    """Every example and case run with ``matcher``: what failed, and what was covered."""
    findings: list[Finding] = []
    rules: set[str] = set()
    outcomes: set[str] = set()
    for found, evaluation in _samples(plan, matcher):
        findings += found
        rules.update(one.rule.id for one in evaluation.fired if one.effective)
        if evaluation.failure is None:
            outcomes.add(evaluation.outcome)
    return findings, Coverage(frozenset(rules), frozenset(outcomes))


def run_case(plan: Plan, matcher: Matcher, case: Case) -> tuple[list[Finding], Evaluation]:
    """One case run with ``matcher``: where it came out otherwise than expected, and what came out."""
    sample = _Sample(plan, matcher, {**plan.ruleset.baseline, **case.given}, case.as_of)
    return _differences(case, sample), sample.evaluation


def _samples(plan: Plan, matcher: Matcher) -> Iterator[tuple[list[Finding], Evaluation]]:
    ruleset = plan.ruleset
    for step in ruleset.match_steps:
        for rule in step.rules:
            for changes, wanted in ((rule.fires_on, True), (rule.not_on, False)):
                if changes is not None:
                    yield _example(plan, matcher, rule, changes, wanted)
    for case in ruleset.cases:
        yield run_case(plan, matcher, case)


def _example(
    plan: Plan, matcher: Matcher, rule: Rule, changes: Any, wanted: bool
) -> tuple[list[Finding], Evaluation]:
    ruleset = plan.ruleset
    facts = {name: changes.get(name, value) for name, value in ruleset.baseline.items()}
    forced = {name: value for name, value in changes.items() if name not in ruleset.facts}
    sample = _Sample(plan, matcher, facts, ruleset.baseline_as_of, forced)
    effective = any(one.rule.id == rule.id and one.effective for one in sample.evaluation.fired)
    if effective is wanted:
        return [], sample.evaluation
    key = "fires_on" if wanted else "not_on"
    why = _why_silent(sample, rule) if wanted else f"it fires: {_conditions(ruleset, rule)}"
    message = f"rule `{rule.id}` (line {rule.line}): `{key}` does not hold; {why}"
    return [Finding("examples", message, rule.line)], sample.evaluation


def _differences(case: Case, sample: _Sample) -> list[Finding]:
    evaluation = sample.evaluation
    found = [*_outcome(case, sample), *_reasons(case, sample), *_values(case, sample)]
    held = {one.rule.id for one in evaluation.fired}
    by_id = {rule.id: rule for step in evaluation.ruleset.match_steps for rule in step.rules}
    found += [
        f"rule `{one}` should hold; {_why_silent(sample, by_id[one])}"
        for one in case.fired
        if one not in held
    ]
    found += [
        f"rule `{one}` should not hold: {_conditions(evaluation.ruleset, by_id[one])}"
        for one in case.not_fired
        if one in held
    ]
    return [Finding("cases", f"case `{case.name}` (line {case.line}): {text}", case.line) for text in found]


def _outcome(case: Case, sample: _Sample) -> Iterator[str]:
    evaluation = sample.evaluation
    if case.outcome is None or case.outcome == evaluation.outcome:
        return
    ruleset = evaluation.ruleset
    decisive = [one.rule for one in evaluation.fired if one.decisive]
    if evaluation.failure:
        by = f": {evaluation.failure.code}, {evaluation.failure.detail}"
    elif decisive:
        by = ", set by " + "; ".join(
            f"rule `{rule.id}` (line {rule.line}: {_conditions(ruleset, rule)})" for rule in decisive[:3]
        )
    else:
        by = " (`otherwise`: no rule set an outcome)"
    yield f"expected outcome {case.outcome}, got {evaluation.outcome}{by}{_silent_ones(case, sample)}"


def _silent_ones(case: Case, sample: _Sample) -> str:
    """For an outcome that nothing set: the rules that would have, and why they were silent."""
    wanted = [
        rule
        for step in sample.evaluation.ruleset.match_steps
        for rule in step.rules
        if rule.outcome == case.outcome and rule.reason in (case.reasons or (rule.reason,))
    ]
    if not wanted or len(wanted) > 3:
        return ""
    return "; " + "; ".join(
        f"rule `{rule.id}` (line {rule.line}): {_why_silent(sample, rule)}" for rule in wanted
    )


def _reasons(case: Case, sample: _Sample) -> Iterator[str]:
    if case.reasons is None:
        return
    evaluation = sample.evaluation
    got = tuple(one.code for one in evaluation.reasons)
    if got == case.reasons:
        return
    rules = [rule for step in evaluation.ruleset.match_steps for rule in step.rules]
    parts = [f"expected reasons {_listed(case.reasons)}, got {_listed(got)}"]
    for code in case.reasons:
        if code not in got:
            parts += [
                f"{code}: rule `{one.id}` (line {one.line}), {_why_silent(sample, one)}"
                for one in rules
                if one.reason == code
            ][:2]
    for reason in evaluation.reasons:
        if reason.code not in case.reasons and reason.rule:
            rule = next(one for one in rules if one.id == reason.rule.split("/")[1])
            because = _conditions(evaluation.ruleset, rule)
            parts.append(f"{reason.code} comes from rule `{rule.id}` (line {rule.line}: {because})")
    yield "; ".join(parts)


def _values(case: Case, sample: _Sample) -> Iterator[str]:
    evaluation = sample.evaluation
    actual = {**evaluation.derived, **evaluation.outputs}
    types = evaluation.ruleset.types
    for name, expected in case.values.items():
        got = actual.get(name)
        if _same(got, expected):
            continue
        message = f"expected {name} {spoken(expected, types[name])}, got {spoken(got, types[name])}"
        yield message + _origin(evaluation, name)


def _same(got: Value, expected: Value) -> bool:
    if isinstance(expected, tuple) and not expected and got is None:
        return True
    return bool(got == expected)


def _origin(evaluation: Evaluation, name: str) -> str:
    givers = [one.rule for one in evaluation.fired if name in one.effect]
    if givers:
        return ", given by " + "; ".join(
            f"rule `{rule.id}` (line {rule.line}: {_conditions(evaluation.ruleset, rule)})"
            for rule in givers[:3]
        )
    formula = next(
        (
            one
            for one in evaluation.ruleset.steps
            if isinstance(one, Formula) and name in (one.name, one.output)
        ),
        None,
    )
    return f", calculated on line {formula.line}: {formula.text}" if formula else ""


def _why_silent(sample: _Sample, rule: Rule) -> str:
    types = sample.evaluation.ruleset.types
    for step in sample.explanation.steps:
        if not isinstance(step, StepExplanation):
            continue
        for one in step.rules:
            if one.rule.id != rule.id:
                continue
            if one.fired is not None:
                return "it holds but another rule of its step takes precedence"
            if one.failing is None:
                return "its step was not reached"
            threshold = _threshold(sample.evaluation.ruleset, one.failing)
            name, actual = one.failing.name, spoken(one.actual, types[one.failing.name])
            return f"it did not fire: {name} is {actual}, and the test is {threshold}"
    return "it was not reached"


def _conditions(ruleset: Ruleset, rule: Rule) -> str:
    parts = [f"{one.name} {_threshold(ruleset, one)}" for one in rule.when if not one.test.irrelevant]
    return ", ".join(parts) + _given_parameters(ruleset, rule) or "always"


def _given_parameters(ruleset: Ruleset, rule: Rule) -> str:
    """Parameters that the rule contributes, with their lines: they are thresholds of what it says."""
    names = [getattr(one.value, "name", None) for one in rule.then]
    said = [_parameter(ruleset, name) for name in names if name in ruleset.parameters]
    return f"; gives {', '.join(said)}" if said else ""


def _threshold(ruleset: Ruleset, condition: Condition) -> str:
    named = [_parameter(ruleset, one.parameter) for one in condition.test.endpoints() if one.parameter]
    return f"`{condition.test.text}`" + (f" with {', '.join(dict.fromkeys(named))}" if named else "")


def _parameter(ruleset: Ruleset, name: str | None) -> str:
    one = ruleset.parameters[str(name)]
    return f"{name} = {spoken(one.value, one.type)} (line {one.line})"


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(codes) or "none"
