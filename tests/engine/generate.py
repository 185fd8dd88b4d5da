"""Random rulesets of every type and test there is, and values that sit on their thresholds.

Everything comes from one ``Random``, so that a seed is a reproduction. The
rulesets are built as domain objects and not as text, so that they may have what
a text could not: names made to collide with the engine's own, empty and
reversed ranges, one name tested twice in a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, pairwise
from random import Random

from app.domain.declarations import FactSpec, Outcome, OutcomeKind
from app.domain.rules import (
    AS_OF,
    OUTCOME,
    Characteristic,
    Condition,
    HitPolicy,
    MatchStep,
    Rule,
    RuleList,
    Scorecard,
    Table,
)
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import (
    ANYTHING,
    Alternative,
    Compare,
    ContainsAll,
    Endpoint,
    IsKnown,
    IsUnknown,
    Range,
    UnaryTest,
)
from app.domain.values import SCALES, Kind, Text, Value, Values, ValueType

OF_THE_ENGINE = ("id", "sid", "$s", "z", "end", "c0", "c1")
NAMES = ("grade", '"quoted"', "信用等级", "a'b", "back\\slash", "%d", "{}", *OF_THE_ENGINE)
WORDS = ("A", "B", "C", "D", "E", 'say "no"', "别的", "new-\nline", "unknown ", "0", "refer-to", "Z")
KINDS = tuple(kind for kind in Kind if kind not in (Kind.TEXT, Kind.RECORDS, Kind.DATES))
SOME_TEXT = Text('He said "no"', "他说“不”")
OUTCOMES = (
    Outcome("offer", OutcomeKind.FAVOURABLE, SOME_TEXT),
    Outcome("refer", OutcomeKind.REFERRAL, SOME_TEXT),
    Outcome("refuse-it", OutcomeKind.ADVERSE, SOME_TEXT),
)
SIZES = (1, 2, 3, 5, 8, 13, 20, 20, 30, 30, 45, 60, 61, 75, 90)
TODAY = date(2026, 1, 15)
_made = count()


def ruleset(rnd: Random, steps: int = 1, rules: int | None = None) -> Ruleset:
    """A ruleset of that many match steps, each of ``rules`` rules, or of 1 to 90 (one in 200: of 500)."""
    types = {name: _type(rnd) for name in rnd.sample(NAMES, rnd.randint(1, 9))}
    readable = {**types, OUTCOME: ValueType(Kind.CHOICE, choices=tuple(one.id for one in OUTCOMES))}
    made = [_step(rnd, f"step-{i}", readable, rules or _size(rnd)) for i in range(steps)]
    return ruleset_of(made, types)


def ruleset_of(steps: Sequence[MatchStep], types: dict[str, ValueType]) -> Ruleset:
    """A ruleset of these steps over facts of these types, any of which may be unknown."""
    facts = {name: FactSpec(name, kind, SOME_TEXT, unknown_allowed=True) for name, kind in types.items()}
    return Ruleset(
        language=1,
        policy="generated",
        version="1.0.0",
        title=SOME_TEXT,
        currency="CNY",
        outcomes=OUTCOMES,
        otherwise="offer",
        facts=facts,
        parameters={},
        outputs={},
        steps=tuple(steps),
        reasons={},
        baseline=dict.fromkeys(types),
        baseline_as_of=TODAY,
        digest=f"generated:{next(_made)}",
    )


def thresholds_of(made: Ruleset) -> dict[str, list[Value]]:
    """Every constant that some rule compares a name with."""
    found: dict[str, set[Value]] = {}
    for step in made.match_steps:
        for rule in step.rules:
            for condition in rule.when:
                found.setdefault(condition.name, set()).update(
                    one.value for one in condition.test.endpoints()
                )
    return {name: sorted(values) for name, values in found.items()}


def values_for(
    rnd: Random, made: Ruleset, thresholds: Mapping[str, Sequence[Value]] | None = None
) -> dict[str, Value]:
    """A value for every name; most are a threshold of some rule, or a hair beside one."""
    near = thresholds_of(made) if thresholds is None else thresholds
    names = [*made.facts, AS_OF, OUTCOME]
    return {name: _value(rnd, made.types[name], near.get(name, ())) for name in names}


def facts_for(rnd: Random, made: Ruleset) -> Values:
    """What ``values_for`` gives, facts only, as ``Plan.evaluate`` takes them."""
    values = values_for(rnd, made)
    return {name: values[name] for name in made.facts}


def _size(rnd: Random) -> int:
    return 500 if rnd.random() < 0.005 else rnd.choice(SIZES)


def _type(rnd: Random) -> ValueType:
    kind = rnd.choice(KINDS)
    words = tuple(rnd.sample(WORDS, rnd.randint(2, 7))) if kind in (Kind.CHOICE, Kind.CHOICES) else ()
    return ValueType(kind, SCALES.get(kind, 0), words)


def _step(rnd: Random, identifier: str, types: dict[str, ValueType], size: int) -> MatchStep:
    shape = rnd.choice(("table", "table", "rules", "rules", "scorecard"))
    if shape == "scorecard":
        return _scorecard(rnd, identifier, types, size)
    pools = {
        name: [_test(rnd, kind) for _ in range(rnd.choice((2, 4, 9, 40)))] for name, kind in types.items()
    }
    rules = []
    for number in range(size):
        names = rnd.sample(list(types), rnd.randint(0, len(types)))
        if shape == "table":
            when = [Condition(name, rnd.choice((ANYTHING, *pools[name]))) for name in types]
        else:
            when = [
                Condition(name, rnd.choice(pools[name]))
                for name in (names + names[:1] * (rnd.random() < 0.05))
            ]
        rules.append(Rule(f"{identifier}-{number}", SOME_TEXT, "S0:L1", tuple(when)))
    if shape == "table":
        return Table(identifier, SOME_TEXT, HitPolicy.COLLECT, tuple(types), (OUTCOME,), tuple(rules))
    return RuleList(identifier, SOME_TEXT, HitPolicy.COLLECT, tuple(rules))


def _scorecard(rnd: Random, identifier: str, types: dict[str, ValueType], size: int) -> MatchStep:
    characteristics: list[Characteristic] = []
    names = rnd.sample(list(types), min(len(types), max(1, size // 4)))
    for name in names:
        tests = [*_bands(rnd, types[name]), UnaryTest((IsUnknown(),))]
        when = [(Condition(name, test),) for test in tests]
        bands = [
            Rule(f"{identifier}-{len(characteristics)}-{i}", SOME_TEXT, "S0:L1", one, points=Decimal(i))
            for i, one in enumerate(when)
        ]
        characteristics.append(Characteristic(name, tuple(bands)))
    every = tuple(rule for one in characteristics for rule in one.rules)
    return Scorecard(
        f"score-{identifier}", SOME_TEXT, ValueType(Kind.NUMBER, 4), tuple(characteristics), every
    )


def _bands(rnd: Random, kind: ValueType) -> list[UnaryTest]:
    """Tests of which exactly one holds for every known value."""
    if not kind.ordered:
        words = tuple(Compare("=", Endpoint(one)) for one in _words(kind) if rnd.random() < 0.5)
        return [UnaryTest(words), UnaryTest(words, negated=True)] if words else [UnaryTest((IsKnown(),))]
    cuts = sorted({_number(rnd, kind) for _ in range(rnd.randint(1, 5))})
    ends = [Endpoint(cut) for cut in cuts]
    outer: list[Alternative] = [Compare("<", ends[0]), Compare(">=", ends[-1])]
    inner: list[Alternative] = [Range(low, True, high, False) for low, high in pairwise(ends)]
    return [UnaryTest((one,)) for one in outer[:1] + inner + outer[1:]]


def _test(rnd: Random, kind: ValueType) -> UnaryTest:
    if rnd.random() < 0.1:
        return ANYTHING
    alternatives = tuple(_alternative(rnd, kind) for _ in range(rnd.choice((1, 1, 1, 2, 3))))
    return UnaryTest(alternatives, negated=rnd.random() < 0.2)


def _alternative(rnd: Random, kind: ValueType) -> Alternative:
    chance = rnd.random()
    if chance < 0.08:
        return IsUnknown()
    if chance < 0.12:
        return IsKnown()
    if kind.kind is Kind.CHOICES and chance < 0.4:
        return ContainsAll(tuple(rnd.sample(kind.choices, rnd.randint(1, min(3, len(kind.choices))))))
    if not kind.ordered:
        return Compare("=", Endpoint(rnd.choice(_words(kind))))
    first, second = (Endpoint(_number(rnd, kind), rnd.choice((None, "limit"))) for _ in range(2))
    if chance < 0.6:
        return Compare(rnd.choice(("=", "<", "<=", ">", ">=")), first)
    low, high = sorted((first, second), key=lambda one: one.value, reverse=rnd.random() < 0.03)
    return Range(low, rnd.random() < 0.5, high, rnd.random() < 0.5)


def _words(kind: ValueType) -> Sequence[Value]:
    return (True, False) if kind.kind is Kind.YES_NO else kind.choices


def _number(rnd: Random, kind: ValueType) -> Value:
    """Few different ones, so that ends of ranges meet."""
    number = rnd.choice((-3, 0, 0, 1, 2, 3, 5, 8, 13, 30, 90, 10**12, rnd.randint(-50, 50)))
    if kind.kind is Kind.DATE:
        return TODAY + timedelta(days=max(-700_000, min(number, 2_000_000)))
    if kind.kind in SCALES:
        return (Decimal(number) / rnd.choice((1, 1, 100))).quantize(Decimal(1).scaleb(-kind.decimals))
    return number


def _value(rnd: Random, kind: ValueType, thresholds: Sequence[Value]) -> Value:
    if rnd.random() < 0.12:
        return None
    if kind.kind is Kind.CHOICES:
        return tuple(word for word in kind.choices if rnd.random() < 0.4)
    if kind.kind is Kind.YES_NO:
        return rnd.random() < 0.5
    if kind.kind is Kind.CHOICE:
        return rnd.choice(kind.choices)
    near = rnd.choice(thresholds) if thresholds and rnd.random() < 0.85 else _number(rnd, kind)
    step = rnd.choice((-1, 0, 0, 1))
    if kind.kind is Kind.DATE:
        return near + timedelta(days=step)
    return near + step * Decimal(1).scaleb(-kind.decimals) if kind.kind in SCALES else near + step
