"""What would have changed the decision, as far as its customer may know."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.access import View
from app.domain.ways_forward import WaysForward, way_said
from schemas.views import told_ways

MOST_WAYS = 4


def ways_told(found: WaysForward, language: str) -> Sequence[str]:
    """The first ways as sentences: only of facts that sales may state, none that tells of others.

    Of what each would get, the outcome alone: a page of reasons has to fit one sheet.
    """
    told = told_ways(found, View.SALES)[:MOST_WAYS]
    return [way_said(way, found.unchanged, ()).said_in(language) for way in told]
