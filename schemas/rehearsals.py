"""A rehearsal: the body that asks for one, and the shape of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.facts import problem_at
from schemas.fields import Exact
from schemas.requests import NAME_PATTERN, matches
from schemas.shapes import (
    ANY,
    DAY,
    DECIMAL,
    ID,
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    YES_NO,
    closed,
    listed,
    or_null,
    part,
)
from schemas.shapes import Schema as Shape

MOST_NAMES = 20
_WORD = {"type": "string", "pattern": NAME_PATTERN}
_WORDS = {"type": "array", "items": _WORD, "maxItems": MOST_NAMES}
_NAMES = told("a list of at most {most} names", most=MOST_NAMES)
_WHERE = "facts by name, each with the list of the values that it may have"


def _word(value: Any) -> str:
    if not isinstance(value, str) or not matches(NAME_PATTERN, value):
        raise ValueError("takes a text of 1 to 200 characters")
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise ValueError(told("takes {wanted}", wanted=_NAMES))
    return tuple(_word(one) for one in value)


def _conditions(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict) or len(value) > MOST_NAMES:
        raise ValueError(told("takes {wanted}", wanted=_WHERE))
    return {_word(name): _words(values) for name, values in value.items()}


def _text(about: str) -> Exact:
    return Exact(_word, takes="a text", schema={**_WORD, "description": about})


class RehearsalSchema(Schema):
    """The body that asks to rehearse recorded decisions; everything may be left out."""

    class Meta:
        unknown = RAISE

    against = _text("a version to compare with, instead of what was recorded")
    since = _text("a day or an instant, inclusive; without a zone it is UTC")
    until = _text("a day or an instant, exclusive")
    outcome = _text("decisions that were answered so")
    after = _text("the `next` of a rehearsal that was cut")
    where = Exact(
        _conditions,
        takes=_WHERE,
        schema={"type": "object", "additionalProperties": _WORDS, "description": _WHERE},
    )
    by = Exact(_words, takes=_NAMES, schema={**_WORDS, "description": "choices to split the result by"})
    sum = Exact(_words, takes=_NAMES, schema={**_WORDS, "description": "numbers to add up"})


REQUESTS = {"RehearsalRequest": RehearsalSchema}
_REHEARSAL = RehearsalSchema()


def read_rehearsal(body: Any) -> dict[str, Any]:
    """What is asked, by name, None where it was left out; raises ``Invalid``."""
    if not isinstance(body, dict):
        raise Invalid("The request cannot be read.", [Problem("a request is an object")])
    try:
        loaded: dict[str, Any] = _REHEARSAL.load(body)
    except ValidationError as error:
        known = ", ".join(_REHEARSAL.fields)
        problems = [
            problem_at(name, _said(messages[0], known))
            for name, messages in list(error.messages_dict.items())[:MOST_NAMES]
        ]
        raise Invalid("The request cannot be read.", problems) from None
    return loaded


def _said(message: str, known: str) -> str:
    return (
        told("is not known; the members are {known}", known=known) if message == "Unknown field." else message
    )


_SUM = closed(
    {
        "name": TEXT,
        "type": TEXT,
        "from": DECIMAL,
        "to": DECIMAL,
        "moved": DECIMAL,
        "flipped": DECIMAL,
        "unknown": closed({"from": WHOLE, "to": WHOLE}),
    }
)
_TALLIED: Mapping[str, Shape] = {
    "flows": listed(closed({"from": TEXT, "to": TEXT, "decisions": WHOLE, "sums": listed(part("MovedSum"))})),
    "sums": listed(part("MovedSum")),
}
_ABOUT: Mapping[str, Shape] = {"id": TEXT, "customer": TEXT_OR_NULL, "reference": TEXT_OR_NULL}

SHAPES: Mapping[str, Shape] = {
    "Rehearsal": closed(
        {
            "policy": TEXT,
            "ruleset": part("Ruleset"),
            "against": or_null(part("Ruleset")),
            "source": {"enum": ["decisions", "portfolio"]},
            "rehearsed_at": INSTANT,
            "counts": closed(
                dict.fromkeys(
                    (
                        *("read", "compared", "same", "flipped", "changed"),
                        *("not_comparable", "erased", "left_out"),
                    ),
                    WHOLE,
                )
            ),
            "cut": YES_NO,
            "next": or_null(ID),
            **_TALLIED,
            "segments": listed(
                closed(
                    {
                        "by": TEXT,
                        "values": listed(
                            closed(
                                {
                                    "value": TEXT_OR_NULL,
                                    "compared": WHOLE,
                                    "flipped": WHOLE,
                                    "changed": WHOLE,
                                    **_TALLIED,
                                }
                            )
                        ),
                    }
                )
            ),
            "not_comparable": listed(closed({"fact": TEXT, "decisions": WHOLE, "example": TEXT})),
            "differing": listed(part("RehearsedDifference")),
            "unlike": listed(closed({**_ABOUT, "because": listed(closed({"fact": TEXT, "said": TEXT}))})),
        }
    ),
    "MovedSum": {
        **_SUM,
        "description": "A sum on both sides; `flipped` is the part of `from` whose outcome is another.",
    },
    "RehearsedDifference": closed(
        {
            **_ABOUT,
            "as_of": DAY,
            "from": TEXT,
            "to": TEXT,
            "reasons": closed({"from": listed(TEXT), "to": listed(TEXT)}),
            "outputs": listed(closed({"name": TEXT, "from": ANY, "to": ANY})),
        }
    ),
    "RehearsalList": {"type": "string", "description": "CSV: what is answered otherwise, a line each"},
}
