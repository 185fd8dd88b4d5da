"""What is asked and answered about keeping: erasures, legal holds, and the retention table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE
from marshmallow import Schema as Body

from app.domain.errors import Invalid, Problem
from app.domain.instants import utc_text
from app.domain.keeping import EVERY_POLICY, GIVEN_BY_PEOPLE, MOST_MONTHS, Reason, RetentionRule, State
from app.domain.messages import joined, told
from schemas.bodies import CANNOT, read_body
from schemas.fields import Exact
from schemas.requests import matches
from schemas.shapes import (
    ID,
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)

MOST_SAID = 1000
SAID_PATTERN = rf"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]{{1,{MOST_SAID}}}$"
POLICY_PATTERN = r"^(\*|[a-z][a-z0-9-]{0,63})$"
_SAID = told("a text of 1 to {most} characters", most=MOST_SAID)
_POLICY = told(
    "a policy, or {every_policy} for every one without a keep time of its own", every_policy=EVERY_POLICY
)
_MONTHS = told("a whole number of months from 1 to {most}, or null to keep for good", most=MOST_MONTHS)
_WORDS = tuple(one.value for one in GIVEN_BY_PEOPLE)


def _said(value: Any) -> str:
    if value.__class__ is not str or not value.strip() or not matches(SAID_PATTERN, value):
        raise ValueError(told("takes {wanted}", wanted=_SAID))
    return str(value)


def _reason(value: Any) -> Reason:
    if value.__class__ is not str or value not in _WORDS:
        raise ValueError(told("takes one of {words}", words=joined(", ", _WORDS)))
    return Reason(value)


def _policy(value: Any) -> str:
    if value.__class__ is not str or not matches(POLICY_PATTERN, value):
        raise ValueError(told("takes {wanted}", wanted=_POLICY))
    return str(value)


def _months(value: Any) -> int:
    if value.__class__ is not int or not 1 <= value <= MOST_MONTHS:
        raise ValueError(told("takes {wanted}", wanted=_MONTHS))
    return int(value)


def _text(about: str, pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, "description": about}


class _Closed(Body):
    class Meta:
        unknown = RAISE


class ErasureSchema(_Closed):
    """Why a customer is erased: a code for all to read, and a note that is sealed."""

    reason = Exact(
        _reason,
        required=True,
        takes=told("one of {words}", words=joined(", ", _WORDS)),
        schema={"type": "string", "enum": list(_WORDS)},
    )
    note = Exact(_said, takes=_SAID, schema=_text("names nobody: it outlives the erasure", SAID_PATTERN))


class HoldSchema(_Closed):
    """Why a hold is placed or released; sealed under the customer's key."""

    reason = Exact(_said, required=True, takes=_SAID, schema=_text(_SAID, SAID_PATTERN))


class RetentionSchema(_Closed):
    """How long decisions of a policy are kept, and by which law or rule."""

    policy = Exact(_policy, required=True, takes=_POLICY, schema=_text(_POLICY, POLICY_PATTERN))
    months = Exact(_months, takes=_MONTHS, schema={"type": "integer", "minimum": 1, "maximum": MOST_MONTHS})
    source = Exact(_said, required=True, takes=_SAID, schema=_text("law, contract or rule", SAID_PATTERN))


_ERASURE, _HOLD, _RETENTION = ErasureSchema(), HoldSchema(), RetentionSchema()
REQUESTS = {
    "ErasureRequest": ErasureSchema,
    "HoldRequest": HoldSchema,
    "RetentionRequest": RetentionSchema,
}


def read_erasure(body: Any) -> tuple[Reason, str | None]:
    """Reason and note, which may be None; raises ``Invalid``, here and below."""
    read = read_body(_ERASURE, body)
    return read["reason"], read["note"]


def read_hold(body: Any) -> str:
    """The reason."""
    reason: str = read_body(_HOLD, body)["reason"]
    return reason


def read_retention(body: Any) -> tuple[str, int | None, str]:
    """Policy, months and source; months are None only where that was said."""
    read = read_body(_RETENTION, body)
    if "months" not in body:
        raise Invalid(
            CANNOT, [Problem(told("`months` is missing; it takes {months}", months=_MONTHS), "/months")]
        )
    return read["policy"], read["months"], read["source"]


def rule_document(rule: RetentionRule) -> dict[str, Any]:
    """One keep time, by whom it was set and when."""
    return {
        "policy": rule.policy,
        "months": rule.months,
        "source": rule.source,
        "set_at": utc_text(rule.at),
        "set_by": rule.by,
        "entry": str(rule.id),
    }


SHAPES: Mapping[str, Schema] = {
    "Erasure": closed(
        {
            "entry": ID,
            "erased_at": INSTANT,
            "reason": {"enum": [one.value for one in Reason]},
            "keys": {**listed(ID), "description": "the data keys that were destroyed"},
            "decisions": {**WHOLE, "description": "how many decisions cannot be read any more"},
        }
    ),
    "Hold": closed(
        {
            "held": YES_NO,
            "last": {
                **or_null({"enum": [one.value for one in State]}),
                "description": "what was done about this customer last",
            },
            "at": or_null(INSTANT),
            "by": {**TEXT_OR_NULL, "description": "a person's id, or `operator` for the shell"},
            "reason": {**TEXT_OR_NULL, "description": "null of an erasure, and after one"},
            "entry": or_null(ID),
        }
    ),
    "RetentionRule": closed(
        {
            "policy": TEXT,
            "months": or_null(WHOLE),
            "source": TEXT,
            "set_at": INSTANT,
            "set_by": TEXT,
            "entry": ID,
        }
    ),
    "Retention": closed({"rules": listed(part("RetentionRule"))}),
}
