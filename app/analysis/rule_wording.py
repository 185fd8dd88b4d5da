"""Rules in words, with the thresholds and parameters behind them, for examples and cases that fail."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.explanation import Explanation, StepExplanation
from app.domain.messages import joined, told
from app.domain.rules import Condition, Rule
from app.domain.ruleset import Ruleset
from app.domain.wording import in_words


def why_silent(ruleset: Ruleset, explanation: Explanation, rule: Rule) -> str:
    """Why a rule was not effective."""
    types = ruleset.types
    for step in explanation.steps:
        if not isinstance(step, StepExplanation):
            continue
        for one in step.rules:
            if one.rule.id != rule.id:
                continue
            if one.fired is not None:
                return "it holds but another rule of its step takes precedence"
            if one.failing is None:
                return "its step was not reached"
            threshold = _threshold(ruleset, one.failing)
            name, actual = one.failing.name, in_words(one.actual, types[one.failing.name])
            return told(
                "it did not fire: {name} is {actual}, and the test is {threshold}",
                name=name,
                actual=actual,
                threshold=threshold,
            )
    return "it was not reached"


def with_conditions(ruleset: Ruleset, rules: Sequence[Rule]) -> str:
    """Rules, each with its line and what it asks."""
    form = "rule `{rule}` (line {line}: {conditions})"
    return joined(
        "; ", (told(form, rule=one.id, line=one.line, conditions=conditions(ruleset, one)) for one in rules)
    )


def conditions(ruleset: Ruleset, rule: Rule) -> str:
    """What a rule asks, and the parameters that it goes by."""
    parts = [
        joined(" ", (one.name, _threshold(ruleset, one))) for one in rule.when if not one.test.irrelevant
    ]
    return joined("", (joined(", ", parts), _given_parameters(ruleset, rule))) or told("always")


def _given_parameters(ruleset: Ruleset, rule: Rule) -> str:
    """Parameters that the rule contributes, with their lines: they are thresholds of what it says."""
    names = [getattr(one.value, "name", None) for one in rule.then]
    said = [_parameter(ruleset, name) for name in names if name in ruleset.parameters]
    return told("; gives {parameters}", parameters=joined(", ", said)) if said else ""


def _threshold(ruleset: Ruleset, condition: Condition) -> str:
    named = [_parameter(ruleset, one.parameter) for one in condition.test.endpoints() if one.parameter]
    test = f"`{condition.test.text}`"
    if not named:
        return test
    return told("{test} with {parameters}", test=test, parameters=joined(", ", dict.fromkeys(named)))


def _parameter(ruleset: Ruleset, name: str | None) -> str:
    one = ruleset.parameters[str(name)]
    return told(
        "{name} = {value} (line {line})", name=name, value=in_words(one.value, one.type), line=one.line
    )


def listed(codes: tuple[str, ...]) -> str:
    """Codes of reasons."""
    return joined(", ", codes) or told("none")
