"""The lifecycle of rulesets as it crosses the door: shapes of answers, and the bodies that move a version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema

from app.domain.lifecycle import State
from app.domain.messages import told
from app.domain.moves import Move
from schemas.bodies import read_body
from schemas.fields import Exact
from schemas.instants import instant
from schemas.interchange.changes import ChangeKind
from schemas.ruleset.head import VERSION
from schemas.shapes import (
    DAY,
    DIGEST,
    ID,
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    VALUES,
    WHOLE,
    YES_NO,
    closed,
    listed,
    or_null,
    part,
)

MAX_COMMENT = 2000
NONE = "none"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT = told("a text of 1 to {most:,} characters", most=MAX_COMMENT)
_A_VERSION = "three numbers, such as 1.0.0"
_A_DIGEST = "the `digest` of the text that was read"
_AN_INSTANT = "an instant still to come, such as 2026-01-31T12:00:00Z; a day is its first moment in UTC"
_REPLACED = told("the version that was in force when you looked, or `{none}`", none=NONE)
_TEXT = "the whole text of a ruleset"
MOST_CLAIMS = 1000
_CLAIMS = "a list of the ids of claims that are not settled, as its checks tell them"


def _comment(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_COMMENT or _NEVER.search(value):
        raise ValueError(told("takes {wanted}", wanted=_COMMENT))
    return value


def _version(value: Any) -> str:
    if not isinstance(value, str) or not VERSION.fullmatch(value):
        raise ValueError(told("takes {wanted}", wanted=_A_VERSION))
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(told("takes {wanted}", wanted=_A_DIGEST))
    return value


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and (found := instant(value)) is not None:
        return found
    raise ValueError(told("takes {wanted}", wanted=_AN_INSTANT))


def _replaced(value: Any) -> str:
    return NONE if value == NONE else _version(value)


def _written(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError(told("takes {wanted}", wanted=_TEXT))
    return value.encode()


def _claims(value: Any) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or len(value) > MOST_CLAIMS
        or not all(isinstance(one, str) for one in value)
    ):
        raise ValueError(told("takes {wanted}", wanted=_CLAIMS))
    return tuple(dict.fromkeys(value))


def _field(read: Any, takes: str, *, required: bool = False, **schema: Any) -> Exact:
    return Exact(
        read, required=required, takes=takes, schema={"type": "string", "description": takes, **schema}
    )


def _said(*, required: bool = False) -> Exact:
    return _field(_comment, _COMMENT, required=required, maxLength=MAX_COMMENT)


_SUBMISSION = Schema.from_dict({"comment": _said()}, name="SubmissionRequest")
REQUESTS: Mapping[str, type[Schema]] = {
    "DraftRequest": Schema.from_dict(
        {
            "version": _field(_version, _A_VERSION, required=True),
            "from": _field(_version, "the version whose text it starts from"),
            "text": _field(_written, _TEXT),
            "comment": _said(),
        },
        name="DraftRequest",
    ),
    "SubmissionRequest": _SUBMISSION,
    "ApprovalRequest": Schema.from_dict(
        {
            "digest": _field(_digest, _A_DIGEST, required=True),
            "acknowledges": Exact(
                _claims,
                required=False,
                takes=_CLAIMS,
                schema={"type": "array", "items": TEXT, "maxItems": MOST_CLAIMS, "description": _CLAIMS},
            ),
            "comment": _said(),
        },
        name="ApprovalRequest",
    ),
    "ReturnRequest": Schema.from_dict({"reason": _said(required=True)}, name="ReturnRequest"),
    "ActivationRequest": Schema.from_dict(
        {
            "effective_from": _field(_instant, _AN_INSTANT),
            "reason": _said(),
            "replaces": _field(_replaced, _REPLACED),
        },
        name="ActivationRequest",
    ),
    "RetirementRequest": Schema.from_dict({"reason": _said(required=True)}, name="RetirementRequest"),
}
_SCHEMAS = {name: made() for name, made in REQUESTS.items()}


def read_move(name: str, body: Any) -> dict[str, Any]:
    """The members of a body that moves a version, by the name of its shape; raises ``Invalid``."""
    return read_body(_SCHEMAS[name], body)


_FINDING = closed(
    {"check": TEXT, "detail": TEXT, "line": WHOLE, "facts": VALUES, "as_of": DAY}, optional=("facts", "as_of")
)
_CLAIM = closed(
    {
        "id": TEXT,
        "check": TEXT,
        "claim": TEXT,
        "line": WHOLE,
        "status": {"enum": ["proven", "refuted", "not_settled"]},
        "shown_by": listed(closed({"facts": VALUES, "as_of": DAY})),
        "too_hard": listed(TEXT),
        "tried": WHOLE,
    }
)
_STANDING: Mapping[str, Any] = {
    "policy": TEXT,
    "version": TEXT,
    "state": {"enum": [str(state) for state in State]},
    "since": INSTANT,
    "scheduled_for": or_null(INSTANT),
    "digest": DIGEST,
    "authors": listed(TEXT),
    "final": YES_NO,
}
SHAPES: Mapping[str, Any] = {
    "RulesetStanding": closed(_STANDING),
    "RulesetVersion": closed({**_STANDING, "text": TEXT}),
    "RulesetText": {"type": "string", "description": "the exact text of a version, in YAML"},
    "RulesetTables": {"type": "string", "format": "binary", "description": "the tables, as a file"},
    "RulesetMerge": closed(
        {
            **_STANDING,
            "changes": listed(
                closed(
                    {
                        "kind": {"enum": [str(kind) for kind in ChangeKind]},
                        "table": TEXT,
                        "row": TEXT,
                        "column": TEXT_OR_NULL,
                        "before": TEXT_OR_NULL,
                        "after": TEXT_OR_NULL,
                    }
                )
            ),
        }
    ),
    "RulesetVersions": closed(
        {"policy": TEXT, "in_force": TEXT_OR_NULL, "versions": listed(part("RulesetStanding"))}
    ),
    "RulesetChecks": closed(
        {
            "policy": TEXT,
            "version": TEXT,
            "digest": DIGEST,
            "passed": YES_NO,
            "errors": listed(_FINDING),
            "warnings": listed(_FINDING),
            "claims": listed(_CLAIM),
            "rules": or_null(WHOLE),
            "shown": WHOLE,
            "cases": or_null(WHOLE),
            "runs": WHOLE,
        }
    ),
    "RulesetHistory": closed(
        {
            "policy": TEXT,
            "version": TEXT,
            "events": listed(
                closed(
                    {
                        "id": ID,
                        "move": {"enum": [str(move) for move in Move]},
                        "state": {"enum": [str(state) for state in State]},
                        "at": INSTANT,
                        "by": TEXT,
                        "digest": DIGEST,
                        "effective_from": or_null(INSTANT),
                        "made_from": TEXT_OR_NULL,
                        "comment": TEXT_OR_NULL,
                        "comment_erased": YES_NO,
                        "acknowledged": listed(TEXT),
                    }
                )
            ),
        }
    ),
}
