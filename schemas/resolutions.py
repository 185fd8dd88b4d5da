"""Resolutions as documents: the request that is read, the part that is sealed, the answer that is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError

from app.domain.access import View
from app.domain.errors import Invalid, Problem
from app.domain.instants import utc_text
from app.domain.referrals import SETTLED_BY_PERSON, Resolution, ResolutionRequest, Term
from app.domain.ruleset import Ruleset
from app.domain.values import Text, Value, Values
from app.domain.wording import spoken
from schemas.constants import listed, nearest
from schemas.facts import pointer_to, shortened
from schemas.fields import Exact
from schemas.instants import instant
from schemas.json_values import json_values, value_from_json
from schemas.recorded import recorded

MAX_NOTE = 2000
CANNOT = "The referral cannot be settled like this."
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOTE = f"a text of 1 to {MAX_NOTE:,} characters"
_TERMS = "an object with the terms to set, by output"
_INSTANT = "a day or an instant such as 2026-01-31T12:00:00Z"
_FOLLOWS = "the `id` of the resolution that this one replaces"
SERVICE_REASON = Text("A person settled it.", "已由人工裁定。")


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ValueError("takes one of the words that GET on the referral lists")
    return value


def _note(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NOTE:
        raise ValueError(f"takes {_NOTE}")
    return value


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"takes {_TERMS}")
    return value


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and (found := instant(value)) is not None:
        return found
    raise ValueError(f"takes {_INSTANT}")


def _id(value: Any) -> UUID:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"takes {_FOLLOWS}")
    return UUID(value)


def _text(about: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": about, **more}


class ResolutionSchema(Schema):
    """The body of a request to settle a referral."""

    class Meta:
        unknown = RAISE

    outcome = Exact(
        _word, required=True, takes="an outcome", schema=_text("one of the referral's `settle_with`")
    )
    reason = Exact(
        _word, required=True, takes="a reason code", schema=_text("one of the referral's `reasons_to_give`")
    )
    terms = Exact(_object, takes=_TERMS, schema={"type": "object", "description": _TERMS})
    note = Exact(
        _note, takes=_NOTE, schema=_text("why; needed where it is milder than the rules", maxLength=MAX_NOTE)
    )
    expires_at = Exact(
        _instant, takes=_INSTANT, schema=_text(f"{_INSTANT}, still to come; then nothing holds any more")
    )
    follows = Exact(_id, takes=_FOLLOWS, schema=_text(_FOLLOWS, format="uuid"))


_SCHEMA = ResolutionSchema()
REQUESTS = {"ResolutionRequest": ResolutionSchema}


def read_resolution(body: Any) -> ResolutionRequest:
    """The request in ``body``, its terms not yet typed; raises ``Invalid``."""
    if not isinstance(body, dict):
        raise Invalid(
            "The request cannot be read.", [Problem("a resolution is an object with `outcome` and `reason`")]
        )
    try:
        loaded: dict[str, Any] = _SCHEMA.load(body)
    except ValidationError as error:
        problems = [_fault(name, messages[0]) for name, messages in error.messages_dict.items()]
        raise Invalid("The request cannot be read.", shortened(problems)) from None
    return ResolutionRequest(**{**loaded, "terms": loaded["terms"] or {}})


def _fault(name: Any, message: str) -> Problem:
    if message == "Unknown field.":
        hint = nearest(str(name)[:64], list(_SCHEMA.fields))
        message = (
            f"is not a member of a resolution{hint or '; its members are ' + listed(list(_SCHEMA.fields))}"
        )
    return Problem(f"`{str(name)[:64]}` {message}", pointer_to("", name))


def read_terms(
    ruleset: Ruleset, document: Mapping[str, Any], outcome: str, given: Mapping[str, Any]
) -> dict[str, Value]:
    """The terms typed and within their bounds as the decision ``document`` has them; raises ``Invalid``."""
    terms = ruleset.referrals.terms if ruleset.referrals is not None else {}
    found, problems = {}, []
    for name, value in given.items():
        try:
            found[name] = _term(ruleset, document, outcome, terms, name, value)
        except ValueError as error:
            problems.append(Problem(f"`{str(name)[:64]}` {error}", pointer_to("/terms", name)))
    for name, term in terms.items():
        if outcome in term.needed_with and name not in given:
            problems.append(
                Problem(f"`{name}` is needed with the outcome {outcome}", pointer_to("/terms", name))
            )
    if problems:
        raise Invalid(CANNOT, shortened(problems))
    return found


def _term(
    ruleset: Ruleset,
    document: Mapping[str, Any],
    outcome: str,
    terms: Mapping[str, Term],
    name: str,
    value: Any,
) -> Value:
    term = terms.get(name)
    if term is None:
        may = f"; set may be {listed(list(terms))}" if terms else "; this policy lets none be set"
        raise ValueError(f"is no term that a person sets{nearest(name[:64], list(terms)) or may}")
    if term.needed_with and outcome not in term.needed_with:
        raise ValueError(f"is set with {listed(term.needed_with)} only, not with {outcome}")
    kind = ruleset.outputs[name].type
    typed = value_from_json(value, kind)
    for end, which, beyond in ((term.minimum, "least", -1), (term.maximum, "most", 1)):
        bound = recorded(ruleset, document, end)
        if bound is None:
            raise ValueError(f"cannot be set here: the {which} it may be is not known for this decision")
        if (typed > bound) - (typed < bound) == beyond:
            raise ValueError(f"is {spoken(typed, kind)}, and the {which} it may be is {spoken(bound, kind)}")
    return typed


def sealed_resolution(terms: Values, note: str | None) -> dict[str, Any]:
    """What of a resolution is sealed."""
    return {"terms": json_values(terms), "note": note}


def reason_words(ruleset: Ruleset, code: str) -> Text:
    """The text of a reason that a person gives; raises ``KeyError`` where the ruleset does not declare it."""
    return SERVICE_REASON if ruleset.referrals is None else ruleset.referrals.reasons[code]


def reason_codes(ruleset: Ruleset) -> tuple[str, ...]:
    """The codes of which a resolution gives one."""
    return (SETTLED_BY_PERSON,) if ruleset.referrals is None else tuple(ruleset.referrals.reasons)


def resolution_document(
    ruleset: Ruleset, one: Resolution, sealed: Mapping[str, Any] | None, view: View = View.FULL
) -> dict[str, Any]:
    """A resolution as ``view`` tells it; ``sealed`` is None after an erasure.

    Sales are told what holds and until when, and no term that is sensitive; not who, why, or the note.
    """
    outcome = ruleset.outcome(one.outcome)
    told: dict[str, Any] = {
        "outcome": one.outcome,
        "outcome_kind": str(outcome.kind),
        "outcome_label": words(outcome.label),
        "terms": _told_terms(ruleset, sealed, view),
        "settled_at": utc_text(one.at),
        "expires_at": None if one.expires_at is None else utc_text(one.expires_at),
    }
    if view is not View.FULL:
        return told
    return {
        "id": str(one.id),
        "decision": str(one.decision),
        **told,
        "reason": {"code": one.reason, "text": words(reason_words(ruleset, one.reason))},
        "note": None if sealed is None else sealed["note"],
        "override": one.override,
        "settled_by": one.by,
        "follows": None if one.follows is None else str(one.follows),
    }


def _told_terms(ruleset: Ruleset, sealed: Mapping[str, Any] | None, view: View) -> dict[str, Any] | None:
    if sealed is None:
        return None
    terms: Mapping[str, Any] = sealed["terms"]
    return {
        name: value
        for name, value in terms.items()
        if view is View.FULL or not ruleset.outputs[name].sensitive
    }


def words(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {"en": text.en, "zh": text.zh}
