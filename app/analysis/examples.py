"""Runs the examples and cases of a ruleset; says of each that fails which rule and threshold made it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from app.analysis.findings import Finding
from app.analysis.rule_wording import conditions, listed, why_silent, with_conditions
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.explanation import Explanation, explain
from app.domain.matching import Matcher
from app.domain.messages import joined, told
from app.domain.rules import Formula, Rule
from app.domain.ruleset import Case
from app.domain.values import Value, Values
from app.domain.wording import in_words


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

    def why_silent(self, rule: Rule) -> str:
        """Why a rule was not effective, in words."""
        return why_silent(self.evaluation.ruleset, self.explanation, rule)


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
    why = (
        sample.why_silent(rule)
        if wanted
        else told("it fires: {conditions}", conditions=conditions(ruleset, rule))
    )
    message = told(
        "rule `{rule}` (line {line}): `{key}` does not hold; {why}",
        rule=rule.id,
        line=rule.line,
        key=key,
        why=why,
    )
    return [Finding("examples", message, rule.line)], sample.evaluation


def _differences(case: Case, sample: _Sample) -> list[Finding]:
    evaluation = sample.evaluation
    found = [*_outcome(case, sample), *_reasons(case, sample), *_values(case, sample)]
    held = {one.rule.id for one in evaluation.fired}
    by_id = {rule.id: rule for step in evaluation.ruleset.match_steps for rule in step.rules}
    found += [
        told("rule `{rule}` should hold; {why}", rule=one, why=sample.why_silent(by_id[one]))
        for one in case.fired
        if one not in held
    ]
    found += [
        told(
            "rule `{rule}` should not hold: {conditions}",
            rule=one,
            conditions=conditions(evaluation.ruleset, by_id[one]),
        )
        for one in case.not_fired
        if one in held
    ]
    return [
        Finding(
            "cases",
            told("case `{case}` (line {line}): {said}", case=case.name, line=case.line, said=said),
            case.line,
        )
        for said in found
    ]


def _outcome(case: Case, sample: _Sample) -> Iterator[str]:
    evaluation = sample.evaluation
    if case.outcome is None or case.outcome == evaluation.outcome:
        return
    ruleset = evaluation.ruleset
    decisive = [one.rule for one in evaluation.fired if one.decisive]
    if evaluation.failure:
        by: str = joined("", (": ", evaluation.failure.code, ", ", evaluation.failure.detail))
    elif decisive:
        by = told(", set by {rules}", rules=with_conditions(ruleset, decisive[:3]))
    else:
        by = " (`otherwise`: no rule set an outcome)"
    yield told(
        "expected outcome {wanted}, got {found}{by}{silent}",
        wanted=case.outcome,
        found=evaluation.outcome,
        by=by,
        silent=_silent_ones(case, sample),
    )


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
    said = (
        told("rule `{rule}` (line {line}): {why}", rule=rule.id, line=rule.line, why=sample.why_silent(rule))
        for rule in wanted
    )
    return joined("; ", ("", *said))


def _reasons(case: Case, sample: _Sample) -> Iterator[str]:
    if case.reasons is None:
        return
    evaluation = sample.evaluation
    got = tuple(one.code for one in evaluation.reasons)
    if got == case.reasons:
        return
    rules = [rule for step in evaluation.ruleset.match_steps for rule in step.rules]
    parts = [told("expected reasons {wanted}, got {found}", wanted=listed(case.reasons), found=listed(got))]
    for code in case.reasons:
        if code not in got:
            parts += [
                told(
                    "{code}: rule `{rule}` (line {line}), {why}",
                    code=code,
                    rule=one.id,
                    line=one.line,
                    why=sample.why_silent(one),
                )
                for one in rules
                if one.reason == code
            ][:2]
    for reason in evaluation.reasons:
        if reason.code not in case.reasons and reason.rule:
            rule = next(one for one in rules if one.id == reason.rule.split("/")[1])
            because = conditions(evaluation.ruleset, rule)
            parts.append(
                told(
                    "{code} comes from rule `{rule}` (line {line}: {because})",
                    code=reason.code,
                    rule=rule.id,
                    line=rule.line,
                    because=because,
                )
            )
    yield joined("; ", parts)


def _values(case: Case, sample: _Sample) -> Iterator[str]:
    evaluation = sample.evaluation
    actual = {**evaluation.derived, **evaluation.outputs}
    types = evaluation.ruleset.types
    for name, expected in case.values.items():
        got = actual.get(name)
        if _same(got, expected):
            continue
        message = told(
            "expected {name} {wanted}, got {found}",
            name=name,
            wanted=in_words(expected, types[name]),
            found=in_words(got, types[name]),
        )
        yield joined("", (message, _origin(evaluation, name)))


def _same(got: Value, expected: Value) -> bool:
    if isinstance(expected, tuple) and not expected and got is None:
        return True
    return bool(got == expected)


def _origin(evaluation: Evaluation, name: str) -> str:
    givers = [one.rule for one in evaluation.fired if name in one.effect]
    if givers:
        return told(", given by {rules}", rules=with_conditions(evaluation.ruleset, givers[:3]))
    formula = next(
        (
            one
            for one in evaluation.ruleset.steps
            if isinstance(one, Formula) and name in (one.name, one.output)
        ),
        None,
    )
    return (
        told(", calculated on line {line}: {text}", line=formula.line, text=formula.text) if formula else ""
    )
