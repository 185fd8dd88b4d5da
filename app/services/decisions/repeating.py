"""Asked again with other facts: the same policy, customer and reference, until the answer pleased.

Nothing is refused for it: facts are corrected in good faith, too. It is shown to those
who judge: which facts differ, by name, and what was answered then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.domain.audit import Erased
from app.domain.instants import utc_text
from app.domain.sealed import Page, StoredDecision
from app.services.recording import Recorder, Wanted
from schemas.decisions import document_of

MOST_SHOWN = 20
MOST_LOOKED_AT = 500
"""How many decisions one search unseals; a page may then be short, and goes on behind its ``next``."""


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier answer. ``differing`` names the facts that were given otherwise then."""

    stored: StoredDecision
    differing: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As it is told; no value of any fact."""
        return {
            "id": str(self.stored.entry.id),
            "decided_at": utc_text(self.stored.entry.at),
            "outcome": self.stored.index.outcome,
            "differing": list(self.differing),
        }


class Repeats:
    """Finds what was asked before with other facts."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def before(self, stored: StoredDecision) -> tuple[Before, ...]:
        """Earlier decisions of the same policy, customer and reference with other facts, latest first.

        At most the latest twenty are looked at. What was erased can no longer be compared and is left out.
        """
        earlier = self._recorder.asked_before(stored, MOST_SHOWN)
        if not earlier:
            return ()
        document = self._document(stored)
        found = []
        for one in earlier:
            try:
                differing = _differing(document, self._document(one))
            except Erased:
                continue
            if differing:
                found.append(Before(one, differing))
        return tuple(found)

    def search(self, wanted: Wanted, *, after: UUID | None, limit: int) -> Page:
        """Decisions that were asked before with other facts, newest first."""
        found: list[StoredDecision] = []
        looked_at = 0
        while True:
            page = self._recorder.search(replace(wanted, repeated=True), after=after, limit=limit)
            for one in page.decisions:
                looked_at += 1
                if self._is_other(one):
                    found.append(one)
                    if len(found) == limit:
                        more = page.next is not None or one is not page.decisions[-1]
                        return Page(tuple(found), one.entry.id if more else None)
            after = page.next
            if after is None or looked_at >= MOST_LOOKED_AT:
                return Page(tuple(found), after)

    def _is_other(self, one: StoredDecision) -> bool:
        try:
            return bool(self.before(one))
        except Erased:
            return False

    def _document(self, stored: StoredDecision) -> dict[str, Any]:
        return document_of(self._recorder.unsealed(stored.entry))


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts that were given otherwise; what was recalled or filled in was given by nobody."""
    recalled = {name for both in (one, other) for name in (*both["recalled"], *both.get("origins", ()))}
    names: Iterator[str] = iter(dict.fromkeys([*one["facts"], *other["facts"]]))
    return tuple(
        name for name in names if name not in recalled and one["facts"].get(name) != other["facts"].get(name)
    )
