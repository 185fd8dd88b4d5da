"""``otherwise`` is not a back door: a fact that may be unknown and could be decisive must be asked about.

A test on an unknown value is false, so a rule that would refuse simply does not
fire. Therefore, when a rule stricter than ``otherwise`` tests such a fact, or a
formula that becomes unknown with it, something must look at whether it is
known: a rule that tests it for ``unknown``, a band, or ``known(...)`` and its
kin in a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain import expressions as tree
from app.domain.messages import told
from app.domain.rules import Formula
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import IsKnown, IsUnknown
from schemas.ruleset.faults import Faults
from schemas.ruleset.may_be_unknown import Unknowns
from schemas.ruleset.words import place_of
from schemas.text import Scalar

_ASKING = ("known", "least_known", "greatest_known")


def check_unknowns(ruleset: Ruleset, unknowns: Unknowns, faults: Faults) -> None:
    """Note every fact that may be unknown, silences a stricter rule then, and is never asked about."""
    asked = set(_asked(ruleset))
    formulas = {step.name: step for step in ruleset.steps if isinstance(step, Formula)}
    mild = ruleset.severities[ruleset.otherwise]
    for step in ruleset.match_steps:
        for rule in step.rules:
            if ruleset.severities[rule.outcome] <= mild:
                continue
            for condition in rule.when:
                if condition.test.irrelevant or not unknowns.possible(condition.name):
                    continue
                for fact in _facts_behind(condition.name, ruleset, formulas, asked):
                    asked.add(fact)
                    through = (
                        ""
                        if fact == condition.name
                        else told(", and `{condition}` with it", condition=condition.name)
                    )
                    faults.at(
                        Scalar.at(rule.line, fact),
                        told(
                            "`{fact}` may be unknown{through}, and then this rule is silent; add a rule that "
                            "tests it for `unknown`, or require the fact",
                            fact=fact,
                            through=through,
                        ),
                        place_of(step, rule),
                    )


def _facts_behind(name: str, ruleset: Ruleset, formulas: Mapping[str, Formula], asked: set[str]) -> list[str]:
    """The facts that may be unknown and of which ``name`` is made, those asked about left out."""
    found: dict[str, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        one = waiting.pop()
        if one in asked:
            continue
        if one in ruleset.facts and ruleset.facts[one].unknown_allowed:
            found[one] = None
        if one in formulas:
            more = [read for read in tree.names_read(formulas[one].expression) if read not in seen]
            seen.update(more)
            waiting += reversed(more)
    return list(found)


def _asked(ruleset: Ruleset) -> Iterator[str]:
    for step in ruleset.steps:
        if isinstance(step, Formula):
            yield from _asked_in(step.expression)
            continue
        for rule in step.rules:
            for condition in rule.when:
                if any(isinstance(one, IsUnknown | IsKnown) for one in condition.test.alternatives):
                    yield condition.name


def _asked_in(expression: tree.Expression) -> Iterator[str]:
    if isinstance(expression, tree.Call) and expression.function in _ASKING:
        yield from (one.name for one in expression.arguments if isinstance(one, tree.Name))
    for part in tree.parts(expression):
        yield from _asked_in(part)
