"""The bricks of which the shapes of answers are built: JSON Schema (2020-12), closed by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.json_values import ANSWERED_DECIMAL

Schema = Mapping[str, Any]


def closed(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with exactly these members, all there but the ``optional`` ones."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def listed(items: Schema) -> dict[str, Any]:
    """A list of such items."""
    return {"type": "array", "items": dict(items)}


def or_null(schema: Schema) -> dict[str, Any]:
    """The same, or null where it is unknown or was not given."""
    return {"anyOf": [dict(schema), {"type": "null"}]}


def part(name: str) -> dict[str, Any]:
    """A reference to one of the named shapes."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
YES_NO: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
DAY: Schema = {"type": "string", "format": "date"}
ID: Schema = {"type": "string", "format": "uuid"}
DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
INSTANT: Schema = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
    "description": "an instant in UTC",
}
DECIMAL: Schema = {"type": "string", "pattern": ANSWERED_DECIMAL}
ANY: Schema = {"description": "a value by its declared type; null is unknown"}
VALUES: Schema = {"type": "object", "additionalProperties": ANY}
SAID: Schema = {
    "anyOf": [part("Words"), {"type": "string"}],
    "description": "one language where `lang` asked for it",
}
KINDS: Schema = {"enum": ["favourable", "conditional", "incomplete", "referral", "adverse"]}
