"""Decisions as documents: the one that is sealed, and the answer that is read.

The sealed document holds what cannot be had from anywhere else: values, ids,
codes. Labels and texts come from the ruleset's immutable text by its digest, so
an answer read back years later says word for word what was said then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from app.domain.access import View
from app.domain.decision import Decision, Evaluation, Note
from app.domain.instants import utc_text
from app.domain.ruleset import Ruleset
from app.domain.values import Text
from app.domain.wording import reason_text
from schemas.origins import origins
from schemas.views import SalesView

DOCUMENT_FORMAT = 1


def evaluation_document(evaluation: Evaluation) -> dict[str, Any]:
    """What an evaluation found, in JSON's terms; equal documents mean an identical replay.

    Written and read once, so that the document is what anyone will read back later.
    """
    return document_of(orjson.dumps(_found(evaluation), default=_exact))


def _found(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "format": DOCUMENT_FORMAT,
        "digest": evaluation.ruleset.digest,
        "as_of": evaluation.as_of,
        "facts": evaluation.facts,
        "derived": evaluation.derived,
        "outcome": evaluation.outcome,
        "outputs": evaluation.outputs,
        "reasons": [[reason.code, reason.rule] for reason in evaluation.reasons],
        "fired": [
            [
                f"{step}/{rule.id}",
                read,
                effect,
                effective,
                decisive,
                lost,
            ]
            for step, rule, read, effect, effective, decisive, lost in evaluation.fired
        ],
        "notes": [_note(one) for one in evaluation.notes],
        "not_held": evaluation.not_held,
        "failure": [evaluation.failure.code, evaluation.failure.detail] if evaluation.failure else None,
        "texts": {reason.code: _words(reason_text(evaluation, reason.code)) for reason in evaluation.reasons},
    }


def _exact(value: object) -> str:
    """The JSON form of a decimal: every digit of its scale, never an exponent."""
    if isinstance(value, Decimal):
        text = str(value)  # a third of the time of "f", and the same unless the number is very small
        return f"{value:f}" if "E" in text else text
    raise TypeError(f"a {type(value).__name__} does not stand in a document")


def _note(note: Note) -> list[Any]:
    return [note.name, list(note.because), note.unknown]


def decision_document(
    decision: Decision,
    recalled: Sequence[str],
    filled: Mapping[str, Any] | None = None,
    entered_by: Sequence[str] = (),
) -> dict[str, Any]:
    """The whole of a decision that is sealed.

    ``filled`` has the origins of the facts that the customer file filled in, or could not, and ``entered_by``
    the people who entered any of those by hand.
    """
    document = evaluation_document(decision.evaluation)
    document["customer"] = decision.customer
    document["reference"] = decision.reference
    document["requested_by"] = decision.requested_by
    document["role"] = decision.role
    document["asked_by"] = decision.asked_by
    if decision.replaces is not None:
        document["replaces"] = str(decision.replaces)
    document["recalled"] = list(recalled)
    document["origins"] = dict(filled or {})
    document["entered_by"] = list(entered_by)
    document["decided_at"] = utc_text(decision.decided_at)
    return document


def sealed_bytes(document: Mapping[str, Any]) -> bytes:
    """The bytes that are sealed."""
    return orjson.dumps(document)


def document_of(sealed: bytes) -> dict[str, Any]:
    """The document that ``sealed_bytes`` wrote."""
    document: dict[str, Any] = orjson.loads(sealed)
    return document


class Presenter:
    """Turns documents of one ruleset into answers; what does not depend on the decision is made once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._head = {"version": ruleset.version, "digest": ruleset.digest}
        self._rules = {
            f"{step.id}/{rule.id}": {
                "step": step.id,
                "rule": rule.id,
                "label": _words(rule.label),
                "source": rule.source,
            }
            for step in ruleset.match_steps
            for rule in step.rules
        }
        self._outcomes = {
            one.id: {"kind": str(one.kind), "label": _words(one.label), "confirm": one.confirm}
            for one in ruleset.outcomes
        }
        self._sales = SalesView(ruleset)

    def answer(self, document: Mapping[str, Any], view: View = View.FULL, **about: Any) -> dict[str, Any]:
        """A document as ``view`` tells it. ``about`` stands first: id, decided_at and the like."""
        outcome = self._outcomes[document["outcome"]]
        answer: dict[str, Any] = {
            **about,
            "policy": self._ruleset.policy,
            "ruleset": self._head,
            "as_of": document["as_of"],
            "outcome": document["outcome"],
            "outcome_kind": outcome["kind"],
            "outcome_label": outcome["label"],
            "needs_confirmation": outcome["confirm"],
            "currency": self._ruleset.currency,
        }
        return answer | (self._told(document) if view is View.FULL else self._told_sales(document))

    def _told_sales(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "outputs": self._sales.outputs(document),
            "reasons": self._sales.reasons(document),
            "facts": self._sales.facts(document),
            "filled_in": self._sales.filled_in(document),
        }

    def _told(self, document: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "outputs": document["outputs"],
            "reasons": [
                {
                    "code": code,
                    "text": document["texts"][code],
                    "rule": rule,
                    "principal": place < self._ruleset.principal_reasons,
                }
                for place, (code, rule) in enumerate(document["reasons"])
            ],
            "fired": [
                {
                    **self._rules[rule],
                    "read": read,
                    "effect": effect,
                    "effective": effective,
                    "decisive": decisive,
                    "points_lost": lost,
                }
                for rule, read, effect, effective, decisive, lost in document["fired"]
            ],
            "facts": document["facts"],
            "origins": origins(document),
            "derived": document["derived"],
            "notes": [
                {"name": name, "because": because, "unknown": unknown}
                for name, because, unknown in document["notes"]
            ],
        }
        if document["failure"]:
            told["failure"] = {"code": document["failure"][0], "detail": document["failure"][1]}
        return told


def _words(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
