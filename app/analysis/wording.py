"""Boxes, values and facts in the words of the ruleset: labels, and values as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.analysis.findings import Facts
from app.analysis.geometry.columns import SOMETHING, Column, Places
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import Span, bounded, value_at
from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.matching import rule_numbers
from app.domain.messages import Message, joined, told
from app.domain.rules import AS_OF, OUTCOME, Formula, Rule, Scorecard
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Text, Value, ValueType
from app.domain.wording import in_words

MOST_NAMED = 12
_DAY, _OUTCOME = Text("Day of the decision", "决策日期"), Text("Outcome so far", "目前结果")


def label_of(ruleset: Ruleset, name: str) -> Text:
    """What people call a name."""
    if name in (AS_OF, OUTCOME):
        return _DAY if name == AS_OF else _OUTCOME
    for declared in (ruleset.facts, ruleset.outputs, ruleset.parameters):
        if name in declared:
            return declared[name].label
    steps = (one for one in ruleset.steps if isinstance(one, Formula | Scorecard) and one.name == name)
    return next((one.label for one in steps), Text(name, name))


def in_step(step: str, said: str) -> str:
    """What is said of a step, with its id."""
    return told("`{step}`: {said}", step=step, said=said)


def without_place(message: str) -> str:
    """What is said of a step, a case or a part of a text without its name, for who has told it already."""
    return str(message.values["said"]) if isinstance(message, Message) else message


def row(rule: Rule) -> str:
    """A rule by id and line."""
    return told("`{rule}` (line {line})", rule=rule.id, line=rule.line)


def rows(rules: Sequence[Rule], most: int = 4) -> str:
    """Several rules by id and line."""
    named = [row(one) for one in rules[:most]]
    if len(rules) > most:
        named.append(told("{number} more", number=len(rules) - most))
    if len(named) == 1:
        return named[0]
    return told("{first} and {last}", first=joined(", ", named[:-1]), last=named[-1])


def box_said(ruleset: Ruleset, grid: Grid, box: Box) -> str:
    """A box by the columns that it narrows; the whole is "any values"."""
    parts = [
        joined(" ", (label_of(ruleset, column.name), _places_said(ruleset, column, places)))
        for column, places, every in zip(grid.columns, box, grid.whole, strict=True)
        if places != every
    ]
    return joined("; ", parts) or "any values"


def sample_said(ruleset: Ruleset, sample: Mapping[str, Value]) -> str:
    """One value a column."""
    types = ruleset.types
    values = ((label_of(ruleset, name), _said(ruleset, value, types[name])) for name, value in sample.items())
    return joined(", ", (joined(" ", one) for one in values))


def facts_said(ruleset: Ruleset, facts: Facts) -> str:
    """Facts by what differs from the baseline."""
    changed = {name: value for name, value in facts.values.items() if value != ruleset.baseline.get(name)}
    types = ruleset.types
    said: list[str] = [
        joined(" ", (name, _said(ruleset, value, types[name]))) for name, value in changed.items()
    ]
    if facts.as_of != ruleset.baseline_as_of:
        said.append(f"{AS_OF} {facts.as_of.isoformat()}")
    if len(said) > MOST_NAMED:
        said[MOST_NAMED:] = [told("and {number} more", number=len(said) - MOST_NAMED)]
    return told("the baseline with {changes}", changes=joined(", ", said)) if said else "the baseline"


def _said(ruleset: Ruleset, value: Value, value_type: ValueType) -> Text | str:
    if value_type.kind in (Kind.TEXT, Kind.RECORDS, Kind.DATES) and value is not None:
        return told("known") if value == SOMETHING else in_words(value, value_type)
    said = in_words(value, value_type, ruleset.currency)
    return said if said.en.strip() else told("empty")


def _places_said(ruleset: Ruleset, column: Column, places: Places) -> Text | str:
    kind = column.type
    chosen = [column.places[i] for i in rule_numbers(places)]
    spans = _adjoining([place.span for place in chosen if place.span is not None])
    values = [place.value for place in chosen if place.span is None]
    said: list[Text | str] = [_span_said(ruleset, span, kind) for span in spans]
    known = [value for value in values if value is not None]
    if kind.kind is Kind.CHOICES and known:
        said.append(
            told(
                "such as {values}", values=joined(" or ", (_listed(ruleset, one, kind) for one in known[:3]))
            )
        )
    else:
        said += [_said(ruleset, one, kind) for one in known]
    if None in values:
        said.append(_said(ruleset, None, kind))
    return joined(" or ", said)


def _listed(ruleset: Ruleset, value: Value, kind: ValueType) -> str:
    return joined("", ("(", _said(ruleset, value, kind), ")")) if value else "an empty list"


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


def _span_said(ruleset: Ruleset, span: Span, kind: ValueType) -> Text | str:
    values = (None if tick is None else value_at(tick, kind) for tick in bounded(span, kind))
    ends = (None if value in (FIRST_DAY, LAST_DAY) else value for value in values)  # nobody wrote them
    low, high = (None if value is None else _said(ruleset, value, kind) for value in ends)
    if low is None or high is None:
        return (
            told("from {low}", low=low) if low else told("up to {high}", high=high) if high else told("known")
        )
    return low if low == high else told("{low} to {high}", low=low, high=high)
