"""Reads a JSON body by its schema: closed, so that nobody sets what was not meant to be set."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError

from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from schemas.constants import nearest
from schemas.facts import problem_at, shortened

_UNKNOWN = "Unknown field."
_MOST_HINTS = 10
_LONGEST_NAME = 64
CANNOT = "The request cannot be read."


def read_body(schema: Schema, body: Any) -> dict[str, Any]:
    """The members of ``body`` as ``schema`` reads them; raises ``Invalid`` with one problem for each."""
    if not isinstance(body, dict):
        raise Invalid(
            CANNOT, [Problem(told("takes an object with {fields}", fields=joined(", ", schema.fields)))]
        )
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        said = error.messages_dict
        problems = [_problem(schema, name, said[name][0], place) for place, name in enumerate(said)]
        raise Invalid(CANNOT, shortened(problems)) from None
    return loaded


def _problem(schema: Schema, name: Any, message: str, place: int) -> Problem:
    if message == _UNKNOWN:
        shown = place < _MOST_HINTS and len(name) <= _LONGEST_NAME
        hint = nearest(name, list(schema.fields)) if shown else ""
        message = told(
            "is not a member of this request{hint}; it takes {fields}",
            hint=hint,
            fields=joined(", ", schema.fields),
        )
    return problem_at(name, message)
