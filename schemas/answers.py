"""The shape of every answer as JSON Schema, closed: what is not written here is never sent.

The OpenAPI documents are made from these, and the tests hold every real answer against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.origins import EXPLAINED_FACT
from schemas.shapes import (
    ANY,
    DAY,
    DECIMAL,
    DIGEST,
    ID,
    INSTANT,
    KINDS,
    SAID,
    TEXT,
    TEXT_OR_NULL,
    VALUES,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)


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
        "origins": {"type": "object", "additionalProperties": part("Origin")},
        "derived": VALUES,
        "notes": listed(part("Note")),
        "failure": part("Failure"),
    }


ABOUT: Mapping[str, Schema] = {
    "id": ID,
    "decided_at": INSTANT,
    "requested_by": TEXT,
    "role": TEXT,
    **dict.fromkeys(("asked_by", "customer", "reference"), TEXT_OR_NULL),
    "replaces": {**or_null(ID), "description": "the decision whose place it takes"},
    "receipt": TEXT,
    "recalled": listed(TEXT),
}
SIMULATED: Mapping[str, Schema] = {
    "simulated_at": INSTANT,
    "customer": TEXT_OR_NULL,
    "reference": TEXT_OR_NULL,
}


def decision(**narrowed: Schema) -> dict[str, Any]:
    """A recorded decision, as it was answered and as it is read back."""
    return closed({**ABOUT, **found(**narrowed)}, optional=("failure",))


def simulation(**narrowed: Schema) -> dict[str, Any]:
    """What would be decided: the same, without what only a record has."""
    return closed({**SIMULATED, **found(**narrowed)}, optional=("failure",))


_RULE: Mapping[str, Schema] = {"rule": TEXT, "label": SAID, "source": TEXT, "line": WHOLE, "said": SAID}
_STEP: Mapping[str, Schema] = {"step": TEXT, "label": SAID, "line": WHOLE}
_FAULT = closed({"code": TEXT, "detail": TEXT, "pointer": TEXT, "line": WHOLE}, optional=("pointer", "line"))
_PROBLEM: Mapping[str, Schema] = {
    "type": TEXT,
    "title": TEXT,
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "detail": TEXT,
    "instance": TEXT,
    "request_id": TEXT_OR_NULL,
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
        },
        optional=("reasons", "rules"),
    ),
    "DecisionPage": closed({"decisions": listed(part("DecisionSummary")), "next": or_null(ID)}),
    "BatchAnswer": {
        "oneOf": [
            closed(
                {
                    "id": {"type": ["string", "integer"]},
                    "replayed": YES_NO,
                    "decision": part("DecisionAnswer"),
                }
            ),
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
            "facts": listed(EXPLAINED_FACT),
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
            "rules": listed(
                {"anyOf": [part("RuleThatHeld"), part("RuleThatDidNot"), part("RuleNotReached")]}
            ),
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
    "Letters": closed(
        {"id": ID, "letters": listed(closed({"id": TEXT, "to": TEXT, "subject": SAID, "body": SAID}))}
    ),
    "PolicySummary": closed(
        {"policy": TEXT, "title": or_null(part("Words")), "active": or_null(part("Ruleset"))}
    ),
    "Policies": closed({"policies": listed(part("PolicySummary"))}),
    "Policy": closed(
        {
            "policy": TEXT,
            "title": part("Words"),
            "description": or_null(part("Words")),
            "ruleset": part("Ruleset"),
            "currency": TEXT,
            "otherwise": TEXT,
            "outcomes": listed(
                closed({"id": TEXT, "kind": KINDS, "label": part("Words"), "needs_confirmation": YES_NO})
            ),
            "facts": {
                "type": "object",
                "description": "a JSON Schema; `x-termwise` holds labels, bounds and roles",
            },
            "outputs": {"type": "object", "description": "a JSON Schema an output"},
            "parameters": {
                "type": "object",
                "additionalProperties": closed(
                    {"type": TEXT, "value": ANY, "source": TEXT, "label": part("Words")}
                ),
            },
            "reasons": {"type": "object", "additionalProperties": part("Words")},
            "letters": listed(TEXT),
            "example": VALUES,
        }
    ),
    "Health": closed(
        {"status": {"enum": ["alive", "ready", "degraded"]}, "faults": listed(TEXT)}, optional=("faults",)
    ),
    "Problem": {
        **closed(_PROBLEM, optional=("instance", "request_id", "errors")),
        "description": "Problem details (RFC 9457), with one entry a fault where there are several.",
    },
}
