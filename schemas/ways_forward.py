"""Ways forward as JSON: what to change, and what it would get, in values and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.access import View
from app.domain.decision import Evaluation
from app.domain.values import LANGUAGES, Text, quantised
from app.domain.ways_forward import WITHHELD, Change, Way, WaysForward, change_said, way_said
from schemas.decisions import evaluation_document
from schemas.json_values import json_value
from schemas.shapes import (
    ANY,
    DAY,
    DECIMAL,
    ID,
    KINDS,
    SAID,
    TEXT,
    VALUES,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)
from schemas.views import SalesView, told_facts, told_outputs, told_ways

STEP_DECIMALS = 4


def ways_document(found: WaysForward, view: View = View.FULL, language: str | None = None) -> dict[str, Any]:
    """All of it as ``view`` tells it; texts in ``language``, or in both as ``{en, zh}``."""
    ruleset = found.ruleset
    ways, outputs = told_ways(found, view), told_outputs(ruleset, view)
    shown = _Shown(found, view, language)
    document: dict[str, Any] = {
        "policy": ruleset.policy,
        "ruleset": {"version": ruleset.version, "digest": ruleset.digest},
        "decided_by": found.decided_by,
        "as_of": found.unchanged.as_of.isoformat(),
        "decided": found.decided,
        "unchanged": shown.outcome(found.unchanged),
        "currency": ruleset.currency,
        "changeable": [
            {"name": name, "label": shown.said(ruleset.facts[name].label)}
            for name in found.changeable
            if name in told_facts(ruleset, view)
        ],
        "ways": [shown.way(one, outputs) for one in ways],
        "settled": found.settled,
        "left_out": found.left_out,
        "said": [shown.said(one) for one in _said(found, len(ways))],
    }
    if view is View.FULL:
        document |= {"evaluations": found.evaluations, "not_carried": found.not_carried}
    return document


def _said(found: WaysForward, shown: int) -> list[Text]:
    """What is to be said beside the ways: how far they go, and that some are not told here."""
    withheld = [WITHHELD] if shown < len(found.ways) else []
    return [*([] if found.said is None else [found.said]), *withheld]


class _Shown:
    """Parts of the document, for one view and language."""

    def __init__(self, found: WaysForward, view: View, language: str | None) -> None:
        self._found = found
        self._language = language
        self._sales = SalesView(found.ruleset) if view is View.SALES else None

    def said(self, text: Text) -> Any:
        if self._language is None:
            return dict(zip(LANGUAGES, (text.en, text.zh), strict=True))
        return text.said_in(self._language)

    def outcome(self, evaluation: Evaluation) -> dict[str, Any]:
        outcome = evaluation.ruleset.outcome(evaluation.outcome)
        return {
            "outcome": outcome.id,
            "outcome_kind": str(outcome.kind),
            "outcome_label": self.said(outcome.label),
            "needs_confirmation": outcome.confirm,
        }

    def way(self, way: Way, outputs: tuple[str, ...]) -> dict[str, Any]:
        document = evaluation_document(way.evaluation)
        told: dict[str, Any] = {
            "changes": [self._change(one) for one in way.changes],
            "steps": json_value(quantised(way.steps, STEP_DECIMALS)),
            **self.outcome(way.evaluation),
            "outputs": {name: document["outputs"][name] for name in outputs},
            "reasons": self._reasons(document),
            "said": self.said(way_said(way, self._found.unchanged, outputs)),
        }
        return told if self._sales else {**told, "tells": sorted(way.tells)}

    def _change(self, change: Change) -> dict[str, Any]:
        return {
            "fact": change.fact.name,
            "label": self.said(change.fact.label),
            "before": json_value(change.before),
            "after": json_value(change.after),
            "said": self.said(change_said(change, self._found.ruleset.currency)),
        }

    def _reasons(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        if self._sales is None:
            told = [(code, document["texts"][code]) for code, _ in document["reasons"]]
        else:
            told = [(one["code"], one["text"]) for one in self._sales.reasons(document)]
        return [{"code": code, "text": self.said(Text(**text))} for code, text in told]


_GOT: Mapping[str, Schema] = {
    "outcome": TEXT,
    "outcome_kind": KINDS,
    "outcome_label": SAID,
    "needs_confirmation": YES_NO,
}
_CHANGE = closed({"fact": TEXT, "label": SAID, "before": ANY, "after": ANY, "said": SAID})

SHAPES: Mapping[str, Schema] = {
    "WayForward": {
        **closed(
            {
                "changes": listed(_CHANGE),
                "steps": DECIMAL,
                **_GOT,
                "outputs": VALUES,
                "reasons": listed(closed({"code": TEXT, "text": SAID})),
                "said": SAID,
                "tells": listed(TEXT),
            },
            optional=("tells",),
        ),
        "description": "what to ask for otherwise, and what both engines say of it; with no changes it is"
        " enough to ask again. `steps` is the sum of the changes, each in steps of its"
        " fact; `tells` are sensitive names of which a reader would learn",
    },
    "WaysForward": {
        **closed(
            {
                "id": ID,
                "policy": TEXT,
                "ruleset": part("Ruleset"),
                "decided_by": TEXT,
                "as_of": DAY,
                "decided": TEXT,
                "unchanged": closed(_GOT),
                "currency": TEXT,
                "changeable": listed(closed({"name": TEXT, "label": SAID})),
                "ways": listed(part("WayForward")),
                "settled": YES_NO,
                "left_out": WHOLE,
                "said": listed(SAID),
                "evaluations": WHOLE,
                "not_carried": or_null(TEXT),
            },
            optional=("evaluations", "not_carried"),
        ),
        "description": "`ruleset` is the one asked, in force now; `decided_by` the version that decided, and"
        " `not_carried` why the one in force could not be asked. `unchanged` is what it says of the same"
        " facts. `settled`: the search was finished, so that there are no ways but these and `left_out` more",
    },
}
