"""The values of a recorded decision, typed again: what a referral is measured by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.rules import AS_OF, OUTCOME, Reference
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, ValueType
from schemas.json_values import value_from_json


def recorded(ruleset: Ruleset, document: Mapping[str, Any], written: Value | Reference) -> Value:
    """What a constant or a name stood for when it was decided; None where that was unknown."""
    if not isinstance(written, Reference):
        return written
    name = written.name
    if name == AS_OF:
        return date.fromisoformat(document["as_of"])
    if name == OUTCOME:
        return document["outcome"]
    for part in ("outputs", "derived", "facts"):
        if name in document[part]:
            return typed(document[part][name], ruleset.types[name])
    parameter = ruleset.parameters.get(name)
    return None if parameter is None else parameter.value


def typed(value: Any, kind: ValueType) -> Value:
    """A value of any kind from its JSON form, records and all."""
    if value is None:
        return None
    if kind.kind is Kind.RECORDS:
        return tuple({name: typed(part, kind.fields[name]) for name, part in one.items()} for one in value)
    return value_from_json(value, kind)
