"""What another version would have answered, counted: who flips from what to what, and what that moves.

Values are in their JSON form, decimals as strings, so that what was recorded years
ago is set beside what a version says today. Numbers are compared as numbers,
whatever their scale. Sums are exact; what is unknown is counted, never added as zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.ruleset import Ruleset
from app.domain.values import Kind, ValueType

JSONValues = Mapping[str, Any]
NO_VALUE = ""
"""The segment of what has no known value."""


class Answer(NamedTuple):
    """One version's answer; ``outputs`` and ``derived`` by name, null where there is nothing."""

    outcome: str
    reasons: tuple[str, ...]
    outputs: JSONValues
    derived: JSONValues


class Compared(NamedTuple):
    """One decision or row under both: ``before`` is the baseline, ``after`` the version that is rehearsed."""

    id: str
    customer: str | None
    reference: str | None
    as_of: str
    facts: JSONValues
    before: Answer
    after: Answer

    @property
    def flips(self) -> bool:
        """Whether the outcome is another one."""
        return self.before.outcome != self.after.outcome

    def value(self, side: Answer, name: str) -> Any:
        """The value of an output, a calculated value or a fact on one side; null where there is none."""
        for values in (side.outputs, side.derived, self.facts):
            if name in values:
                return values[name]
        return None


class Difference(NamedTuple):
    """A decision or row that is answered otherwise; ``outputs`` are those that differ, in both values."""

    one: Compared
    outputs: Mapping[str, tuple[Any, Any]]


def difference(one: Compared, types: Mapping[str, ValueType]) -> Difference | None:
    """What differs between both answers; None when outcome, outputs and reasons are the same."""
    before, after = one.before.outputs, one.after.outputs
    outputs = {
        name: (before.get(name), after.get(name))
        for name in dict.fromkeys((*after, *before))
        if not _same(before.get(name), after.get(name), types.get(name))
    }
    if outputs or one.flips or one.before.reasons != one.after.reasons:
        return Difference(one, outputs)
    return None


def _same(one: Any, other: Any, kind: ValueType | None) -> bool:
    if one == other:
        return True
    if kind is None or one is None or other is None:
        return False
    if kind.numeric:
        return Decimal(one) == Decimal(other)
    if kind.kind is Kind.RECORDS and len(one) == len(other):
        return all(
            _same(record.get(name), twin.get(name), part)
            for record, twin in zip(one, other, strict=True)
            for name, part in kind.fields.items()
        )
    return False


@dataclass(slots=True)
class Sum:
    """A sum on both sides. ``flipped`` is the baseline's sum over those whose outcome is another one."""

    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    flipped: Decimal = Decimal(0)
    unknown_before: int = 0
    unknown_after: int = 0

    def add(self, before: Any, after: Any, *, flips: bool) -> None:
        """Add one decision's values, each null where it is not known."""
        if before is None:
            self.unknown_before += 1
        else:
            self.before += Decimal(before)
            self.flipped += Decimal(before) if flips else 0
        if after is None:
            self.unknown_after += 1
        else:
            self.after += Decimal(after)


@dataclass(slots=True)
class Flow:
    """How many go from one outcome to another (or stay), with the sums of these."""

    decisions: int = 0
    sums: dict[str, Sum] = field(default_factory=dict)


class Tally:
    """Counts decisions by the outcomes of both sides, and adds up the ``measured`` values."""

    def __init__(self, measured: Sequence[str]) -> None:
        self._measured = measured
        self.compared = self.flipped = self.changed = 0
        self.flows: dict[tuple[str, str], Flow] = {}
        self.sums: dict[str, Sum] = {name: Sum() for name in measured}

    def add(self, one: Compared, found: Difference | None) -> None:
        """Count one; ``changed`` are those that keep the outcome and differ in outputs or reasons."""
        self.compared += 1
        self.flipped += one.flips
        self.changed += found is not None and not one.flips
        flow = self.flows.setdefault((one.before.outcome, one.after.outcome), Flow())
        flow.decisions += 1
        for name in self._measured:
            before, after = one.value(one.before, name), one.value(one.after, name)
            for total in (self.sums[name], flow.sums.setdefault(name, Sum())):
                total.add(before, after, flips=one.flips)


class Segments:
    """A tally for all, and one for each value of each of the names ``by``, as the baseline has it."""

    def __init__(self, by: Sequence[str], measured: Sequence[str]) -> None:
        self._measured = measured
        self.whole = Tally(measured)
        self.parts: dict[str, dict[str, Tally]] = {name: {} for name in by}

    def add(self, one: Compared, found: Difference | None) -> None:
        """Count one in the whole and in its part of each name."""
        self.whole.add(one, found)
        for name, parts in self.parts.items():
            value = spelled(one.value(one.before, name))
            parts.setdefault(value, Tally(self._measured)).add(one, found)


def spelled(value: Any) -> str:
    """A choice or yes_no as a segment is called by."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NO_VALUE if value is None else str(value)


def measured(rehearsed: Ruleset, baseline: Ruleset) -> tuple[str, ...]:
    """What is added up when nothing is named: the figures of referrals, then every amount and term given.

    The figures by which authority is measured are the policy's own word for its exposure and its days. They
    are often facts, which no version moves, so all outputs of money and of days are added up besides.
    """
    figures = [one.referrals for one in (rehearsed, baseline) if one.referrals is not None][:1]
    names = [name for one in figures for name in (one.amount, one.days) if name]
    outputs = {**baseline.outputs, **rehearsed.outputs}
    names += [name for name, one in outputs.items() if one.type.kind in (Kind.MONEY, Kind.DAYS)]
    return tuple(dict.fromkeys(names))


def kinds(*rulesets: Ruleset) -> dict[str, ValueType]:
    """The types of all values that a decision may have, the first ruleset's standing above the others'."""
    return {name: kind for one in reversed(rulesets) for name, kind in _of_decisions(one)}


def _of_decisions(ruleset: Ruleset) -> Iterator[tuple[str, ValueType]]:
    names = (*ruleset.facts, *ruleset.outputs, *ruleset.derived)
    return ((name, ruleset.types[name]) for name in names)
