"""Typed values of baseline, examples and cases, as an author writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from app.domain.declarations import FactSpec
from app.domain.messages import told
from app.domain.rules import AS_OF
from app.domain.values import Kind, Value, ValueType
from app.domain.wording import spoken
from schemas.constants import constant, constants, day, listed, nearest
from schemas.ruleset.faults import within
from schemas.ruleset.scope import Scope
from schemas.ruleset.words import UNKNOWN
from schemas.text import Block, Items, Scalar

BASELINE_DAY = date(2026, 1, 15)


class Samples:
    """Types sample values by the declarations of a ruleset whose steps have been read."""

    def __init__(self, scope: Scope, derived: Collection[str]) -> None:
        self._scope = scope
        self._faults = scope.faults
        self._derived = frozenset(derived)

    def baseline(self, block: Block) -> tuple[dict[str, Value], date]:
        """A value for every fact; those that may be unknown are so unless given."""
        facts = self._scope.facts
        given = self.values(_without_day(block), "baseline", facts)
        for name, fact in facts.items():
            if name not in block and not fact.unknown_allowed:
                self._faults.at(
                    block, told("`{name}` is missing, and it may not be unknown", name=name), "baseline"
                )
        return {**dict.fromkeys(facts), **given}, self.day_of(block, BASELINE_DAY, "baseline")

    def example(self, block: Block, where: str) -> dict[str, Value]:
        """What an example of a rule changes in the baseline; calculated values may be set too."""
        return self.values(block, where, {*self._scope.facts, *self._derived})

    def given(self, block: Block, where: str) -> dict[str, Value]:
        """What a case changes in the baseline: facts alone."""
        return self.values(_without_day(block), where, self._scope.facts)

    def expected(self, block: Mapping[Any, Any], where: str) -> dict[str, Value]:
        """The outputs and calculated values that a case expects."""
        return self.values(block, where, {*self._scope.outputs, *self._derived})

    def day_of(self, block: Block, default: date, where: str) -> date:
        """The day that ``as_of`` says, if it does."""
        if AS_OF in block:
            with self._faults.noted(block[AS_OF], within(where, AS_OF)):
                return day(_scalar(block[AS_OF]))
        return default

    def values(self, block: Mapping[Any, Any], where: str, allowed: Collection[str]) -> dict[str, Value]:
        """The typed values by name; faults are noted, and those names left out."""
        found = {}
        for name, written in block.items():
            inside = within(where, name)
            with self._faults.noted(name, where):
                self._check_settable(name, allowed)
                with self._faults.noted(name if written == "" else written, inside):
                    found[str(name)] = self._value(name, written)
        return found

    def _check_settable(self, name: str, allowed: Collection[str]) -> None:
        if name in allowed:
            return
        names = self._scope.names
        if not names.declares(name):
            raise ValueError(
                told("`{name}` is not declared{near}", name=name, near=nearest(name, sorted(allowed)))
            )
        names.type_of(name)
        what = (
            "a fact, which is given and not expected" if name in self._scope.facts
            else "a parameter, which is the same in every case" if name in self._scope.parameters
            else "an output, which is expected and not given" if name in self._scope.outputs
            else "calculated, and cannot be given here" if name in self._derived
            else "set in the baseline or in a case" if name == AS_OF
            else "what comes out, and is never given"
        )  # fmt: skip
        raise ValueError(told("`{name}` is {what}", name=name, what=what))

    def _value(self, name: str, written: Any) -> Value:
        fact = self._scope.facts.get(name)
        if written == UNKNOWN:
            if fact is not None and not fact.unknown_allowed:
                raise ValueError(
                    "this fact may not be unknown; write `unknown: allowed` at the fact, or give a value"
                )
            return None
        value = sample_value(written, self._scope.names.type_of(name))
        if fact is not None:
            _check_bounds(value, fact)
        return value


def sample_value(written: Any, kind: ValueType) -> Value:
    """The typed value of a sample; raises ``ValueError``."""
    if kind.kind is Kind.CHOICES:
        words = written if isinstance(written, Items) else Items([written])
        return constants([_scalar(one) for one in words], kind)
    if kind.kind is Kind.RECORDS:
        if not isinstance(written, Items):
            raise ValueError(
                told("a list of record is written [{{{name}: ...}}, ...]", name=next(iter(kind.fields)))
            )
        return tuple(_record(one, kind) for one in written)
    return constant(_scalar(written), kind)


def _record(written: Any, kind: ValueType) -> dict[str, Value]:
    fields = list(kind.fields)
    if not isinstance(written, Block):
        raise ValueError(
            told("a record is written with its fields, such as {{{fields}: ...}}", fields=fields[0])
        )
    found: dict[str, Value] = {}
    for name, value in written.items():
        if name not in kind.fields:
            raise ValueError(
                told(
                    "`{name}` is no field of this record; its fields are {fields}{near}",
                    name=name,
                    fields=listed(fields),
                    near=nearest(name, fields),
                )
            )
        found[str(name)] = None if value == UNKNOWN else sample_value(value, kind.fields[name])
    return found


def _scalar(written: Any) -> Scalar:
    if not isinstance(written, Scalar):
        raise ValueError("one value stands here, not a list or a record")
    return written


def _check_bounds(value: Value, fact: FactSpec) -> None:
    for bound, outside, called in (
        (fact.minimum, fact.minimum is not None and value < fact.minimum, "least"),
        (fact.maximum, fact.maximum is not None and value > fact.maximum, "most"),
    ):
        if outside:
            raise ValueError(
                told(
                    "{value} cannot be given; the {called} is {bound}",
                    value=spoken(value, fact.type),
                    called=told(called),
                    bound=spoken(bound, fact.type),
                )
            )


def _without_day(block: Block) -> dict[Any, Any]:
    return {name: value for name, value in block.items() if name != AS_OF}
