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
from app.domain.messages import told
from app.domain.referrals import REPLACED, SETTLED_BY_PERSON, Resolution, ResolutionRequest, Term
from app.domain.ruleset import Ruleset
from app.domain.values import Text, Value, Values
from schemas.constants import listed, nearest
from schemas.facts import beyond, pointer_to, problem_at, shortened
from schemas.fields import Exact
from schemas.instants import instant
from schemas.json_values import json_values, value_from_json
from schemas.recorded import recorded

MAX_NOTE = 2000
CANNOT = "The referral cannot be settled like this."
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOTE = told("a text of 1 to {most:,} characters", most=MAX_NOTE)
_TERMS = "an object with the terms to set, by output"
_INSTANT = "a day or an instant such as 2026-01-31T12:00:00Z"
_FOLLOWS = "the `id` of the resolution that this one replaces"
SERVICE_REASON = Text("A person settled it.", "已由人工裁定。")
REPLACED_REASON = Text("It was asked anew instead, so nobody has to settle it.", "已重新申请，无需再裁定。")


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ValueError("takes one of the words that GET on the referral lists")
    return value


def _note(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NOTE:
        raise ValueError(told("takes {wanted}", wanted=_NOTE))
    return value


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(told("takes {wanted}", wanted=_TERMS))
    return value


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and (found := instant(value)) is not None:
        return found
    raise ValueError(told("takes {wanted}", wanted=_INSTANT))


def _id(value: Any) -> UUID:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(told("takes {wanted}", wanted=_FOLLOWS))
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
        _instant,
        takes=_INSTANT,
        schema=_text(told("{instant}, still to come; then nothing holds any more", instant=_INSTANT)),
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
        message = told(
            "is not a member of a resolution{hint}",
            hint=hint or told("; its members are {members}", members=listed(list(_SCHEMA.fields))),
        )
    return problem_at(name, message)


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
            problems.append(problem_at(name, error, "/terms"))
    for name, term in terms.items():
        if outcome in term.needed_with and name not in given:
            problems.append(
                Problem(
                    told("`{name}` is needed with the outcome {outcome}", name=name, outcome=outcome),
                    pointer_to("/terms", name),
                )
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
        may = (
            told("; set may be {terms}", terms=listed(list(terms)))
            if terms
            else "; this policy lets none be set"
        )
        raise ValueError(
            told("is no term that a person sets{near}", near=nearest(name[:64], list(terms)) or may)
        )
    if term.needed_with and outcome not in term.needed_with:
        raise ValueError(
            told(
                "is set with {needed_with} only, not with {outcome}",
                needed_with=listed(term.needed_with),
                outcome=outcome,
            )
        )
    kind = ruleset.outputs[name].type
    typed = value_from_json(value, kind)
    for end, which, wrong in ((term.minimum, "least", -1), (term.maximum, "most", 1)):
        bound = recorded(ruleset, document, end)
        if bound is None:
            form = "cannot be set here: the {which} it may be is not known for this decision"
            raise ValueError(told(form, which=told(which)))
        if (typed > bound) - (typed < bound) == wrong:
            raise ValueError(beyond(which, typed, bound, kind))
    return typed


def sealed_resolution(terms: Values, note: str | None) -> dict[str, Any]:
    """What of a resolution is sealed."""
    return {"terms": json_values(terms), "note": note}


def reason_words(ruleset: Ruleset, code: str) -> Text:
    """The text of a reason that a person gives; raises ``KeyError`` where the ruleset does not declare it."""
    if code == REPLACED:
        return REPLACED_REASON
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
