"""What one tap fills in: what came out of a case as what it expects, and in an example what makes it right.

Nothing is stored by it: the form comes back with the fields filled, and says what they were before.
"""

from __future__ import annotations

from flask import request

from app.domain.errors import Invalid
from app.services.rulesets.case_results import written
from app.services.rulesets.samples import Samples
from app.web.pages.editing.desk import Desk, Draft
from app.web.pages.editing.filling import Filled, change_of, filled_in
from schemas.interchange.outline import Outline
from schemas.interchange.places import pointer

ALL = "all"


def tried(desk: Desk, draft: Draft, filled: Filled) -> Samples | None:
    """The samples of a draft as it is filled in, run; None where that does not load."""
    try:
        return desk.services.editing.samples(change_of(filled)(draft.text) if filled else draft.text)
    except Invalid:
        return None


def filled_and_mended(desk: Desk, draft: Draft) -> Filled:
    """The values of a form, with what the button that was pressed fills in."""
    filled = filled_in(draft)
    asked = {name: request.form[name] for name in ("accept", "mend") if name in request.form}
    samples = tried(desk, draft, filled) if asked else None
    if draft.outline is None or samples is None:
        return filled
    accepted = _accepted(draft.outline, samples, asked.get("accept", ""))
    return filled | accepted | _right(draft.outline, samples, asked.get("mend", ""))


def _accepted(outline: Outline, samples: Samples, wanted: str) -> Filled:
    """The expected values of a case by its number, or of all, as they came out."""
    return {
        one.place: result.got[one.of.name]
        for number, (case, result) in enumerate(zip(outline.cases, samples.cases, strict=False))
        for one in case.expect
        if wanted in (ALL, str(number)) and one.of.name in result.got
    }


def _right(outline: Outline, samples: Samples, wanted: str) -> Filled:
    """For an example by its place, or for all, the value with which it shows what it is there for."""
    texts, types = outline.examples, samples.ruleset.types
    found = {}
    for one in samples.failing_examples:
        place = texts[one.rule.id, one.fires].place
        if one.mend is not None and wanted in (ALL, place):
            name, value = one.mend
            found[place + pointer(name)] = written(value, types[name])
    return found
