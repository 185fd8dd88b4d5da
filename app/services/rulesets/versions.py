"""Versions read back: where they stand, what they say, and their whole story with who, when and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.audit import Erased
from app.domain.errors import NotFound
from app.domain.lifecycle import RulesetEvent
from app.domain.messages import joined, told
from app.domain.moves import Move, move_of
from app.domain.sealed import Entry
from app.domain.versions import RulesetVersion, standing
from app.services.recording import Recorder
from app.store.rulesets import Rulesets
from schemas.decisions import document_of


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event of a version's story; ``comment`` is what its author said, None where nothing was said.

    ``erased`` tells that it was let go with the month's key; ``made_from`` is the version that the first
    draft was made from; ``acknowledged`` are the claims that whoever approved knew not to be settled.
    """

    event: RulesetEvent
    move: Move
    comment: str | None
    erased: bool = False
    made_from: str | None = None
    acknowledged: tuple[str, ...] = ()


class Versions:
    """Reads versions. ``now`` gives UTC: what is in force follows from the clock."""

    def __init__(self, rulesets: Rulesets, recorder: Recorder, *, now: Callable[[], datetime]) -> None:
        self._rulesets = rulesets
        self._recorder = recorder
        self._now = now

    def all(self, policy: str) -> tuple[RulesetVersion, ...]:
        """Every version of a policy, in the order in which they appeared; raises ``NotFound``."""
        return tuple(self._standing(policy).values())

    def one(self, policy: str, version: str) -> RulesetVersion:
        """One version as it stands now; raises ``NotFound``."""
        found = self._standing(policy)
        if version not in found:
            raise NotFound(
                told(
                    "{policy} has no version {version}; it has {found}.",
                    policy=policy,
                    version=version[:64],
                    found=joined(", ", found),
                )
            )
        return found[version]

    def text(self, version: RulesetVersion) -> bytes:
        """Its exact text."""
        return self._rulesets.text(version.digest)

    def history(self, policy: str, version: str) -> tuple[Chapter, ...]:
        """The story of a version, oldest first; raises ``NotFound``."""
        self.one(policy, version)
        said = {entry.id: entry for entry in self._rulesets.entries(policy, version)}
        events = self._rulesets.events(policy)
        chapters = []
        for place, event in enumerate(events):
            if event.version != version:
                continue
            before = standing(events[:place], event.at).get(version)
            source = next((one.version for one in events[:place] if one.id == event.made_from), None)
            entry = said[event.id]
            comment, erased = self._comment(entry)
            known = tuple(json.loads(entry.leaf)["clear"].get("acknowledged", ()))
            chapters.append(Chapter(event, move_of(event, before), comment, erased, source, known))
        return tuple(chapters)

    def _comment(self, entry: Entry) -> tuple[str | None, bool]:
        try:
            return document_of(self._recorder.unsealed(entry)).get("comment"), False
        except Erased:
            return None, True

    def _standing(self, policy: str) -> dict[str, RulesetVersion]:
        events = self._rulesets.events(policy)
        if not events:
            raise NotFound(told("There is no policy {policy}.", policy=policy[:64]))
        return standing(events, max(self._now(), events[-1].at))
