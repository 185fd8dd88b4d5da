"""What would have changed the decision, as far as its customer may know."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.access import View
from app.domain.ways_forward import Way, WaysForward, way_said
from schemas.views import told_facts, told_outputs

MOST_WAYS = 4


def ways_told(found: WaysForward, language: str) -> Sequence[str]:
    """The first ways as sentences: only of facts that sales may state, none that tells of others."""
    facts, outputs = told_facts(found.ruleset, View.SALES), told_outputs(found.ruleset, View.SALES)

    def may_be_told(way: Way) -> bool:
        return not way.tells and all(change.fact.name in facts for change in way.changes)

    told = [way for way in found.ways if may_be_told(way)][:MOST_WAYS]
    return [way_said(way, found.unchanged, outputs).said_in(language) for way in told]
