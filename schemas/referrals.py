"""The shapes of referrals, resolutions, overrides and events, and events as they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.events import Event, Feed
from app.domain.instants import utc_text
from schemas.shapes import (
    DAY,
    DECIMAL,
    DIGEST,
    ID,
    INSTANT,
    KINDS,
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

_TOLD: Mapping[str, Schema] = {
    "outcome": TEXT,
    "outcome_kind": KINDS,
    "outcome_label": part("Words"),
    "terms": or_null(VALUES),
    "settled_at": INSTANT,
    "expires_at": or_null(INSTANT),
}
_WORDS_BY_CODE: Schema = {"type": "object", "additionalProperties": part("Words")}
_ITEM: Mapping[str, Schema] = {
    "decision": ID,
    "policy": TEXT,
    "ruleset": part("Ruleset"),
    "customer": TEXT_OR_NULL,
    "reference": TEXT_OR_NULL,
    "currency": TEXT,
    "amount": or_null(DECIMAL),
    "days": or_null(WHOLE),
    "outcome": TEXT,
    "outcome_label": part("Words"),
    "needs_confirmation": YES_NO,
    "reasons": listed(closed({"code": TEXT, "text": or_null(part("Words"))})),
    "opened_at": INSTANT,
    "due_at": or_null(INSTANT),
    "overdue": YES_NO,
    "assigned_to": listed(part("Assigned")),
    "may_settle": YES_NO,
    "erased": YES_NO,
    "standing": or_null(part("Resolution")),
    "superseded": {**YES_NO, "description": "the same was referred anew; that decision is the one to settle"},
    "decided_since": {
        **or_null(
            closed(
                {
                    "decision": ID,
                    "as_of": DAY,
                    "outcome": TEXT,
                    "outcome_label": or_null(part("Words")),
                    "referred": YES_NO,
                }
            )
        ),
        "description": "a newer decision on the same; one that is referred comes before one that is not",
    },
    "invoice_settled_on": {**or_null(DAY), "description": "nothing of the invoice is open any more"},
}
_TERM = closed({"label": part("Words"), "type": TEXT, "needed_with": listed(TEXT), "source": TEXT})
_EVENT: Mapping[str, Schema] = {
    "position": WHOLE,
    "kind": TEXT,
    "id": ID,
    "at": INSTANT,
    "policy": TEXT,
    "version": TEXT,
}


def _counted(by: str, shape: Schema, **more: Schema) -> Schema:
    outcomes = {"type": "object", "additionalProperties": WHOLE}
    return closed({by: shape, **more, "settled": WHOLE, "outcomes": outcomes, "overrides": WHOLE})


def _event(kind: str, **more: Schema) -> Schema:
    return closed({**_EVENT, "kind": {"const": kind}, **more})


SHAPES: Mapping[str, Schema] = {
    "Assigned": closed({"id": ID, "role": TEXT, "name": TEXT_OR_NULL}),
    "Resolution": closed(
        {
            **_TOLD,
            "id": ID,
            "decision": ID,
            "reason": closed({"code": TEXT, "text": part("Words")}),
            "note": TEXT_OR_NULL,
            "override": YES_NO,
            "settled_by": TEXT,
            "follows": or_null(ID),
        }
    ),
    "StandingForSales": closed(_TOLD),
    "Referral": closed(_ITEM),
    "ReferralPage": closed({"referrals": listed(part("Referral")), "next": or_null(ID)}),
    "ReferralRead": closed(
        {
            **_ITEM,
            "ruled": TEXT_OR_NULL,
            "settle_with": listed(closed({"outcome": TEXT, "label": part("Words")})),
            "terms": {"type": "object", "additionalProperties": _TERM},
            "reasons_to_give": _WORDS_BY_CODE,
            "resolutions": listed(part("Resolution")),
        }
    ),
    "Overrides": closed(
        {
            "by": {"enum": ["person", "rule", "reason"]},
            "overrides": listed(
                {
                    "oneOf": [
                        _counted("person", TEXT, name=TEXT_OR_NULL),
                        _counted("rule", TEXT),
                        _counted("reason", TEXT),
                    ]
                }
            ),
        }
    ),
    "Events": closed({"events": listed(part("Event")), "next": WHOLE}),
    "Event": {
        "oneOf": [
            _event("decision", outcome=TEXT, outcome_kind=KINDS, referred=YES_NO),
            _event("resolution", decision=ID, outcome=TEXT, follows=or_null(ID), expires_at=or_null(INSTANT)),
            _event(
                "ruleset",
                digest=DIGEST,
                state={"enum": ["active", "withdrawn", "retired"]},
                effective_from=or_null(INSTANT),
            ),
        ]
    },
}


def feed_document(feed: Feed) -> dict[str, Any]:
    """Events as they are answered: of each kind only what it has."""
    return {"events": [_event_document(one) for one in feed.events], "next": feed.next}


def _event_document(one: Event) -> dict[str, Any]:
    said: dict[str, Any] = {
        "position": one.position,
        "kind": one.kind,
        "id": str(one.id),
        "at": utc_text(one.at),
        "policy": one.policy,
        "version": one.version,
    }
    if one.kind == "decision":
        return {**said, "outcome": one.outcome, "outcome_kind": one.outcome_kind, "referred": one.referred}
    if one.kind == "resolution":
        more = {"decision": str(one.decision), "outcome": one.outcome, "follows": _text(one.follows)}
        return {**said, **more, "expires_at": None if one.expires_at is None else utc_text(one.expires_at)}
    effective = None if one.effective_from is None else utc_text(one.effective_from)
    return {**said, "digest": one.digest, "state": one.state, "effective_from": effective}


def _text(id: object) -> str | None:
    return None if id is None else str(id)
