"""A decision table as a ruleset of one step, for the values that it is given now.

Results are numbered, because a row's result may be any expression: to the domain's hit
policies they are choices, those of ``outputValues`` first, in order of priority.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from app.domain.declarations import FactSpec, Outcome, OutcomeKind, Output
from app.domain.rules import Condition, Contribution, HitPolicy, Rule, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Text, ValueType
from app.services.dmn.columns import Column
from app.services.dmn.expressions import equal, value
from schemas.interchange.dmn.expressions import expression, unary_tests
from schemas.interchange.dmn.feel import split
from schemas.interchange.dmn.model import DecisionTable
from schemas.interchange.dmn.trees import Tests
from schemas.unreadable import Unreadable

MOST_ROWS = 4_000
_SAID = Text("", "")


class Numbered:
    """The outputs of a table as choices."""

    def __init__(self, table: DecisionTable, results: Sequence[Any], names: Mapping[str, Any]) -> None:
        self._single = len(table.outputs) == 1
        self._values: list[list[Any]] = []
        self._listed: list[int] = []
        for one in table.outputs:
            ranked = (
                [value(expression(part, names), names) for part in split(one.values)] if one.values else []
            )
            self._listed.append(len(ranked))
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
        return tuple(Contribution(f"o{at}", f"r{n}") for at, n in enumerate(self._numbers(found)))

    def rank(self, found: Any) -> tuple[int, ...]:
        """The priority of a row with this result: the order of the output values, left to right.

        Outputs that list no values do not order, and values that are not listed come last.
        """
        return tuple(min(n, most) for n, most in zip(self._numbers(found), self._listed, strict=True))

    def _numbers(self, found: Any) -> Iterator[int]:
        parts = [found] if self._single else [found[name] for name in self._names]
        for part, ranked in zip(parts, self._values, strict=True):
            yield next(n for n, one in enumerate(ranked) if equal(part, one) is True)


class Laid:
    """A table as a ruleset of one step.

    ``origin`` tells, for each of its rows, which row of the table it is; a row below zero
    holds where an input has one of its input values, and ``allowed`` are those that must.
    """

    def __init__(
        self,
        table: DecisionTable,
        policy: HitPolicy,
        outputs: Numbered,
        results: Sequence[Any],
        names: Mapping[str, Any],
    ) -> None:
        cells = [[unary_tests(one, names) for one in rule.tests] for rule in table.rules]
        values = [unary_tests(one.values, names) for one in table.inputs]
        given = [value(expression(one.expression, names), names) for one in table.inputs]
        self.columns = [
            Column(f"i{at}", one.expression, given[at], [values[at], *(row[at] for row in cells)], names)
            for at, one in enumerate(table.inputs)
        ]
        self.allowed = {
            -1 - at for at, one in enumerate(values) if one.alternatives and given[at] is not None
        }
        self.origin: list[int] = []
        rules: list[Rule] = []
        for number, row, found in self._rows(cells, values, results):
            told = [column.tests(cell) for column, cell in zip(self.columns, row, strict=True)]
            for tests in product(*told):
                when = tuple(
                    Condition(column.name, test) for column, test in zip(self.columns, tests, strict=True)
                )
                rules.append(Rule(f"row-{len(rules)}", _SAID, "", when, outputs.contributions(found)))
                self.origin.append(number)
                if len(rules) > MOST_ROWS:
                    raise Unreadable(f"a table of more than {MOST_ROWS:,} rows is not run")
        self.ruleset = _ruleset(self.columns, policy, outputs.declared(), rules)

    def _rows(
        self, cells: Sequence[Sequence[Tests]], values: Sequence[Tests], results: Sequence[Any]
    ) -> Iterator[tuple[int, Sequence[Tests], Any]]:
        for number, (row, found) in enumerate(zip(cells, results, strict=True)):
            yield number, row, found
        for number in self.allowed if results else ():
            yield number, [one if number == -1 - n else Tests() for n, one in enumerate(values)], results[0]


def _ruleset(
    columns: Sequence[Column], policy: HitPolicy, declared: Mapping[str, Output], rules: Sequence[Rule]
) -> Ruleset:
    inputs = tuple(one.name for one in columns)
    outcomes = (
        Outcome("done", OutcomeKind.FAVOURABLE, _SAID),
        Outcome("refer", OutcomeKind.REFERRAL, _SAID),
    )
    return Ruleset(
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
        steps=(Table("table", _SAID, policy, inputs, tuple(declared), tuple(rules)),),
        reasons={},
        baseline={},
        baseline_as_of=date.min,
        digest="",
    )
