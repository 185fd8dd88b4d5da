"""The shape of every answer as JSON Schema, closed: what is not written here is never sent.

The OpenAPI documents are made from these, and the tests hold every real answer against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.json_values import DECIMAL_PATTERN

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
DECIMAL: Schema = {"type": "string", "pattern": DECIMAL_PATTERN}
ANY: Schema = {"description": "a value by its declared type; null is unknown"}
VALUES: Schema = {"type": "object", "additionalProperties": ANY}
SAID: Schema = {"anyOf": [part("Words"), {"type": "string"}], "description": "one language where `lang` asked for it"}
KINDS: Schema = {"enum": ["favourable", "conditional", "incomplete", "referral", "adverse"]}


def found(*, outcome: Schema = TEXT, outputs: Schema = VALUES, facts: Schema = VALUES) -> dict[str, Schema]:
    """What every evaluation tells, recorded or simulated; a policy's own document narrows the three."""
    return {
        "policy": TEXT,
        "ruleset": part("Ruleset"),
        "as_of": DAY,
        "outcome": outcome,
        "outcome_kind": KINDS,
        "outcome_label": part("Words"),
        "needs_confirmation": YES_NO,
        "currency": TEXT,
        "outputs": outputs,
        "reasons": listed(part("Reason")),
        "fired": listed(part("FiredRule")),
        "facts": facts,
        "derived": VALUES,
        "notes": listed(part("Note")),
        "failure": part("Failure"),
    }


_ABOUT: Mapping[str, Schema] = {
    "id": ID,
    "decided_at": INSTANT,
    "requested_by": TEXT,
    "role": TEXT,
    "on_behalf_of": TEXT_OR_NULL,
    "customer": TEXT_OR_NULL,
    "reference": TEXT_OR_NULL,
    "recalled": listed(TEXT),
}
_SIMULATED: Mapping[str, Schema] = {"simulated_at": INSTANT, "customer": TEXT_OR_NULL, "reference": TEXT_OR_NULL}


def decision(**narrowed: Schema) -> dict[str, Any]:
    """A recorded decision, as it was answered and as it is read back."""
    return closed({**_ABOUT, **found(**narrowed)}, optional=("failure",))


def simulation(**narrowed: Schema) -> dict[str, Any]:
    """What would be decided: the same, without what only a record has."""
    return closed({**_SIMULATED, **found(**narrowed)}, optional=("failure",))


_RULE: Mapping[str, Schema] = {"rule": TEXT, "label": SAID, "source": TEXT, "line": WHOLE, "said": SAID}
_STEP: Mapping[str, Schema] = {"step": TEXT, "label": SAID, "line": WHOLE}
_FAULT = closed({"code": TEXT, "detail": TEXT, "pointer": TEXT, "line": WHOLE}, optional=("pointer", "line"))
_PROBLEM: Mapping[str, Schema] = {
    "type": TEXT,
    "title": TEXT,
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "detail": TEXT,
    "instance": TEXT,
    "errors": listed(_FAULT),
}

SHAPES: Mapping[str, Schema] = {
    "Words": closed({"en": TEXT, "zh": TEXT}),
    "Ruleset": closed({"version": TEXT, "digest": DIGEST}),
    "Reason": closed({"code": TEXT, "text": part("Words"), "rule": TEXT_OR_NULL, "principal": YES_NO}),
    "FiredRule": closed(
        {
            "step": TEXT,
            "rule": TEXT,
            "label": part("Words"),
            "source": TEXT,
            "read": VALUES,
            "effect": VALUES,
            "effective": YES_NO,
            "decisive": YES_NO,
            "points_lost": or_null(DECIMAL),
        }
    ),
    "Note": closed({"name": TEXT, "because": listed(TEXT), "unknown": YES_NO}),
    "Failure": closed({"code": TEXT, "detail": TEXT}),
    "Decision": decision(),
    "Simulation": simulation(),
    "DecisionSummary": closed(
        {
            "id": ID,
            "decided_at": INSTANT,
            "policy": TEXT,
            "ruleset": part("Ruleset"),
            "as_of": DAY,
            "outcome": TEXT,
            "outcome_kind": KINDS,
            "reasons": listed(TEXT),
            "rules": listed(TEXT),
        }
    ),
    "DecisionPage": closed({"decisions": listed(part("DecisionSummary")), "next": or_null(ID)}),
    "BatchAnswer": {
        "oneOf": [
            closed({"id": {"type": ["string", "integer"]}, "replayed": YES_NO, "decision": part("Decision")}),
            closed({"id": {"type": ["string", "integer"]}, "problem": part("Problem")}),
        ]
    },
    "Explanation": closed(
        {
            "id": ID,
            "policy": TEXT,
            "ruleset": part("Ruleset"),
            "as_of": DAY,
            "outcome": TEXT,
            "outcome_label": SAID,
            "reasons": listed(closed({"code": TEXT, "rule": TEXT_OR_NULL, "text": SAID})),
            "facts": listed(closed({"name": TEXT, "label": SAID, "value": ANY, "said": SAID})),
            "steps": listed({"anyOf": [part("ExplainedFormula"), part("ExplainedStep")]}),
            "failure": part("Failure"),
        },
        optional=("failure",),
    ),
    "ExplainedFormula": closed(
        {
            **_STEP,
            "kind": {"const": "formula"},
            "expression": TEXT,
            "value": ANY,
            "said": SAID,
            "operands": VALUES,
            "because": SAID,
            "skipped": listed(TEXT),
        },
        optional=("because", "skipped"),
    ),
    "ExplainedStep": closed(
        {
            **_STEP,
            "kind": {"enum": ["table", "rules", "scorecard"]},
            "reached": YES_NO,
            "hit_policy": TEXT,
            "rules": listed({"anyOf": [part("RuleThatHeld"), part("RuleThatDidNot"), part("RuleNotReached")]}),
        },
        optional=("hit_policy",),
    ),
    "RuleThatHeld": closed(
        {
            **_RULE,
            "fired": {"const": True},
            "read": VALUES,
            "effect": VALUES,
            "effective": YES_NO,
            "decisive": YES_NO,
            "points": DECIMAL,
            "points_lost": DECIMAL,
        },
        optional=("points", "points_lost"),
    ),
    "RuleThatDidNot": closed(
        {**_RULE, "fired": {"const": False}, "failing": closed({"fact": TEXT, "test": TEXT, "actual": ANY})}
    ),
    "RuleNotReached": closed({**_RULE, "fired": {"const": False}}),
    "Replay": closed(
        {
            "id": ID,
            "result": {"enum": ["identical", "different"]},
            "differences": listed(closed({"part": TEXT, "recorded": ANY, "replayed": ANY})),
        }
    ),
    "Letters": closed({"id": ID, "letters": listed(closed({"id": TEXT, "to": TEXT, "subject": SAID, "body": SAID}))}),
    "Health": closed({"status": {"enum": ["alive", "ready"]}}),
    "Problem": {
        **closed(_PROBLEM, optional=("instance", "errors")),
        "description": "Problem details (RFC 9457), with one entry a fault where there are several.",
    },
}
