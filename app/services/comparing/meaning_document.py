"""What two versions mean, as JSON; its shape stands in ``schemas.comparisons``."""

from __future__ import annotations

from typing import Any

from app.analysis.comparison.meaning_wording import region_said, verdict_of, verdict_said
from app.analysis.comparison.regions import Region
from app.domain.values import LANGUAGES
from app.services.comparing.comparison_document import told_document
from app.services.comparing.meanings import Meant
from schemas.json_values import json_values


def meaning_document(found: Meant, language: str | None = None) -> dict[str, Any]:
    """The whole answer; sentences in ``language``, or in both as ``{en, zh}``."""
    meaning, made = found.meaning, found.rehearsal
    codes = (language,) if language else LANGUAGES
    said = {code: verdict_said(meaning, code) for code in codes}
    return {
        "policy": found.after.policy,
        "from": {"version": found.before.version, "digest": found.before.digest},
        "to": {"version": found.after.version, "digest": found.after.digest},
        "verdict": verdict_of(meaning),
        "said": said[language] if language else said,
        "complete": meaning.complete,
        "facts_apart": list(meaning.apart),
        "too_hard": list(meaning.too_hard),
        "regions": [_region(one, found, language) for one in meaning.regions],
        "recorded": None
        if made is None
        else {
            "read": made.read,
            "compared": made.segments.whole.compared,
            "differing": len(made.differing),
            "not_comparable": len(made.unlike),
            "cut": made.cut,
        },
    }


def _region(one: Region, found: Meant, language: str | None) -> dict[str, Any]:
    codes = (language,) if language else LANGUAGES
    said = {code: region_said(one, found.before, found.after, code) for code in codes}
    return {
        "differs": one.key[2],
        "said": said[language] if language else said,
        "facts": json_values(one.facts.values),
        "as_of": one.facts.as_of.isoformat(),
        "from": told_document(one.before),
        "to": told_document(one.after),
        "outputs": list(one.outputs),
        "rules_gone": list(one.gone),
        "rules_new": list(one.new),
        "rules_clashing": list(one.clashing),
        "recorded": None if found.recorded is None else found.recorded.get(one.key, 0),
    }
