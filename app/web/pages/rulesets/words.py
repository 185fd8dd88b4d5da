"""Rules in words: what a test asks of a value, and what a rule gives, in the reader's language.

Values stand as the rest of the pages says them. Where a test names a parameter, its value is said and what
the parameter is called follows, because the value is what holds and the parameter is where to change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from app.domain.rules import (
    AS_OF,
    OUTCOME,
    Condition,
    Contribution,
    HitPolicy,
    Reference,
    Rule,
    RuleList,
    Step,
)
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import Compare, ContainsAll, Endpoint, IsKnown, IsUnknown, Range, UnaryTest
from app.domain.values import Kind, ValueType
from app.web.pages.formats import value
from app.web.pages.language import N_, _, gettext, language, said

KINDS = {
    Kind.MONEY: N_("amount of money"),
    Kind.PERCENT: N_("per cent"),
    Kind.NUMBER: N_("number"),
    Kind.DAYS: N_("days"),
    Kind.HOURS: N_("hours"),
    Kind.DATE: N_("date"),
    Kind.YES_NO: N_("yes or no"),
    Kind.CHOICE: N_("one of"),
    Kind.CHOICES: N_("any of"),
    Kind.TEXT: N_("text"),
    Kind.RECORDS: N_("list of records"),
    Kind.DATES: N_("list of dates"),
}
"""What a fact of that type takes."""
HIT_POLICIES = {
    HitPolicy.UNIQUE: N_("UNIQUE: at most one row holds."),
    HitPolicy.ANY: N_("ANY: rows that hold together give the same."),
    HitPolicy.FIRST: N_("FIRST: the first that holds decides."),
    HitPolicy.PRIORITY: N_("PRIORITY: of those that hold, the one with the highest output decides."),
    HitPolicy.COLLECT: N_("COLLECT: all that hold count."),
    HitPolicy.RULE_ORDER: N_("RULE ORDER: all that hold count, in this order."),
    HitPolicy.OUTPUT_ORDER: N_("OUTPUT ORDER: all that hold count, the highest output first."),
}
"""Which of the rules that hold count, in one line."""
_PLACE = re.compile(r"\{[a-z_0-9]+\}")
_LISTS = (Kind.CHOICES, Kind.RECORDS)
_SIGNS = {
    "<": N_("under %(value)s"),
    "<=": N_("at most %(value)s"),
    ">": N_("over %(value)s"),
    ">=": N_("at least %(value)s"),
}
_DAYS = {
    "<": N_("before %(value)s"),
    "<=": N_("until %(value)s"),
    ">": N_("after %(value)s"),
    ">=": N_("from %(value)s on"),
}
_RANGES = {
    (True, True): N_("%(low)s to %(high)s"),
    (True, False): N_("%(low)s to under %(high)s"),
    (False, True): N_("over %(low)s to %(high)s"),
    (False, False): N_("over %(low)s to under %(high)s"),
}


class Effect(NamedTuple):
    """What a rule gives: to what, and what; ``kind`` is that of an outcome, else empty."""

    label: str
    given: str
    kind: str = ""


class Words:
    """Says the parts of one ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._and = "；" if language() == "zh" else "; "

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What people call each name that a test or formula reads."""
        ruleset = self.ruleset
        found = {AS_OF: _("Day of the decision"), OUTCOME: _("Outcome so far")}
        for declared in (ruleset.facts, ruleset.parameters, ruleset.outputs):
            found.update({name: said(one.label) for name, one in declared.items()})
        found.update({step.id: said(step.label) for step in ruleset.steps})
        return found

    def conditions(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """Of each condition what it asks about, and what for; none for a rule that always holds."""
        for one in rule.when:
            if not one.test.irrelevant:
                yield self.labels[one.name], self.condition(one)

    def condition(self, one: Condition) -> str:
        """What a condition asks for."""
        return self.test(one.test, self.ruleset.types[one.name])

    def test(self, test: UnaryTest, kind: ValueType) -> str:
        """``over 60 days``, ``High or Extreme``, ``not known``; a dash where anything will do."""
        if test.irrelevant:
            return "–"
        parts = [self._alternative(one, kind) for one in test.alternatives]
        joined = _(" or ").join(parts)
        return _("not %(values)s", values=joined) if test.negated else joined

    def effects(self, rule: Rule) -> Iterator[Effect]:
        """The outcome, what it gives to outputs, and the points of a band."""
        ruleset = self.ruleset
        if rule.outcome is not None:
            outcome = ruleset.outcome(rule.outcome)
            yield Effect("", said(outcome.label), str(outcome.kind))
        for one in rule.then:
            yield Effect(self.labels[one.output], self.contribution(one))

    def contribution(self, one: Contribution) -> str:
        """What one output is given: a value, or the name of what is calculated."""
        if isinstance(one.value, Reference):
            return self._referred(one.value.name)
        kind = self.ruleset.types[one.output]
        if isinstance(one.value, Mapping):
            given = {
                name: self._referred(part.name)
                if isinstance(part, Reference)
                else self.value(part, kind.fields[name])
                for name, part in one.value.items()
            }
            return " · ".join(f"{said(kind.field_labels[name])} {part}" for name, part in given.items())
        return self.value(one.value, kind)

    def rule(self, rule: Rule, step: Step) -> str:
        """What people call a rule: its label in a list, and of a row or band what it asks for."""
        if isinstance(step, RuleList):
            return said(rule.label)
        return self._and.join(" ".join(one) for one in self.conditions(rule)) or _("in any case")

    def outcome(self, id: str) -> str:
        """What an outcome is called."""
        return said(self.ruleset.outcome(id).label)

    def reason(self, code: str) -> str:
        """The words of a reason, an ellipsis for each value that a decision puts in."""
        text = self.ruleset.reasons.get(code)
        return code if text is None else _PLACE.sub("…", said(text))

    def told(self, name: str, given: Any) -> str:
        """A value that somebody gave or expects; also that it is not known, or of a list that it is empty."""
        kind = self.ruleset.types[name]
        if given is None and not (name in self.ruleset.outputs and kind.kind in _LISTS):
            return _("not known")
        return self.value(given, kind) or _("none")

    def value(self, given: Any, kind: ValueType) -> str:
        """A value with its unit; one item of a list by its label."""
        if kind.kind is Kind.CHOICES and isinstance(given, str):
            return said(kind.label_of(given))
        return value(given, kind, self.ruleset.currency)

    def _referred(self, name: str) -> str:
        """What is called by a name; of a parameter its value, too."""
        parameter = self.ruleset.parameters.get(name)
        if parameter is None:
            return self.labels[name]
        return f"{self.value(parameter.value, parameter.type)} ({self.labels[name]})"

    def _alternative(self, one: Any, kind: ValueType) -> str:
        match one:
            case Compare(sign, endpoint):
                end, signs = self._end(endpoint, kind), _DAYS if kind.kind is Kind.DATE else _SIGNS
                return end if sign == "=" else _filled(signs[sign], value=end)
            case Range(low, low_included, high, high_included):
                ends = {"low": self._end(low, kind), "high": self._end(high, kind)}
                return _filled(_RANGES[low_included, high_included], **ends)
            case ContainsAll(values):
                return _("all of %(values)s", values=", ".join(self.value(each, kind) for each in values))
            case IsKnown():
                return _("known")
            case IsUnknown():
                return _("not known")
        raise TypeError(f"{one!r} is no alternative of a test")

    def _end(self, endpoint: Endpoint, kind: ValueType) -> str:
        given = self.value(endpoint.value, kind)
        return given if endpoint.parameter is None else f"{given} ({self.labels[endpoint.parameter]})"


def _filled(message: str, **values: str) -> str:
    return gettext(message) % values
