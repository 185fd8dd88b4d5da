"""What the fields of a form make of a text: a field is named by the place of its value.

Besides, each sample (what a case or an example gives) may have three fields for one more fact: ``at``, its
place, ``fact``, its name or what it is called, and ``value``.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from app.web.pages.editing.desk import Change, Draft
from app.web.pages.editing.spelling import meant, shown
from schemas.interchange.outline import Outline
from schemas.interchange.outline_parts import Named, Value
from schemas.interchange.places import pointer, rewritten
from schemas.ruleset.words import UNKNOWN

Filled = dict[str, str]


def filled_in(draft: Draft) -> Filled:
    """The values of a form, by place, as the text has them. A fact that is none is a fault of the text."""
    if draft.outline is None:
        return {}
    places = [(name, typed.strip()) for name, typed in request.form.items() if name.startswith("/")]
    found = {name: _meant(draft.outline, name, typed) for name, typed in places}
    three = (request.form.getlist(name) for name in ("at", "fact", "value"))
    for at, fact, typed in zip(*three, strict=False):
        if fact.strip():
            named = _fact(draft.outline, fact.strip())
            found[at + pointer(named.name)] = meant(typed.strip(), named.type) or UNKNOWN
    return found


def change_of(filled: Mapping[str, str]) -> Change:
    """What those values make of a text."""
    return lambda text: rewritten(text, filled)


def with_new(outline: Outline, place: str, values: tuple[Value, ...], filled: Filled) -> tuple[Value, ...]:
    """The values of the sample at ``place``, and those that are filled in and not there yet."""
    known = {one.place for one in values}
    new = [one for one in filled if one.startswith(f"{place}/") and one not in known]
    return (*values, *(Value(one, outline.named(one.rpartition("/")[2]), "", 0) for one in new))


def is_filled(place: str, filled: Filled) -> bool:
    """Whether the form had fields for the sample at ``place``."""
    return any(one.startswith(f"{place}/") for one in filled)


def _meant(outline: Outline, place: str, typed: str) -> str:
    """What was typed; as it is written where nothing was typed but what was shown."""
    one = outline.value(place)
    if one is None:
        return meant(typed, outline.named(place.rpartition("/")[2]).type)
    return one.written if typed == shown(one.written, one.of.type) else meant(typed, one.of.type)


def _fact(outline: Outline, written: str) -> Named:
    """The fact of that name, or that is called so; what is neither stands as it was written."""
    called = (one for one in outline.facts() if written in (one.name, *one.label.values()))
    return next(called, outline.named(written))
