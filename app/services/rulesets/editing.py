"""Editing a draft piece by piece: every change is one of its text, made on the text that its author saw.

Whoever saves says by the version's tag which text that was. Where another text was saved since, nothing is
stored and nothing lost: both changes are told, and put together where they do not meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import Invalid, NotFound, Problem, Stale
from app.domain.people import Principal
from app.domain.versions import RulesetVersion
from app.services.remembering import Remembered
from app.services.rulesets import three_way
from app.services.rulesets.case_results import CaseResult
from app.services.rulesets.drafting import Drafting
from app.services.rulesets.samples import Samples, run_samples
from app.services.rulesets.three_way import Line
from app.services.rulesets.versions import Versions
from app.store.rulesets import Rulesets

MOST_REMEMBERED = 16
_TAG = re.compile(r"([0-9a-f]{64})-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Opened:
    """A version with its text."""

    version: RulesetVersion
    text: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed one text. ``standing`` is how it stands now, ``mine`` what was not stored.

    ``merged`` is both together, None where the changes meet.
    """

    standing: RulesetVersion
    mine: str
    theirs: str
    my_changes: list[Line]
    their_changes: list[Line]
    merged: str | None


class Editing:
    """Opens texts as their authors saw them, and saves what was made of them."""

    def __init__(self, rulesets: Rulesets, versions: Versions, drafting: Drafting) -> None:
        self._rulesets = rulesets
        self._versions = versions
        self._drafting = drafting
        self._samples: Remembered[bytes, Samples | None] = Remembered(MOST_REMEMBERED, _ran)

    def opened(self, policy: str, version: str) -> Opened:
        """A version as it stands now; raises ``NotFound``."""
        found = self._versions.one(policy, version)
        return Opened(found, self._versions.text(found))

    def seen(self, tag: str) -> bytes:
        """The text of the version that had this tag. Raises ``Invalid`` where there never was one."""
        match = _TAG.fullmatch(tag)
        try:
            if match is not None:
                return self._rulesets.text(f"sha256:{match[1]}")
        except NotFound:
            pass
        problem = Problem("load the page again, then make the change once more")
        raise Invalid("It is not said which text was changed.", [problem])

    def save(
        self, principal: Principal, policy: str, version: str, tag: str, change: Callable[[bytes], bytes]
    ) -> RulesetVersion | Conflict:
        """Store what ``change`` makes of the text that ``tag`` names, or say what stands against it.

        Raises what ``change`` and ``Drafting.edit`` raise.
        """
        base = self.seen(tag)
        mine = change(base)
        try:
            return self._drafting.edit(principal, policy, version, mine, seen={tag})
        except Stale:
            return self._conflict(policy, version, base.decode(), mine.decode())

    def samples(self, text: bytes) -> Samples | None:
        """The cases and examples of a text with what comes out of each; None where it does not load."""
        return self._samples.get(text)

    def results(self, version: RulesetVersion) -> list[CaseResult] | None:
        """What comes out of the cases of a version; None where its text does not load."""
        found = self.samples(self._rulesets.text(version.digest))
        return None if found is None else found.cases

    def _conflict(self, policy: str, version: str, base: str, mine: str) -> Conflict:
        now = self.opened(policy, version)
        theirs = now.text.decode()
        return Conflict(
            now.version,
            mine,
            theirs,
            three_way.difference(base, mine),
            three_way.difference(base, theirs),
            three_way.merged(base, mine, theirs),
        )


def _ran(text: bytes) -> Samples | None:
    try:
        return run_samples(text)
    except Invalid:
        return None
