"""The values of a recorded decision, typed again: what a referral is measured by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.rules import AS_OF, OUTCOME, Reference
from app.domain.ruleset import Ruleset
from app.domain.values import Value
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
            found = document[part][name]
            return None if found is None else value_from_json(found, ruleset.types[name])
    parameter = ruleset.parameters.get(name)
    return None if parameter is None else parameter.value
