"""What each step of a ruleset reads, told once a ruleset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.domain.expressions import names_read
from app.domain.rules import Formula, Reference, Rule, Scorecard, Step
from app.domain.ruleset import Ruleset
from app.domain.values import Value


class Chain:
    """The steps of a ruleset with the names that each reads."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.steps: Sequence[tuple[Step, frozenset[str]]] = [
            (step, frozenset(_reads(step))) for step in ruleset.steps
        ]


def references(rule: Rule) -> Iterator[str]:
    """The names whose values a rule contributes."""
    for given in rule.then:
        yield from _named(given.value)


def _reads(step: Step) -> Iterator[str]:
    if isinstance(step, Formula):
        yield from names_read(step.expression)
    elif isinstance(step, Scorecard):
        yield from (one.fact for one in step.characteristics)
    else:
        for rule in step.rules:
            yield from (one.name for one in rule.when if not one.test.irrelevant)
            yield from references(rule)


def _named(value: Value) -> Iterator[str]:
    if isinstance(value, Reference):
        yield value.name
    elif isinstance(value, dict):
        for one in value.values():
            yield from _named(one)
