"""Ten ways to damage a ruleset, each as an edit of one of its steps, as somebody in a hurry might make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from random import Random

from app.domain.rules import HitPolicy, Rule, RuleList, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import ANYTHING, Alternative, Compare, Endpoint, IsUnknown, Range, UnaryTest
from app.domain.values import Value
from tests.analysis.tables import with_rules

Step = Table | RuleList
Rules = tuple[Rule, ...]


@dataclass(frozen=True)
class Damage:
    """What was done to which rule, and the ruleset after it."""

    kind: str
    step: str
    rule: str
    ruleset: Ruleset

    @property
    def called(self) -> str:
        return f"{self.kind} {self.rule}"


def damages(ruleset: Ruleset, rnd: Random, most: int) -> list[Damage]:
    """So many damages, every way in turn, on rules chosen at random."""
    steps = [one for one in ruleset.match_steps if isinstance(one, Table | RuleList)]
    return list(islice(_damages(ruleset, steps, rnd), most))


def _damages(ruleset: Ruleset, steps: list[Step], rnd: Random) -> Iterator[Damage]:
    seen = set()
    for turn in range(10_000 if steps else 0):
        kind = list(WAYS)[turn % len(WAYS)]
        step = rnd.choice(steps)
        number = rnd.randrange(len(step.rules))
        rules = WAYS[kind](step, number, rnd)
        if rules is not None and rules != step.rules and (kind, step.id, number) not in seen:
            seen.add((kind, step.id, number))
            yield Damage(kind, step.id, step.rules[number].id, with_rules(ruleset, step, rules))


def _drop(step: Step, number: int, rnd: Random) -> Rules | None:
    return step.rules[:number] + step.rules[number + 1 :] if len(step.rules) > 1 else None


def _swap(step: Step, number: int, rnd: Random) -> Rules | None:
    if step.hit_policy is not HitPolicy.FIRST or number + 1 == len(step.rules):
        return None
    rules = list(step.rules)
    rules[number], rules[number + 1] = rules[number + 1], rules[number]
    return tuple(rules)


def _nest(step: Step, number: int, rnd: Random) -> Rules | None:
    """A copy of the rule that asks for less, above it: what stood there is never first any more."""
    if step.hit_policy is not HitPolicy.FIRST:
        return None
    rule = step.rules[number]
    wider = tuple(replace(one, test=ANYTHING) if i == 0 else one for i, one in enumerate(rule.when))
    copy = replace(rule, id=f"{rule.id}-nested", when=wider)
    return (*step.rules[:number], copy, *step.rules[number:])


def _outcome(step: Step, number: int, rnd: Random) -> Rules | None:
    rule = step.rules[number]
    return _with(step, number, replace(rule, outcome=None)) if rule.outcome else None


def _gives(step: Step, number: int, rnd: Random) -> Rules | None:
    rule = step.rules[number]
    return _with(step, number, replace(rule, then=rule.then[1:])) if rule.then else None


def _condition(step: Step, number: int, rnd: Random) -> Rules | None:
    """One condition left out."""
    rule = step.rules[number]
    asked = [i for i, one in enumerate(rule.when) if not one.test.irrelevant]
    if not asked:
        return None
    return _tested(step, number, rnd.choice(asked), ANYTHING)


def _bound(by: int) -> Callable[[Step, int, Random], Rules | None]:
    """A bound moved by one step, or taken in or left out."""

    def way(step: Step, number: int, rnd: Random) -> Rules | None:
        for i, one in enumerate(step.rules[number].when):
            moved = _moved(one.test, by)
            if moved is not None:
                return _tested(step, number, i, moved)
        return None

    return way


def _moved(test: UnaryTest, by: int) -> UnaryTest | None:
    for i, one in enumerate(test.alternatives):
        other: Alternative
        if isinstance(one, Compare) and one.operator != "=":
            turned = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}[one.operator]
            other = (
                replace(one, operator=turned) if by == 0 else replace(one, endpoint=_beside(one.endpoint, by))
            )
        elif isinstance(one, Range):
            other = (
                replace(one, low_included=not one.low_included)
                if by == 0
                else replace(one, high=_beside(one.high, by))
            )
        else:
            continue
        alternatives = (*test.alternatives[:i], other, *test.alternatives[i + 1 :])
        return UnaryTest(alternatives, test.negated, "moved")
    return None


def _beside(end: Endpoint, by: int) -> Endpoint:
    value: Value = end.value
    return Endpoint(value + timedelta(days=by) if isinstance(value, date) else value + by)


def _unknown(step: Step, number: int, rnd: Random) -> Rules | None:
    """Where the unknown was asked for, it no longer is."""
    for i, one in enumerate(step.rules[number].when):
        left = tuple(each for each in one.test.alternatives if not isinstance(each, IsUnknown))
        if left and left != one.test.alternatives:
            return _tested(step, number, i, UnaryTest(left, one.test.negated, "known"))
    return None


def _tested(step: Step, number: int, condition: int, test: UnaryTest) -> Rules:
    rule = step.rules[number]
    when = tuple(replace(one, test=test) if i == condition else one for i, one in enumerate(rule.when))
    return _with(step, number, replace(rule, when=when))


def _with(step: Step, number: int, rule: Rule) -> Rules:
    return (*step.rules[:number], rule, *step.rules[number + 1 :])


WAYS: dict[str, Callable[[Step, int, Random], Rules | None]] = {
    "drop": _drop,
    "widen": _bound(1),
    "swap": _swap,
    "nest": _nest,
    "narrow": _bound(-1),
    "outcome": _outcome,
    "bracket": _bound(0),
    "condition": _condition,
    "gives": _gives,
    "unknown": _unknown,
}
