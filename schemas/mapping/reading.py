"""Reads the parts of a mapping in their order: columns with their words, constants, formulas, the filter.

What a formula may read are the facts that stand above it and the mapping's own
names; every name is given once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.arithmetic import compiled
from app.domain.expressions import names_read
from app.domain.messages import told
from app.domain.rules import AS_OF
from app.domain.values import Kind, Value, ValueType
from schemas.constants import constant, day, listed, nearest
from schemas.formula_types import resolved
from schemas.formulas import formula
from schemas.mapping.dates import DateForm
from schemas.mapping.rows import Calculated, Cell, Evaluate, RowMapping, Target
from schemas.names import Names
from schemas.ruleset.faults import Faults
from schemas.text import Block, line_of

EVERY = "*"
UNKNOWN = "unknown"
EXACT = 12
OWN_TYPES = {
    "number": ValueType(Kind.NUMBER, EXACT),
    "date": ValueType(Kind.DATE),
    "yes_no": ValueType(Kind.YES_NO),
    "text": ValueType(Kind.TEXT),
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Reader:
    """Reads one mapping, whose shape is right, and notes its faults."""

    def __init__(self, block: Block, target: Target, header: Sequence[str], faults: Faults) -> None:
        self._block = block
        self._target = target
        self._policy = target.called
        self._facts = target.facts
        self._header = list(header)
        self._faults = faults
        self._columns: Mapping[Any, Any] = self._part("columns")
        self._lines: dict[str, int] = {}
        self._names = Names({AS_OF: ValueType(Kind.DATE)})
        self._used: set[str] = set()

    def mapping(self) -> RowMapping:
        """The mapping; complete only where no fault was noted."""
        dates = self._dates()
        cells = self._cells(self._words())
        constants = self._constants()
        formulas = [
            found for name, text in self._part("formulas").items() if (found := self._formula(name, text))
        ]
        keep_if = self._keep_if()
        if not self._faults:
            self._check_complete(cells)
        return RowMapping(self._facts, cells, constants, formulas, keep_if, dates)

    def _part(self, key: str) -> Mapping[Any, Any]:
        return self._block.get(key) or {}

    def _dates(self) -> Callable[[str], date]:
        written = self._block.get("date_format")
        with self._faults.noted(written, "date_format"):
            return day if written is None else DateForm(written).read
        return day

    def _cells(self, words: Mapping[str, Mapping[str, Value]]) -> dict[str, Cell]:
        cells = {}
        for name, written in self._columns.items():
            own = isinstance(written, Block)
            with self._faults.noted(name, "columns"):
                self._once(name)
                kind = self._own_type(name, written) if own else self._type(name, written)
                column = self._column(str(written["column"] if own else written))
                cells[str(name)] = Cell(column, kind, {**words.get(EVERY, {}), **words.get(name, {})}, own)
            if name != AS_OF and name not in self._names:
                found = cells.get(str(name))
                self._names.declare(str(name), (found.type or OWN_TYPES["text"]) if found else None)
        return cells

    def _type(self, name: str, column: str) -> ValueType | None:
        if name in self._target.envelope:
            return ValueType(Kind.DATE) if name == AS_OF else None
        if name not in self._facts:
            hint = nearest(name, [*self._facts, *self._target.envelope])
            example = told("{name}: {{column: {column}, type: number}}", name=name, column=column)
            message = told("`{name}` is no fact of {policy}{hint}", name=name, policy=self._policy, hint=hint)
            raise ValueError(
                told(
                    "{message}; a name that formulas alone read has a type, such as {example}",
                    message=message,
                    example=example,
                )
            )
        return self._facts[name].type

    def _own_type(self, name: str, written: Block) -> ValueType:
        if name in self._facts or name in self._target.envelope:
            raise ValueError(
                told(
                    "the type of `{name}` is known; write {name}: {column}",
                    name=name,
                    column=written["column"],
                )
            )
        if not _NAME.fullmatch(name):
            raise ValueError(
                told("`{name}` is not a name; write lower-case letters, digits and _", name=name)
            )
        if written["type"] not in OWN_TYPES:
            known = listed(list(OWN_TYPES))
            raise ValueError(
                told("`{type}` is not a type here; the types are {known}", type=written["type"], known=known)
            )
        return OWN_TYPES[written["type"]]

    def _column(self, column: str) -> str:
        if column not in self._header:
            hint = nearest(column, self._header) or told(
                "; its columns are {header}", header=listed(self._header, 30)
            )
            raise ValueError(told("the file has no column `{column}`{hint}", column=column, hint=hint))
        return column

    def _words(self) -> dict[str, dict[str, Value]]:
        found: dict[str, dict[str, Value]] = {}
        for name, words in self._part("values").items():
            if name != EVERY and name not in self._columns:
                hint = nearest(name, list(self._columns)) or told(
                    "; {every} stands for every column", every=EVERY
                )
                self._faults.at(
                    name, told("`{name}` is not among the columns{hint}", name=name, hint=hint), "values"
                )
                continue
            for theirs, ours in words.items():
                with self._faults.noted(theirs, told("values of `{name}`", name=name)):
                    found.setdefault(str(name), {})[str(theirs)] = self._word(name, ours)
        return found

    def _word(self, name: str, ours: str) -> Value:
        if ours == UNKNOWN:
            return None
        if name == EVERY:
            raise ValueError(
                told(
                    "in every column a word can only mean {unknown}, not `{ours}`", unknown=UNKNOWN, ours=ours
                )
            )
        written = self._columns[name]
        if isinstance(written, Block):
            return constant(ours, OWN_TYPES.get(written["type"], OWN_TYPES["text"]))
        if name not in self._facts:
            return str(ours)
        kind = self._facts[name].type
        return constant(ours, ValueType(Kind.CHOICE, 0, kind.choices) if kind.kind is Kind.CHOICES else kind)

    def _constants(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, written in self._part("constants").items():
            with self._faults.noted(name, "constants"):
                self._once(name)
                if name in self._target.constants:
                    found[str(name)] = str(written)
                    continue
                if name not in self._facts:
                    hint = nearest(name, list(self._facts))
                    raise ValueError(
                        told(
                            "`{name}` is no fact of {policy}{hint}", name=name, policy=self._policy, hint=hint
                        )
                    )
                found[str(name)] = constant(written, self._facts[name].type)
            if name not in self._names:
                self._names.declare(str(name), self._facts[name].type if str(name) in found else None)
        return found

    def _formula(self, name: str, text: str) -> Calculated | None:
        with self._faults.noted(name, told("formula of `{name}`", name=name)):
            self._once(name)
            if name not in self._facts:
                raise ValueError(
                    told(
                        "it is no fact of {policy}{near}",
                        policy=self._policy,
                        near=nearest(name, list(self._facts)),
                    )
                )
            kind = self._facts[name].type
            found = Calculated(str(name), kind, self._compiled(text, kind))
            self._names.declare(str(name), kind)
            return found
        self._names.declare(str(name), None)
        return None

    def _keep_if(self) -> Evaluate | None:
        written = self._block.get("keep_if")
        with self._faults.noted(written, "keep_if"):
            return None if written is None else self._compiled(written, OWN_TYPES["yes_no"])
        return None

    def _compiled(self, text: str, wanted: ValueType) -> Evaluate:
        expression = resolved(formula(text), self._names, wanted)
        self._used.update(names_read(expression))
        return compiled(expression)

    def _once(self, name: str) -> None:
        if name in self._lines:
            raise ValueError(
                told(
                    "`{name}` is given already on line {line}; keep one of them",
                    name=name,
                    line=self._lines[name],
                )
            )
        self._lines[str(name)] = line_of(name)

    def _check_complete(self, cells: Mapping[str, Cell]) -> None:
        for name in self._columns:
            if cells[name].own and name not in self._used:
                message = told("`{name}` is read by no formula; use it, or remove it", name=name)
                self._faults.at(name, message, "columns")
        for name in self._target.needed:
            if name not in self._lines:
                self._faults.at(
                    self._block, told("`{name}` is missing; say under columns which column it is", name=name)
                )
        for name, fact in self._facts.items():
            if not fact.unknown_allowed and name not in self._lines:
                message = told(
                    "`{name}` may not be unknown; give it under columns, constants or formulas", name=name
                )
                self._faults.at(self._block, message)
