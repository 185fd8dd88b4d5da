"""What the ways forward are, by trying every combination of changes one by one; slow, and plain to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, product

from app.domain import expressions as tree
from app.domain.declarations import FactSpec
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.rules import Formula
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, Values

Change = Mapping[str, Value]


def ways(plan: Plan, matcher: Matcher, facts: Values, as_of: date, bar: int) -> list[tuple[Change, str]]:
    """The changes to be shown, in order, each with its outcome."""
    ruleset = plan.ruleset
    specs = [one for one in ruleset.facts.values() if one.changeable is not None]
    tried = {}
    for chosen in product(*(_options(one, facts[one.name], ruleset) for one in specs)):
        change = {spec.name: value for spec, (value, far) in zip(specs, chosen, strict=True) if far}
        found = plan.evaluate(matcher, {**facts, **change}, as_of)
        if found.failure is None:
            far = tuple(one[1] for one in chosen)
            tried[far] = (change, found.outcome, ruleset.severities[found.outcome])
    shown = dict(_shown(tried, bar))
    order = sorted(shown, key=lambda far: (sum(map(bool, far)), sum(far), far))
    return [(shown[far][0], shown[far][1]) for far in order]


def _shown(
    tried: Mapping[tuple[Fraction, ...], tuple[Change, str, int]], bar: int
) -> Iterator[tuple[tuple[Fraction, ...], tuple[Change, str, int]]]:
    """For each milder outcome, of each set of facts the least; not where fewer of them take no more steps."""
    for severity in range(bar):
        least: dict[frozenset[str], tuple[Fraction, ...]] = {}
        for far, (change, _, had) in tried.items():
            facts = frozenset(change)
            if had <= severity and (
                facts not in least or (sum(far), far) < (sum(least[facts]), least[facts])
            ):
                least[facts] = far
        for facts, far in least.items():
            if facts and all(sum(least[one]) > sum(far) for one in _smaller(facts) if one in least):
                yield far, tried[far]


def _smaller(facts: frozenset[str]) -> Iterator[frozenset[str]]:
    sizes = (combinations(sorted(facts), size) for size in range(1, len(facts)))
    return map(frozenset, chain.from_iterable(sizes))


def _options(spec: FactSpec, before: Value, ruleset: Ruleset) -> Sequence[tuple[Value, Fraction]]:
    """Every value that the fact may be given, with how many steps away it is; first as it is."""
    assert spec.changeable is not None
    up = spec.changeable.direction == "up"
    as_it_is = (before, Fraction(0))
    if not spec.type.ordered:
        words = [False, True] if spec.type.kind is Kind.YES_NO else list(spec.type.choices)
        place = -1 if before is None else words.index(before)
        if before is None and not up:
            return [as_it_is]
        beyond = words[place + 1 :] if up else words[:place][::-1]
        return [as_it_is, *((one, Fraction(i + 1)) for i, one in enumerate(beyond))]
    if before is None and not up:
        return [as_it_is]
    start = spec.minimum if before is None else before
    step = timedelta(1) if spec.changeable.step is None else spec.changeable.step
    found = set(_multiples(spec))
    found.update(one for one in _constants(spec.name, ruleset) if spec.minimum <= one <= spec.maximum)
    found.update(one for one in (spec.minimum, spec.maximum) if spec.type.kind is Kind.DATE or one >= step)
    if before is not None:
        found = {one for one in found if (one > start if up else one < start)}
    stated = Fraction(before is None)
    return [as_it_is, *((one, stated + abs(_number(one - start) / _number(step))) for one in sorted(found))]


def _multiples(spec: FactSpec) -> Iterator[Value]:
    assert spec.changeable is not None
    if spec.type.kind is Kind.DATE:
        yield from (spec.minimum + timedelta(i) for i in range((spec.maximum - spec.minimum).days + 1))
        return
    step = spec.changeable.step
    multiple = step * 0
    while multiple <= spec.maximum:
        if multiple >= spec.minimum:
            yield multiple
        multiple += step


def _number(value: Value) -> Fraction:
    return Fraction(value.days) if isinstance(value, timedelta) else Fraction(value)


def _constants(name: str, ruleset: Ruleset) -> Iterator[Value]:
    for step in ruleset.match_steps:
        for rule in step.rules:
            for condition in rule.when:
                if condition.name == name:
                    yield from (one.value for one in condition.test.endpoints())
    for formula in ruleset.steps:
        if isinstance(formula, Formula):
            yield from _compared(name, formula.expression)


def _compared(name: str, node: tree.Expression) -> Iterable[Value]:
    if isinstance(node, tree.Comparison):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if one == tree.Name(name) and isinstance(other, tree.Constant):
                value = other.value
                if isinstance(value, Decimal) and value == value.to_integral_value():
                    yield int(value) if name == "term" else value
                elif not (name == "term" and isinstance(value, Decimal)):
                    yield value
    for part in tree.parts(node):
        yield from _compared(name, part)
