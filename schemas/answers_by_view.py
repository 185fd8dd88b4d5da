"""The shapes of answers that differ by who reads them: in full, or as sales are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.answers import ABOUT, SIMULATED, found
from schemas.shapes import (
    DAY,
    ID,
    INSTANT,
    SAID,
    TEXT,
    VALUES,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)

_TOLD = (
    "policy",
    "ruleset",
    "as_of",
    "outcome",
    "outcome_kind",
    "outcome_label",
    "needs_confirmation",
    "currency",
)
_FILLED_IN: Schema = {
    "type": "object",
    "additionalProperties": {"enum": ["file", "receivables", "signals"]},
    "description": "facts that were filled in, and from where; sensitive ones are not named",
}
_REASON = closed({"code": TEXT, "text": part("Words"), "principal": YES_NO})


def _for_sales(
    about: Mapping[str, Schema], outcome: Schema, outputs: Schema, facts: Schema
) -> dict[str, Any]:
    told = {name: shape for name, shape in found(outcome=outcome).items() if name in _TOLD}
    shown = {"outputs": outputs, "reasons": listed(_REASON), "facts": facts, "filled_in": _FILLED_IN}
    return closed({**about, **told, **shown})


def decision_for_sales(
    outcome: Schema = TEXT, outputs: Schema = VALUES, facts: Schema = VALUES, **more: Schema
) -> dict[str, Any]:
    """A decision without the rules that held, values read, calculated values, and all that is sensitive."""
    about = {name: shape for name, shape in ABOUT.items() if name != "recalled"}
    return _for_sales({**about, **more}, outcome, outputs, facts)


def simulation_for_sales(
    outcome: Schema = TEXT, outputs: Schema = VALUES, facts: Schema = VALUES
) -> dict[str, Any]:
    """The same of what would be decided."""
    return _for_sales(SIMULATED, outcome, outputs, facts)


def _one_of(*names: str) -> dict[str, Any]:
    return {"oneOf": [part(name) for name in names]}


SHAPES: Mapping[str, Schema] = {
    "DecisionForSales": decision_for_sales(),
    "SimulationForSales": simulation_for_sales(),
    "DecisionAnswer": _one_of("Decision", "DecisionForSales"),
    "SimulationAnswer": _one_of("Simulation", "SimulationForSales"),
    "DecisionRead": {
        "oneOf": [
            closed(
                {
                    **ABOUT,
                    **found(),
                    "asked_before": listed(part("AskedBefore")),
                    "standing": or_null(part("Resolution")),
                },
                optional=("failure", "asked_before"),
            ),
            decision_for_sales(standing=or_null(part("StandingForSales"))),
        ]
    },
    "AskedBefore": {
        **closed({"id": ID, "decided_at": INSTANT, "outcome": TEXT, "differing": listed(TEXT)}),
        "description": "an earlier answer to the same customer and reference, and the facts that differed",
    },
    "ExplanationAnswer": _one_of("Explanation", "ExplanationForSales"),
    "ExplanationForSales": closed(
        {
            "id": ID,
            "policy": TEXT,
            "ruleset": part("Ruleset"),
            "as_of": DAY,
            "outcome": TEXT,
            "outcome_label": SAID,
            "reasons": listed(closed({"code": TEXT, "text": SAID})),
            "not_stated": {
                **listed(closed({"name": TEXT, "label": SAID})),
                "description": "facts that sales may state and that were not",
            },
        }
    ),
}
