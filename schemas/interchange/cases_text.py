"""Cases as the text of a ruleset writes them, to be pasted below ``cases:``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from app.domain.rules import AS_OF, OUTCOME
from app.domain.ruleset import Case, Ruleset
from app.domain.values import DECIMAL_KINDS, WHOLE_KINDS, Kind, Value, Values, ValueType
from schemas.interchange.rows_text import scalar
from schemas.ruleset.cases import FIRED, NOT_FIRED, REASONS
from schemas.ruleset.words import UNKNOWN


def case_text(ruleset: Ruleset, case: Case, name: str | None = None) -> str:
    """One case on a few lines, under another ``name`` where one is given."""
    lines = [f"- name: {scalar(case.name if name is None else name)}\n"]
    lines.append(f"  given: {{{_pairs(ruleset, case.given)}}}\n")
    if case.as_of != ruleset.baseline_as_of:
        lines.append(f"  {AS_OF}: {case.as_of.isoformat()}\n")
    lines.append(f"  expect: {{{', '.join(_expected(ruleset, case))}}}\n")
    return "".join(lines)


def _expected(ruleset: Ruleset, case: Case) -> list[str]:
    found = [] if case.outcome is None else [f"{OUTCOME}: {case.outcome}"]
    if case.reasons is not None:
        found.append(f"{REASONS}: {_listed(case.reasons)}")
    if case.values:
        found.append(_pairs(ruleset, case.values))
    for key, rules in ((FIRED, case.fired), (NOT_FIRED, case.not_fired)):
        if rules:
            found.append(f"{key}: {_listed(rules)}")
    return found


def _pairs(ruleset: Ruleset, values: Values) -> str:
    return ", ".join(f"{name}: {value_text(value, ruleset.types[name])}" for name, value in values.items())


def value_text(value: Value, kind: ValueType) -> str:
    """A value as an author writes it; it is read back as the same."""
    if value is None:
        return UNKNOWN
    if kind.kind is Kind.PERCENT:
        return f"{_plain(Decimal(value) * 100)}%"
    if kind.kind in DECIMAL_KINDS:
        number = Decimal(value)
        return f"{number:,f}".replace(",", "_") if kind.kind is Kind.MONEY else _plain(number)
    if kind.kind in WHOLE_KINDS:
        return f"{value:_}"
    if kind.kind is Kind.YES_NO:
        return '"yes"' if value else '"no"'
    if kind.kind is Kind.RECORDS:
        return f"[{', '.join(f'{{{_record(one, kind)}}}' for one in value)}]"
    if kind.kind is Kind.CHOICES:
        return _listed(value)
    return value.isoformat() if isinstance(value, date) else scalar(value)


def _record(record: Values, kind: ValueType) -> str:
    return ", ".join(f"{name}: {value_text(one, kind.fields[name])}" for name, one in record.items())


def _listed(words: Sequence[str]) -> str:
    return f"[{', '.join(map(scalar, words))}]"


def _plain(number: Decimal) -> str:
    text = f"{number:,f}".replace(",", "_")
    return text.rstrip("0").rstrip(".") if "." in text else text
