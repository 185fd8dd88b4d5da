"""Requests for a decision: the envelope around the facts. Which facts there are, a ruleset says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.requests import DecisionRequest
from schemas.constants import day, nearest
from schemas.facts import problem_at, shortened
from schemas.fields import Exact
from schemas.instants import instant

MAX_NAME = 200
NAME_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,200}$"
KEY_PATTERN = r"^[\u0020-\u007e]{1,200}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
MOST_ID = 2**53 - 1
_UNKNOWN = "Unknown field."


def matches(pattern: str, text: str) -> bool:
    """Whether all of ``text`` is as a JSON Schema pattern has it: Python's ``$`` lets a newline by."""
    return re.fullmatch(pattern[1:-1], text) is not None


def _read_by(pattern: str, takes: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value != value.strip() or not matches(pattern, value):
            raise ValueError(told("takes {wanted}", wanted=takes))
        return value

    return read


def _word(pattern: str, takes: str) -> Exact:
    schema = {"type": "string", "pattern": pattern, "description": takes}
    return Exact(_read_by(pattern, takes), takes=takes, schema=schema)


def _name() -> Exact:
    """A customer, reference or person."""
    return _word(
        NAME_PATTERN, told("a line of 1 to {most} characters without space around it", most=MAX_NAME)
    )


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and len(value) <= MAX_NAME:
            return day(value)
    except ValueError:
        pass
    raise ValueError(told("takes {wanted}", wanted=_A_DAY))


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(told("takes {wanted}", wanted=_FACTS))
    return value


def _enrich(value: Any) -> bool:
    if value.__class__ is not bool:
        raise ValueError(told("takes {wanted}", wanted=_ENRICH))
    return bool(value)


def _decision(value: Any) -> UUID:
    try:
        found = UUID(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or str(found) != value:
        raise ValueError(told("takes {wanted}", wanted=_REPLACED))
    return found


def _known_by(value: Any) -> str | int:
    known = line_id(value)
    if known is None:
        raise ValueError(
            told("takes a text of 1 to {most} characters, or an integer below 2^53", most=MAX_NAME)
        )
    return known


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and (found := instant(value)) is not None:
        return found
    raise ValueError(told("takes {wanted}", wanted=_AN_INSTANT))


_FACTS = "an object with the facts by name"
_AN_INSTANT = "a day or an instant such as 2026-01-31T12:00:00Z"
_ENRICH = "true or false: whether the customer file fills in what is not sent; true unless said"
_A_DAY = "a date such as 2026-01-31"
_REPLACED = "the id of a decision of yours that waits for a person, and whose place this one takes"


class AskedSchema(Schema):
    """What every request has."""

    class Meta:
        unknown = RAISE

    facts = Exact(_object, required=True, takes=_FACTS, schema={"type": "object", "description": _FACTS})
    customer = _name()
    reference = _name()
    as_of = Exact(_day, takes=_A_DAY, schema={"type": "string", "format": "date"})
    currency = _word(CURRENCY_PATTERN, "an ISO 4217 code such as CNY")
    on_behalf_of = _name()
    enrich = Exact(_enrich, takes=_ENRICH, schema={"type": "boolean", "description": _ENRICH})


class RequestSchema(AskedSchema):
    """The body of a request for a decision, which alone may take the place of another."""

    replaces = Exact(
        _decision, takes=_REPLACED, schema={"type": "string", "format": "uuid", "description": _REPLACED}
    )


class SimulationSchema(AskedSchema):
    """The body of a request for a simulation, which alone may name a version or a day of the rules."""

    version = _name()
    ruleset_as_of = Exact(
        _instant,
        takes=_AN_INSTANT,
        schema={"type": "string", "description": told("{instant}; UTC without a zone", instant=_AN_INSTANT)},
    )


class LineSchema(AskedSchema):
    """One line of a batch."""

    id = Exact(_known_by, takes="a text or an integer", schema={"type": ["string", "integer"]})
    idempotency_key = _word(KEY_PATTERN, told("1 to {most} printable ASCII characters", most=MAX_NAME))


_REQUEST, _SIMULATION, _LINE = RequestSchema(), SimulationSchema(), LineSchema()


def read_request(body: Any, *, simulation: bool = False) -> DecisionRequest:
    """The request in ``body``, its facts not yet typed; raises ``Invalid``."""
    return DecisionRequest(**_loaded(_SIMULATION if simulation else _REQUEST, body))


def read_line(body: Any) -> tuple[DecisionRequest, str | None]:
    """A line of a batch: its request, and the idempotency key if it has one; raises ``Invalid``."""
    loaded = _loaded(_LINE, body)
    key = loaded.pop("idempotency_key")
    del loaded["id"]
    return DecisionRequest(**loaded), key


def line_id(value: Any) -> str | int | None:
    """``value`` if a line may be known by it, else None."""
    if isinstance(value, str):
        return value if 1 <= len(value) <= MAX_NAME else None
    return value if value.__class__ is int and abs(value) <= MOST_ID else None


def _loaded(schema: Schema, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid("The request cannot be read.", [Problem("a request is an object with `facts`")])
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        messages = error.messages_dict
        problems = [_problem(schema, name, messages[name][0], place) for place, name in enumerate(messages)]
        raise Invalid("The request cannot be read.", shortened(problems)) from None
    if loaded["enrich"] is None:
        del loaded["enrich"]
    return loaded


def _problem(schema: Schema, name: Any, message: str, place: int) -> Problem:
    if message == _UNKNOWN and name == "replaces":
        message = "is for single decisions only: what is tried out, or decided with many, replaces nothing"
    elif message == _UNKNOWN and name in ("version", "ruleset_as_of"):
        message = "is for simulations only: a decision uses the version in force when it is made"
    elif message == _UNKNOWN:
        hint = nearest(name, list(schema.fields)) if place < 10 and len(name) <= MAX_NAME else ""
        message = told("is not a member of a request{hint}; facts stand inside `facts`", hint=hint)
    return problem_at(name, message)
