"""Small random rulesets over facts that can be changed, with every kind of step, and facts to start from.

Ranges are small, so that every combination of changes can be tried one by one. One
``Random`` makes everything: a seed is a reproduction.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count, pairwise
from random import Random
from typing import Any

from app.domain.declarations import Changeable, FactSpec, Outcome, OutcomeKind, Output
from app.domain.rules import (
    AS_OF,
    OUTCOME,
    Characteristic,
    Condition,
    Contribution,
    Formula,
    HitPolicy,
    Reference,
    Rule,
    RuleList,
    Scorecard,
    Step,
    Table,
)
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import (
    ANYTHING,
    Alternative,
    Compare,
    Endpoint,
    IsKnown,
    IsUnknown,
    Range,
    UnaryTest,
)
from app.domain.values import Kind, Text, Value, Values, ValueType
from tests.analysis.alternatives.expressions import (
    DATE,
    DAYS,
    LETTERS,
    LIST,
    MONEY,
    SHARE,
    TODAY,
    YES_NO,
    Expressions,
    number_of,
)

SOME_TEXT = Text("Some text", "文字")
OUTCOMES = tuple(
    Outcome(name, kind, Text(name, name))
    for name, kind in (
        ("offer", OutcomeKind.FAVOURABLE),
        ("counter", OutcomeKind.CONDITIONAL),
        ("refer", OutcomeKind.REFERRAL),
        ("refuse", OutcomeKind.ADVERSE),
    )
)
POLICIES = (*HitPolicy, *[HitPolicy.COLLECT, HitPolicy.FIRST, HitPolicy.PRIORITY] * 3)
_made = count()


class Made:
    """One random ruleset and the facts of a decision under it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.facts = {one.name: one for one in self._facts()}
        self.outputs = {one.name: one for one in self._outputs()}
        self.types: dict[str, ValueType] = {
            name: one.type for declared in (self.facts, self.outputs) for name, one in declared.items()
        }
        steps = [self._step(number) for number in range(chance.randint(2, 6))] + [self._safeguards()]
        self.ruleset = Ruleset(
            language=1,
            policy="generated",
            version="1.0.0",
            title=SOME_TEXT,
            currency="CNY",
            outcomes=OUTCOMES,
            otherwise=chance.choice(("offer", "offer", "offer", "counter", "refuse")),
            facts=self.facts,
            parameters={},
            outputs=self.outputs,
            steps=tuple(steps),
            reasons={},
            baseline={},
            baseline_as_of=TODAY,
            digest=f"alternatives:{next(_made)}",
        )

    def given(self) -> Values:
        """Facts of a decision."""
        return {name: self._value(one) for name, one in self.facts.items()}

    def _facts(self) -> list[FactSpec]:
        chance = self.chance
        every = [
            self._fact("amount", MONEY, Decimal("0.01"), Decimal("70.00"), "down", Decimal("10.00")),
            self._fact("prepaid", SHARE, Decimal(0), Decimal("1"), "up", Decimal("0.20")),
            self._fact("term", DAYS, 0, 90, chance.choice(("up", "down")), 15),
            self._fact("secured", YES_NO, None, None, "up", None),
            self._fact("grade", LETTERS, None, None, "down", None),
            self._fact("from", DATE, TODAY, TODAY + timedelta(4), "up", None),
        ]
        changeable = chance.sample(every, chance.choice((1, 2, 2, 3, 3)))
        fixed = FactSpec("limit", MONEY, SOME_TEXT, unknown_allowed=True)
        return [*changeable, fixed, FactSpec("marks", LIST, SOME_TEXT, unknown_allowed=True)]

    def _fact(self, name: str, kind: ValueType, low: Value, high: Value, way: str, step: Value) -> FactSpec:
        unknown = self.chance.random() < 0.4
        return FactSpec(name, kind, SOME_TEXT, low, high, unknown, changeable=Changeable(way, step))

    def _outputs(self) -> list[Output]:
        numbers = ("largest", "smallest", "sum", "first", "last") * 6 + (None,)
        return [
            Output("due", SHARE, SOME_TEXT, self.chance.choice(numbers)),
            Output("allowed", MONEY, SOME_TEXT, self.chance.choice(numbers)),
            Output("rank", LETTERS, SOME_TEXT, self.chance.choice(("first", "last") * 6 + (None,))),
            Output("notes", LIST, SOME_TEXT, "union"),
        ]

    def _value(self, spec: FactSpec) -> Value:
        chance, kind = self.chance, spec.type.kind
        if spec.unknown_allowed and chance.random() < 0.35:
            return None
        if spec.changeable is not None and chance.random() < 0.5:  # with most of its way still to go
            ends = (spec.minimum, spec.maximum) if spec.type.ordered else self._ends(spec)
            return ends[spec.changeable.direction == "down"]
        if kind is Kind.YES_NO:
            return chance.random() < 0.3
        if kind is Kind.CHOICE:
            return chance.choice(spec.type.choices)
        if kind is Kind.CHOICES:
            return tuple(one for one in spec.type.choices if chance.random() < 0.5)
        if kind is Kind.DATE:
            return spec.minimum + timedelta(chance.randint(0, 4))
        value = number_of(self.chance, spec.type)
        low, high = spec.minimum, spec.maximum
        return value if low is None else max(low, min(high, value))

    def _ends(self, spec: FactSpec) -> tuple[Value, Value]:
        words = spec.type.choices or (False, True)
        return words[0], words[-1]

    def _step(self, number: int) -> Step:
        made = self.chance.choice(
            (self._formula, self._formula, self._table, self._rules, self._rules, self._card)
        )
        return made(f"step{number}")

    def _formula(self, name: str) -> Step:
        kind = self.chance.choice((MONEY, SHARE, DAYS, YES_NO, YES_NO, LETTERS))
        expression = Expressions(self.chance, self.types).of(kind, 3)
        fitting = [one.name for one in self.outputs.values() if one.type == kind]
        output = self.chance.choice(fitting) if fitting and self.chance.random() < 0.4 else None
        self.types[name] = kind
        return Formula(name, kind, "", expression, SOME_TEXT, output)

    def _table(self, name: str) -> Step:
        chance = self.chance
        if chance.random() < 0.25:
            output = chance.choice(("due", "allowed"))
            rules = tuple(self._rule(f"{name}-{i}", (output,)) for i in range(chance.randint(1, 4)))
            how = chance.choice(("sum", "min", "max", "count"))
            return Table(name, SOME_TEXT, HitPolicy.COLLECT, (), (output,), rules, how)
        outputs = tuple(chance.sample([*self.outputs, OUTCOME, OUTCOME, "rank"], 3))
        rules = tuple(self._rule(f"{name}-{i}", outputs) for i in range(chance.randint(1, 5)))
        return Table(name, SOME_TEXT, chance.choice(POLICIES), (), outputs, rules)

    def _rules(self, name: str) -> Step:
        outputs = tuple(self.chance.sample([*self.outputs, OUTCOME, OUTCOME, OUTCOME], 2))
        rules = tuple(self._rule(f"{name}-{i}", outputs) for i in range(self.chance.randint(1, 5)))
        return RuleList(name, SOME_TEXT, self.chance.choice(POLICIES), rules)

    def _safeguards(self) -> Step:
        """A list at the end that makes a milder outcome worth looking for."""
        sizes = (1, 2, 2, 3)
        rules = tuple(self._rule(f"end-{i}", (OUTCOME,), sizes) for i in range(self.chance.randint(2, 5)))
        return RuleList("end", SOME_TEXT, HitPolicy.COLLECT, rules)

    def _rule(self, name: str, outputs: tuple[str, ...], sizes: tuple[int, ...] = (0, 1, 1, 2, 2)) -> Rule:
        """A rule of so many conditions, one of ``sizes``; one without a condition sets no outcome."""
        chance = self.chance
        when = tuple(
            Condition(one, self._test(self._readable[one])) for one in self._read(chance.choice(sizes))
        )
        then = tuple(
            Contribution(one, self._given(self.types[one]))
            for one in dict.fromkeys(outputs)
            if one != OUTCOME and chance.random() < 0.8
        )
        outcome = chance.choice(("counter", "refer", "refuse", "refuse", "offer", None))
        return Rule(name, SOME_TEXT, "S0:L1", when, then, outcome if OUTCOME in outputs and when else None)

    @property
    def _readable(self) -> dict[str, ValueType]:
        outcome = ValueType(Kind.CHOICE, 0, tuple(one.id for one in OUTCOMES))
        return {**self.types, AS_OF: DATE, OUTCOME: outcome}

    def _read(self, number: int) -> list[str]:
        """Names for the conditions of a rule, often of what can be changed or is calculated."""
        names = [*self._readable]
        names += 2 * [one for one in self.types if one not in self.facts and one not in self.outputs]
        names += 4 * [one.name for one in self.facts.values() if one.changeable is not None]
        return self.chance.sample(names, number)

    def _given(self, kind: ValueType) -> Value:
        named = [name for name, one in self.types.items() if one == kind]
        if named and self.chance.random() < 0.35:
            return Reference(self.chance.choice(named))
        if kind is LETTERS:
            return self.chance.choice(LETTERS.choices)
        return (self.chance.choice(LIST.choices),) if kind is LIST else number_of(self.chance, kind)

    def _test(self, kind: ValueType) -> UnaryTest:
        if self.chance.random() < 0.05:
            return ANYTHING
        alternatives = tuple(self._alternative(kind) for _ in range(self.chance.choice((1, 1, 1, 2))))
        return UnaryTest(alternatives, negated=self.chance.random() < 0.2)

    def _alternative(self, kind: ValueType) -> Alternative:
        chance = self.chance
        if chance.random() < 0.1:
            return chance.choice((IsUnknown(), IsKnown()))
        if not kind.ordered:
            words: tuple[Any, ...] = (True, False) if kind.kind is Kind.YES_NO else kind.choices
            return Compare("=", Endpoint(chance.choice(words)))
        first, second = sorted((number_of(self.chance, kind), number_of(self.chance, kind)))
        if chance.random() < 0.7:
            return Compare(chance.choice(("=", "<", "<=", ">", ">=")), Endpoint(first))
        return Range(Endpoint(first), chance.random() < 0.5, Endpoint(second), chance.random() < 0.5)

    def _card(self, name: str) -> Step:
        chance = self.chance
        ordered = [one for one, kind in self.types.items() if kind in (MONEY, SHARE, DAYS)]
        groups = []
        for i, fact in enumerate(chance.sample(ordered, min(len(ordered), chance.randint(1, 3)))):
            kind = self.types[fact]
            cuts = sorted({number_of(self.chance, kind) for _ in range(2)})
            ends = [Endpoint(cut) for cut in cuts]
            bands: list[Alternative] = [Compare("<", ends[0]), Compare(">=", ends[-1])]
            bands += [Range(low, True, high, False) for low, high in pairwise(ends)]
            rules = [
                Rule(
                    f"{name}-{i}-{j}",
                    SOME_TEXT,
                    "S0:L1",
                    (Condition(fact, UnaryTest((one,))),),
                    points=Decimal(chance.randint(-2, 10)),
                )
                for j, one in enumerate(bands)
            ]
            if max(rule.points or 0 for rule in rules) <= 0:
                return self._rules(name)
            skip = chance.random() < 0.4
            rules.append(
                Rule(
                    f"{name}-{i}-u",
                    SOME_TEXT,
                    "S0:L1",
                    (Condition(fact, UnaryTest((IsUnknown(),))),),
                    points=None if skip else Decimal(1),
                    skip=skip,
                )
            )
            groups.append(Characteristic(fact, tuple(rules)))
        kind = MONEY
        self.types[name] = kind
        every = tuple(rule for one in groups for rule in one.rules)
        scale = Decimal(100) if chance.random() < 0.5 else None
        return Scorecard(name, SOME_TEXT, kind, tuple(groups), every, scale)
