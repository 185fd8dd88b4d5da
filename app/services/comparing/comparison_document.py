"""A comparison as JSON, for the interface and for ``--json``; its shape stands in ``schemas.comparisons``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.analysis.comparison.case_wording import case_said
from app.analysis.comparison.cases import CaseDifference, Told
from app.analysis.comparison.changes import Change, Effect
from app.analysis.comparison.lines import Line, unified
from app.analysis.comparison.parts import Lines
from app.analysis.comparison.versions import Comparison
from app.analysis.comparison.wording import change_said, effect_said, line_said
from app.domain.ruleset import Ruleset
from app.domain.values import LANGUAGES
from schemas.json_values import json_values

_SIDES = {"before": "from", "after": "to", "both": "both"}


def comparison_document(found: Comparison, language: str | None = None) -> dict[str, Any]:
    """The whole comparison; sentences in ``language``, or in both as ``{en, zh}``."""

    def said(one: Any, say: Callable[[Any, str], str]) -> Any:
        return say(one, language) if language else {code: say(one, code) for code in LANGUAGES}

    before, after = found.before, found.after

    def case(one: CaseDifference, code: str) -> str:
        return case_said(one, before, after, code)

    return {
        "policy": after.policy,
        "from": _head(before),
        "to": _head(after),
        "identical": before.digest == after.digest,
        "changes": [{**_change(one), "said": said(one, change_said)} for one in found.changes],
        "effects": [{**_effect(one, language), "said": said(one, effect_said)} for one in found.effects],
        "cases": [{**_case(one), "said": said(one, case)} for one in found.cases],
        "text": {
            "unified": unified(found.hunks, *(f"{one.policy} {one.version}" for one in (before, after))),
            "hunks": [{"lines": [_line(one) for one in hunk.lines]} for hunk in found.hunks],
            "unexplained": [{**_line(one), "said": said(one, line_said)} for one in found.text_only],
        },
    }


def _head(ruleset: Ruleset) -> dict[str, str]:
    return {"version": ruleset.version, "digest": ruleset.digest}


def _change(one: Change) -> dict[str, Any]:
    return {
        "change": str(one.sort),
        "kind": one.kind,
        "id": one.id,
        "of": one.of,
        "field": list(one.field),
        "from": one.before,
        "to": one.after,
        "lines": {"from": _lines(one.lines_before), "to": _lines(one.lines_after)},
        "order": one.decides,
        "same_value": one.same_value,
    }


def _lines(lines: Lines) -> dict[str, int] | None:
    return {"first": lines.first, "last": lines.last} if lines.first else None


def _line(line: Line) -> dict[str, Any]:
    return {"from": line.before, "to": line.after, "text": line.text}


def _effect(one: Effect, language: str | None) -> dict[str, Any]:
    before, after = (
        None if not words else dict(words) if language is None else words[language]
        for words in (one.before, one.after)
    )
    return {
        "follows": str(one.follows),
        "kind": one.kind,
        "id": one.id,
        "of": one.of,
        "name": one.name,
        "causes": list(one.causes),
        "readers": list(one.readers),
        "from": before,
        "to": after,
    }


def _case(one: CaseDifference) -> dict[str, Any]:
    return {
        "case": one.name,
        "of": _SIDES[one.of],
        "from": told_document(one.before),
        "to": told_document(one.after),
        "not_comparable": one.not_comparable,
    }


def told_document(answer: Told | None) -> dict[str, Any] | None:
    """One answer, as far as it is compared."""
    if answer is None:
        return None
    return {
        "outcome": answer.outcome,
        "reasons": list(answer.reasons),
        "outputs": json_values(answer.outputs),
    }
