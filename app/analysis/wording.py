"""Boxes, values and facts in the words of the ruleset: labels, and values as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.analysis.findings import Facts
from app.analysis.geometry.columns import SOMETHING, Column, Places
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import Span, bounded, value_at
from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.matching import rule_numbers
from app.domain.rules import AS_OF, OUTCOME, Formula, Rule, Scorecard
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, ValueType
from app.domain.wording import spoken

MOST_NAMED = 12


def label_of(ruleset: Ruleset, name: str) -> str:
    """What people call a name."""
    if name in (AS_OF, OUTCOME):
        return "Day of the decision" if name == AS_OF else "Outcome so far"
    for declared in (ruleset.facts, ruleset.outputs, ruleset.parameters):
        if name in declared:
            return declared[name].label.en
    steps = (one for one in ruleset.steps if isinstance(one, Formula | Scorecard) and one.name == name)
    return next((one.label.en for one in steps), name)


def row(rule: Rule) -> str:
    """A rule by id and line."""
    return f"`{rule.id}` (line {rule.line})"


def rows(rules: Sequence[Rule], most: int = 4) -> str:
    """Several rules by id and line."""
    named = [row(one) for one in rules[:most]]
    if len(rules) > most:
        named.append(f"{len(rules) - most} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def box_said(ruleset: Ruleset, grid: Grid, box: Box) -> str:
    """A box by the columns that it narrows; the whole is "any values"."""
    parts = [
        f"{label_of(ruleset, column.name)} {_places_said(ruleset, column, places)}"
        for column, places, every in zip(grid.columns, box, grid.whole, strict=True)
        if places != every
    ]
    return "; ".join(parts) or "any values"


def sample_said(ruleset: Ruleset, sample: Mapping[str, Value]) -> str:
    """One value a column."""
    types = ruleset.types
    return ", ".join(
        f"{label_of(ruleset, name)} {_said(ruleset, value, types[name])}" for name, value in sample.items()
    )


def facts_said(ruleset: Ruleset, facts: Facts) -> str:
    """Facts by what differs from the baseline."""
    changed = {name: value for name, value in facts.values.items() if value != ruleset.baseline.get(name)}
    said = [f"{name} {_said(ruleset, value, ruleset.facts[name].type)}" for name, value in changed.items()]
    if facts.as_of != ruleset.baseline_as_of:
        said.append(f"{AS_OF} {facts.as_of.isoformat()}")
    if len(said) > MOST_NAMED:
        said[MOST_NAMED:] = [f"and {len(said) - MOST_NAMED} more"]
    return f"the baseline with {', '.join(said)}" if said else "the baseline"


def _said(ruleset: Ruleset, value: Value, value_type: ValueType) -> str:
    if value_type.kind in (Kind.TEXT, Kind.RECORDS, Kind.DATES) and value is not None:
        return "known" if value == SOMETHING else spoken(value, value_type)
    return spoken(value, value_type, currency=ruleset.currency).strip() or "empty"


def _places_said(ruleset: Ruleset, column: Column, places: Places) -> str:
    kind = column.type
    chosen = [column.places[i] for i in rule_numbers(places)]
    spans = _adjoining([place.span for place in chosen if place.span is not None])
    values = [place.value for place in chosen if place.span is None]
    said = [_span_said(ruleset, span, kind) for span in spans]
    known = [value for value in values if value is not None]
    if kind.kind is Kind.CHOICES and known:
        said.append(f"such as {' or '.join(_listed(ruleset, one, kind) for one in known[:3])}")
    else:
        said += [_said(ruleset, one, kind) for one in known]
    if None in values:
        said.append(_said(ruleset, None, kind))
    return " or ".join(said)


def _listed(ruleset: Ruleset, value: Value, kind: ValueType) -> str:
    return f"({_said(ruleset, value, kind)})" if value else "an empty list"


def _adjoining(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those without a gap between them as one."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: (span.low is not None, span.low or 0)):
        last = found[-1] if found else None
        if last is not None and last.high is not None and one.low == last.high + 1:
            found[-1] = Span(last.low, one.high)
        else:
            found.append(one)
    return found


def _span_said(ruleset: Ruleset, span: Span, kind: ValueType) -> str:
    values = (None if tick is None else value_at(tick, kind) for tick in bounded(span, kind))
    ends = (None if value in (FIRST_DAY, LAST_DAY) else value for value in values)  # nobody wrote them
    low, high = (None if value is None else _said(ruleset, value, kind) for value in ends)
    if low is None or high is None:
        return f"from {low}" if low else f"up to {high}" if high else "known"
    return low if low == high else f"{low} to {high}"
