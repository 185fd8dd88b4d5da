"""The result of a decision table: which rows hold both engines say, which count the hit policy says.

Results are numbered, because a row's result may be any expression: to the domain's hit
policies they are choices, those of ``outputValues`` first, in order of priority.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from app.domain.declarations import FactSpec, Outcome, OutcomeKind, Output
from app.domain.hit_policies import Conflict, effective, priority
from app.domain.matching import NoAnswer, rule_numbers
from app.domain.rules import Condition, Contribution, HitPolicy, Rule, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Text, ValueType
from app.engine.agreement import Engine
from app.services.dmn.columns import Column
from app.services.dmn.expressions import equal, value
from schemas.interchange.dmn.expressions import expression, unary_tests
from schemas.interchange.dmn.feel import split
from schemas.interchange.dmn.model import DecisionTable
from schemas.interchange.dmn.trees import Call, Constant
from schemas.unreadable import Unreadable

MOST_ROWS = 4_000
_SHORT = {"U": "UNIQUE", "A": "ANY", "F": "FIRST", "P": "PRIORITY", "C": "COLLECT", "R": "RULE ORDER",
          "O": "OUTPUT ORDER"}  # fmt: skip
_SAID = Text("", "")


def result(table: DecisionTable, names: Mapping[str, Any]) -> Any:
    """The value of a table where ``names`` have these values; null where DMN says so.

    Raises ``Unreadable`` for what is not read, and ``NoAnswer`` where the engines do not agree.
    """
    policy = HitPolicy(_SHORT.get(table.hit_policy, table.hit_policy))
    results = [_row_result(one.results, table, names) for one in table.rules]
    outputs = _Numbered(table, results, names)
    columns, ruleset, origin = _as_ruleset(table, policy, outputs, names)
    with Engine(ruleset) as engine:
        try:
            mask = engine.matcher.holding(0, {one.name: one.given for one in columns})
        except NoAnswer as doubt:
            raise Unreadable(f"the engines give no answer: {doubt}") from doubt
    (step,) = ruleset.match_steps
    ranks = [priority(ruleset, list(ruleset.outputs), rule) for rule in step.rules]
    try:
        held = effective(policy, list(rule_numbers(mask)), step.rules, ranks, lambda at: step.rules[at].then)
    except Conflict:
        return None
    return _put_together(table, policy, [results[origin[at]] for at in held], names)


def _put_together(
    table: DecisionTable, policy: HitPolicy, results: Sequence[Any], names: Mapping[str, Any]
) -> Any:
    if not results and any(one.default for one in table.outputs):
        return _row_result([one.default for one in table.outputs], table, names)
    if policy in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER):
        return _aggregated(table.aggregation, results) if table.aggregation else list(results) or None
    return results[0] if results else None


def _aggregated(aggregation: str, results: Sequence[Any]) -> Any:
    if not results and aggregation != "COUNT":
        return None
    return value(Call(aggregation.lower(), tuple(Constant(one) for one in results)), {})


def _row_result(written: Sequence[str], table: DecisionTable, names: Mapping[str, Any]) -> Any:
    values = [value(expression(one or "null", names), names) for one in written]
    if len(table.outputs) == 1:
        return values[0]
    return dict(zip((one.name for one in table.outputs), values, strict=True))


class _Numbered:
    """The outputs of a table as choices."""

    def __init__(self, table: DecisionTable, results: Sequence[Any], names: Mapping[str, Any]) -> None:
        self._single = len(table.outputs) == 1
        self._values: list[list[Any]] = []
        for one in table.outputs:
            ranked = (
                [value(expression(part, names), names) for part in split(one.values)] if one.values else []
            )
            for found in results:
                part = found if self._single else found[one.name]
                if not any(equal(part, each) is True for each in ranked):
                    ranked.append(part)
            self._values.append(ranked)
        self._names = [one.name for one in table.outputs]

    def declared(self) -> dict[str, Output]:
        """An output for each column."""
        return {
            f"o{at}": Output(
                f"o{at}", ValueType(Kind.CHOICE, choices=tuple(f"r{n}" for n in range(len(ranked)))), _SAID
            )
            for at, ranked in enumerate(self._values)
        }

    def contributions(self, found: Any) -> tuple[Contribution, ...]:
        """What a row with this result contributes."""
        parts = [found] if self._single else [found[name] for name in self._names]
        return tuple(
            Contribution(f"o{at}", f"r{next(n for n, one in enumerate(ranked) if equal(part, one) is True)}")
            for at, (part, ranked) in enumerate(zip(parts, self._values, strict=True))
        )


def _as_ruleset(
    table: DecisionTable, policy: HitPolicy, outputs: _Numbered, names: Mapping[str, Any]
) -> tuple[list[Column], Ruleset, list[int]]:
    """A ruleset of this one table; ``origin`` tells, for each of its rows, which row of the table it is."""
    cells = [[unary_tests(one, names) for one in rule.tests] for rule in table.rules]
    columns = [
        Column(
            f"i{at}", value(expression(clause.expression, names), names), [row[at] for row in cells], names
        )
        for at, clause in enumerate(table.inputs)
    ]
    rules: list[Rule] = []
    origin: list[int] = []
    for number, row in enumerate(cells):
        found = _row_result(table.rules[number].results, table, names)
        for tests in product(*(column.tests(cell) for column, cell in zip(columns, row, strict=True))):
            when = tuple(Condition(column.name, test) for column, test in zip(columns, tests, strict=True))
            rules.append(Rule(f"row-{len(rules)}", _SAID, "", when, outputs.contributions(found)))
            origin.append(number)
            if len(rules) > MOST_ROWS:
                raise Unreadable(f"a table of more than {MOST_ROWS:,} rows is not run")
    inputs = tuple(one.name for one in columns)
    declared = outputs.declared()
    step = Table("table", _SAID, policy, inputs, tuple(declared), tuple(rules))
    outcomes = (
        Outcome("done", OutcomeKind.FAVOURABLE, _SAID),
        Outcome("refer", OutcomeKind.REFERRAL, _SAID),
    )
    ruleset = Ruleset(
        language=1,
        policy="model",
        version="1.0.0",
        title=_SAID,
        currency="XXX",
        outcomes=outcomes,
        otherwise="done",
        facts={one.name: FactSpec(one.name, one.type, _SAID, unknown_allowed=True) for one in columns},
        parameters={},
        outputs=declared,
        steps=(step,),
        reasons={},
        baseline={},
        baseline_as_of=date.min,
        digest="",
    )
    return columns, ruleset, origin
