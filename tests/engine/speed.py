"""How long matching takes: ``python -m tests.engine.speed``.

The shapes are those of real policies: a scorecard of 12 characteristics, a list
of knock-outs, tables of 50, 88 and 500 rows. Times are microseconds, the least
of many rounds in processor time, because what is measured is the code and not
the machine's other work. ``decision`` is the whole walk with both engines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import NamedTuple

from app.domain.evaluation import Plan
from app.domain.rules import OUTCOME, Characteristic, Condition, HitPolicy, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import (
    ANYTHING,
    Alternative,
    Compare,
    Endpoint,
    IsUnknown,
    Range,
    UnaryTest,
    holds,
)
from app.domain.values import Kind, Value, ValueType
from app.engine.agreement import Engine
from app.engine.compiled import Engines
from app.engine.direct import DirectMatcher
from app.engine.durable import DurableMatcher
from tests.engine.generate import SOME_TEXT, TODAY, ruleset_of

NUMBER = ValueType(Kind.NUMBER, 4)
WORDS = ValueType(Kind.CHOICE, choices=tuple("ABCDEFGH"))


class Shape(NamedTuple):
    """A ruleset of one step, and facts for it."""

    name: str
    ruleset: Ruleset
    facts: Mapping[str, Value]


class Times(NamedTuple):
    """Microseconds an evaluation."""

    durable: float
    direct: float
    decision: float


def shapes() -> list[Shape]:
    """The four shapes; the tables once with 1 and once with 5 rows that hold."""
    tables = [
        table(rows, columns, holding) for rows, columns in ((88, 4), (50, 8), (500, 8)) for holding in (1, 5)
    ]
    return [scorecard(), knock_outs(), *tables]


def scorecard() -> Shape:
    """56 bands of 12 characteristics; one band of each holds."""
    made = []
    for i in range(12):
        cuts = [Endpoint(Decimal(10 * cut)) for cut in range(1, 4 if i < 8 else 3)]
        inner = [Range(low, True, high, False) for low, high in pairwise(cuts)]
        tests: list[Alternative] = [Compare("<", cuts[0]), *inner, Compare(">=", cuts[-1]), IsUnknown()]
        bands = [
            rule(f"band-{i}-{j}", {f"f{i}": UnaryTest((one,))}, points=Decimal(j))
            for j, one in enumerate(tests)
        ]
        made.append(Characteristic(f"f{i}", tuple(bands)))
    every = tuple(band for one in made for band in one.rules)
    card = Scorecard("score", SOME_TEXT, NUMBER, tuple(made), every, Decimal(100))
    names = [f"f{i}" for i in range(12)]
    return Shape(
        f"scorecard, {len(every)} bands",
        ruleset_of([card], dict.fromkeys(names, NUMBER)),
        dict.fromkeys(names, Decimal(15)),
    )


def knock_outs() -> Shape:
    """10 rules on five facts, of which one holds."""
    names = [f"f{i}" for i in range(5)]
    rules = []
    for i in range(10):
        when = {names[i % 5]: UnaryTest((Compare(">", Endpoint(Decimal(40 + i))),))}
        if i % 2:
            when[names[(i + 1) % 5]] = UnaryTest((Compare("<", Endpoint(Decimal(10))),))
        rules.append(rule(f"rule-{i}", when))
    step = RuleList("list", SOME_TEXT, HitPolicy.COLLECT, tuple(rules))
    return Shape(
        "10 knock-outs", ruleset_of([step], dict.fromkeys(names, NUMBER)), dict.fromkeys(names, Decimal(41))
    )


def table(rows: int, columns: int, holding: int) -> Shape:
    """Choices and overlapping ranges in turn, one cell in five blank; exactly ``holding`` rows hold."""
    rnd = Random(f"{rows}x{columns}")
    types = {f"f{i}": NUMBER if i % 2 else WORDS for i in range(columns)}
    facts: dict[str, Value] = {name: "A" if one is WORDS else Decimal(15) for name, one in types.items()}
    made: list[Rule] = []
    while len(made) < rows:
        when = {name: cell(rnd, one) for name, one in types.items()}
        if all(holds(test, facts[name]) for name, test in when.items()) is (len(made) < holding):
            made.append(rule(f"row-{len(made)}", when))
        elif len(made) < holding:
            name = rnd.choice(list(types))
            when = {**dict.fromkeys(types, ANYTHING), name: UnaryTest((Compare("=", Endpoint(facts[name])),))}
            made.append(rule(f"row-{len(made)}", when))
    rnd.shuffle(made)
    step = Table("table", SOME_TEXT, HitPolicy.COLLECT, tuple(types), (OUTCOME,), tuple(made))
    return Shape(f"table {rows} x {columns}, {holding} holding", ruleset_of([step], types), facts)


def cell(rnd: Random, kind: ValueType) -> UnaryTest:
    if rnd.random() < 0.2:
        return ANYTHING
    if kind is WORDS:
        words = rnd.sample(WORDS.choices, rnd.choice((1, 1, 2)))
        return UnaryTest(tuple(Compare("=", Endpoint(word)) for word in words))
    low = 2 * rnd.randrange(40)
    high = low + rnd.choice((2, 10, 20))
    return UnaryTest((Range(Endpoint(Decimal(low)), True, Endpoint(Decimal(high)), False),))


def rule(identifier: str, when: Mapping[str, UnaryTest], points: Decimal | None = None) -> Rule:
    conditions = tuple(Condition(name, test) for name, test in when.items())
    return Rule(
        identifier,
        SOME_TEXT,
        "S0:L1",
        conditions,
        outcome=None if points is not None else "offer",
        points=points,
    )


def measured(shape: Shape, rounds: int = 25, least: float = 0.004) -> Times:
    """The least time of each part over that many rounds of about ``least`` seconds."""
    plan, engine = Plan(shape.ruleset), Engine(shape.ruleset)
    durable, direct = DurableMatcher(shape.ruleset), DirectMatcher(shape.ruleset)
    return Times(
        best(lambda: durable.holding(0, shape.facts), rounds, least),
        best(lambda: direct.holding(0, shape.facts), rounds, least),
        best(lambda: plan.evaluate(engine.matcher, shape.facts, TODAY), rounds, least),
    )


def best(work: Callable[[], object], rounds: int, least: float) -> float:
    """Microseconds a call."""
    start, calls = time.thread_time(), 0
    while time.thread_time() - start < least:
        work()
        calls += 1
    found = []
    for _ in range(rounds):
        start = time.thread_time()
        for _ in range(calls):
            work()
        found.append((time.thread_time() - start) / calls)
    return min(found) * 1e6


def main() -> None:
    """Print one line a shape, and the cost of finding a compiled ruleset."""
    print(f"{'':30}{'durable':>10}{'direct':>10}{'decision':>10}  microseconds")
    for shape in shapes():
        print(f"{shape.name:30}" + "".join(f"{one:10.1f}" for one in measured(shape)))
    engines, ruleset = Engines(), shapes()[1].ruleset
    engines.get(ruleset)

    def lease() -> None:
        with engines.get(ruleset):
            pass

    print(f"{'a compiled ruleset from cache':30}{best(lease, 25, 0.004):10.2f}")


if __name__ == "__main__":
    main()
