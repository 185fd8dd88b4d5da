"""A row of somebody else's file as a request, by a mapping that was read beforehand.

A cell that is merely copied is never rounded: one with more digits than its
fact has is refused, and the mapping says by a formula how to round. What a
formula yields is rounded once, half-even, to the scale of its fact, as
everywhere in the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.requests import DecisionRequest
from app.domain.rules import AS_OF
from app.domain.ruleset import Ruleset
from app.domain.values import NUMERIC_KINDS, Kind, Value, Values, ValueType, of_type, quantised
from schemas.constants import constant, constants, day, exact
from schemas.json_values import json_value
from schemas.requests import NAME_PATTERN, matches

CUSTOMER, CURRENCY = "customer", "currency"
ENVELOPE = (CUSTOMER, "reference", AS_OF, CURRENCY)
LIST_SEPARATOR = ";"

Evaluate = Callable[[Values], Value]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that stands in a column.

    ``type`` is None for a text of the envelope. ``words`` are cells with a
    meaning of their own, None for unknown. ``own`` marks a value that formulas
    alone read, exactly as written.
    """

    column: str
    type: ValueType | None
    words: Mapping[str, Value] = field(default_factory=dict)
    own: bool = False


class Calculated(NamedTuple):
    """A fact that a formula gives."""

    fact: str
    type: ValueType
    evaluate: Evaluate


class Target(NamedTuple):
    """What rows become: facts by name, beside an envelope of texts and the day.

    ``constants`` are names of the envelope that may be the same for every row, ``needed`` those that must be
    given; ``called`` stands in messages.
    """

    called: str
    facts: Mapping[str, FactSpec]
    envelope: tuple[str, ...]
    constants: tuple[str, ...]
    needed: tuple[str, ...] = ()


def target_of(ruleset: Ruleset) -> Target:
    """Rows that become requests to a policy."""
    return Target(ruleset.policy, ruleset.facts, ENVELOPE, (CUSTOMER, CURRENCY))


class LeftOut(NamedTuple):
    """A row that ``keep_if`` leaves out; ``unknown`` when its answer was not no, but unknown."""

    unknown: bool


@dataclass(frozen=True, slots=True)
class RowMapping:
    """Everything a mapping says, ready for rows: ``cells`` by our name, formulas in the order of the text."""

    facts: Mapping[str, FactSpec]
    cells: Mapping[str, Cell]
    constants: Mapping[str, Value] = field(default_factory=dict)
    formulas: Sequence[Calculated] = ()
    keep_if: Evaluate | None = None
    dates: Callable[[str], date] = day

    @property
    def dated(self) -> bool:
        """Whether rows bring their own ``as_of``."""
        return AS_OF in self.cells

    def request(self, row: Mapping[str, str], as_of: date) -> DecisionRequest | LeftOut:
        """The request in ``row``, or that it is left out; raises ``Invalid`` with one problem a cell.

        ``as_of`` is the day of a row that brings none.
        """
        values = self.values(row, as_of)
        if isinstance(values, LeftOut):
            return values
        facts = {name: json_value(values[name]) for name in self.facts if values.get(name) is not None}
        envelope: dict[str, Any] = {name: values.get(name) for name in ENVELOPE}
        return DecisionRequest(facts=facts, **envelope)

    def values(self, row: Mapping[str, str], as_of: date) -> dict[str, Value] | LeftOut:
        """Every value in ``row`` by our name, typed, or that it is left out; raises ``Invalid``, too."""
        problems: list[Problem] = []
        values: dict[str, Value] = {**self.constants, AS_OF: as_of}
        for name, cell in self.cells.items():
            try:
                value = self._value(cell, row[cell.column].strip(), name)
                if name != AS_OF or value is not None:
                    values[name] = value
            except ValueError as error:
                problems.append(
                    Problem(
                        told("column {column}: {error}", column=cell.column[:64], error=error),
                        f"/facts/{name}",
                    )
                )
        if not problems:
            problems += self._calculated(values)
        if problems:
            raise Invalid(
                told(
                    "{number} cell{plural} cannot be read.",
                    number=len(problems),
                    plural="s" * (len(problems) > 1),
                ),
                problems,
            )
        if self.keep_if is not None and (kept := self.keep_if(values)) is not True:
            return LeftOut(kept is None)
        return values

    def _calculated(self, values: dict[str, Value]) -> Iterator[Problem]:
        for fact, value_type, evaluate in self.formulas:
            try:
                value = evaluate(values)
                rounded = value is not None and value_type.kind in NUMERIC_KINDS
                values[fact] = of_type(value_type, value) if rounded else value
            except OverflowError as error:
                values[fact] = None
                yield Problem(
                    told("the formula of {fact} gives {error}", fact=fact, error=error), f"/facts/{fact}"
                )

    def _value(self, cell: Cell, written: str, name: str) -> Value:
        if written in cell.words:
            return cell.words[written]
        if written == "":
            return None
        kind = cell.type
        if kind is None:
            return _text(written)
        if kind.kind is Kind.DATE:
            return self.dates(written)
        if kind.kind is Kind.CHOICES:
            return _choices(cell.words, written, kind)
        if kind.numeric:
            return exact(written) if cell.own else _number(written, kind, name)
        return constant(written, kind)


def _text(written: str) -> str:
    if not matches(NAME_PATTERN, written):
        raise ValueError("takes one line of at most 200 characters")
    return written


def _choices(words: Mapping[str, Value], written: str, value_type: ValueType) -> Value:
    parts = [word.strip() for word in written.split(LIST_SEPARATOR) if word.strip()]
    known: list[Any] = [words.get(word, word) for word in parts]
    return constants([word for word in known if word is not None], value_type)


def _number(written: str, value_type: ValueType, name: str) -> Value:
    try:
        return constant(written, value_type)
    except ValueError as error:
        if not _has_more_digits(written, value_type):
            raise
        raise ValueError(
            told(
                "{error}; say in the mapping how to round it: read the column under a name of your own, "
                "raw: {{column: ..., type: number}}, and write the formula {name}: round(raw, {decimals})",
                error=error,
                name=name,
                decimals=value_type.decimals,
            )
        ) from None


def _has_more_digits(written: str, value_type: ValueType) -> bool:
    """Whether it is a number that merely has more digits than ``value_type`` keeps."""
    try:
        number = exact(written)
    except ValueError:
        return False
    return quantised(number, value_type.decimals) != number
