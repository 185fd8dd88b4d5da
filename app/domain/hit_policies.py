"""Hit policies: which of the rules that hold are effective, with DMN 1.5's meaning (8.2.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.messages import told
from app.domain.rules import OUTCOME, HitPolicy, Rule
from app.domain.ruleset import Ruleset

EVERY = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER})


class Conflict(Exception):
    """Rules that may not hold together did: UNIQUE or ANY was violated, or one output was set twice."""


def effective(
    policy: HitPolicy,
    holding: Sequence[int],
    rules: Sequence[Rule],
    ranks: Sequence[tuple[int, ...]],
    effect: Callable[[int], object],
) -> Sequence[int]:
    """The numbers of the effective rules among ``holding`` (ascending), in the order of contributing.

    ``ranks`` holds each rule's priority (smaller first) for PRIORITY and OUTPUT
    ORDER; ``effect`` says what a rule would contribute, for ANY. Raises
    ``Conflict`` when UNIQUE or ANY is violated.
    """
    if len(holding) < 2 or policy in EVERY:
        return holding
    if policy is HitPolicy.FIRST:
        return holding[:1]
    if policy is HitPolicy.UNIQUE:
        raise Conflict(
            told("rules {rules} hold together, and the hit policy is UNIQUE", rules=_named(holding, rules))
        )
    if policy is HitPolicy.ANY:
        first = holding[0]
        if any(
            (rules[one].outcome, effect(one)) != (rules[first].outcome, effect(first)) for one in holding[1:]
        ):
            raise Conflict(
                told(
                    "rules {rules} hold together and differ, and the hit policy is ANY",
                    rules=_named(holding, rules),
                )
            )
        return holding[:1]
    ranked = sorted(holding, key=ranks.__getitem__)
    return ranked[:1] if policy is HitPolicy.PRIORITY else ranked


def priority(ruleset: Ruleset, outputs: Sequence[str], rule: Rule) -> tuple[int, ...]:
    """The rank of a rule by its choice outputs, left to right; the smaller has priority.

    A choice's ``values`` stand highest priority first; of outcomes the stricter
    is higher.
    """
    return tuple(_rank(ruleset, name, rule) for name in outputs)


def _rank(ruleset: Ruleset, output: str, rule: Rule) -> int:
    if output == OUTCOME:
        return -ruleset.severities[rule.outcome]
    if output not in ruleset.outputs:
        return 0
    choices = ruleset.outputs[output].type.choices
    value = next((one.value for one in rule.then if one.output == output), None)
    return choices.index(value) if value in choices else len(choices)


def _named(holding: Sequence[int], rules: Sequence[Rule]) -> str:
    return ", ".join(rules[number].id for number in holding)
