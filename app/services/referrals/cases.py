"""A referral with what is sealed of it: what it is measured by, who may not settle it, what the rules say.

After an erasure nothing of that is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from app.domain.audit import Erased
from app.domain.referrals import Resolution
from app.domain.rules import Reference, Rule
from app.domain.ruleset import Ruleset
from app.domain.sealed import StoredReferral, StoredResolution
from app.domain.settling import Figures, ruled
from app.services.policies import Policies
from app.services.recording import Recorder
from schemas.decisions import document_of
from schemas.recorded import recorded

REQUESTER = "who asked for the decision"
KEY_OWNER = "the owner of the key that asked for it"
ENTERED = "who entered or changed a fact of it by hand"


class Case:
    """One referral. ``document`` is the decision's sealed part, None after an erasure."""

    def __init__(self, stored: StoredReferral, ruleset: Ruleset, document: Mapping[str, Any] | None) -> None:
        self.stored = stored
        self.ruleset = ruleset
        self.document = document

    @property
    def id(self) -> UUID:
        """The id of the decision."""
        return self.stored.decision.entry.id

    @cached_property
    def figures(self) -> Figures:
        """What authority is held against; nothing is known after an erasure, or where nothing is declared."""
        asked = self.ruleset.referrals
        if asked is None:
            return Figures()
        if self.document is None:
            return Figures(days_count=asked.days is not None)
        days = None if asked.days is None else self._recorded(asked.days)
        return Figures(self._recorded(asked.amount), days, days_count=asked.days is not None)

    @cached_property
    def excluded(self) -> Mapping[str, str]:
        """Who may not settle it, by person id, and why.

        A fact that was sent counts as entered by whoever sent it. What the customer file fills in will name
        its authors under ``entered_by``.
        """
        if self.document is None:
            return {}
        found = dict.fromkeys(self.document.get("entered_by") or (), ENTERED)
        if self.document["asked_by"] is not None:
            found[self.document["asked_by"]] = KEY_OWNER
        found[self.document["requested_by"]] = REQUESTER
        return found

    @cached_property
    def ruled(self) -> str | None:
        """What the rules alone say, the call for a person left aside; None where no answer counts."""
        if self.document is None or self.document["failure"]:
            return None
        return ruled(self.ruleset, [rule for _, rule in self._effective])

    @property
    def latest(self) -> StoredResolution | None:
        """The latest resolution, whether it still holds or not."""
        return self.stored.latest

    @property
    def replaced_by(self) -> UUID | None:
        """The decision that whoever asked for this one asked for in its place; None where there is none."""
        if self.latest is None or not self.latest.resolution.withdrawn:
            return None
        return UUID(json.loads(self.latest.entry.leaf)["clear"]["replaced_by"])

    def is_override(self, outcome: str) -> bool:
        """Whether settling with ``outcome`` is milder than what the rules alone say."""
        severities = self.ruleset.severities
        return self.ruled is not None and severities[outcome] < severities[self.ruled]

    @property
    def asked(self) -> tuple[str, ...]:
        """The rules that called for a person, by ``step/rule``: those that set the decision's outcome."""
        if self.document is None:
            return ()
        return tuple(rule for rule, _, _, _, decisive, _ in self.document["fired"] if decisive)

    def overruled(self, outcome: str) -> tuple[str, ...]:
        """The rules whose stricter outcome is set aside when it is settled with ``outcome``."""
        severities, referral = self.ruleset.severities, self.ruleset.referral.id
        return tuple(
            name
            for name, rule in self._effective
            if rule.outcome not in (None, referral) and severities[rule.outcome] > severities[outcome]
        )

    @cached_property
    def _effective(self) -> list[tuple[str, Rule]]:
        if self.document is None:
            return []
        rules = self.ruleset.rules_by_id
        return [(name, rules[name]) for name, _, _, effective, _, _ in self.document["fired"] if effective]

    def _recorded(self, name: str) -> Any:
        assert self.document is not None
        return recorded(self.ruleset, self.document, Reference(name))


class Cases:
    """Unseals referrals and resolutions."""

    def __init__(self, policies: Policies, recorder: Recorder) -> None:
        self._policies = policies
        self._recorder = recorder

    def read(self, stored: StoredReferral) -> Case:
        """The case; one whose customer was erased has no document."""
        ruleset = self._policies.by_digest(stored.decision.index.digest).ruleset
        try:
            return Case(stored, ruleset, document_of(self._recorder.unsealed(stored.decision.entry)))
        except Erased:
            return Case(stored, ruleset, None)

    def settled(self, one: StoredResolution) -> tuple[Resolution, Mapping[str, Any] | None]:
        """A resolution with its sealed part, None after an erasure."""
        try:
            return one.resolution, document_of(self._recorder.unsealed(one.entry))
        except Erased:
            return one.resolution, None
