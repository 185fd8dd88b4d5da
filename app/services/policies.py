"""The policies of this service: which ruleset answers now, made ready to be evaluated.

What is ready is kept by digest, most recently used ones, because a text never
changes under its digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from app.domain.errors import Invalid, NotFound, Refused
from app.domain.evaluation import Plan
from app.domain.lifecycle import RulesetEvent, State
from app.domain.messages import joined, told
from app.domain.requests import FILE
from app.domain.ruleset import Ruleset
from app.engine.compiled import Compiled, Engines
from app.services.remembering import Remembered
from app.store.rulesets import Rulesets
from schemas.decisions import Presenter
from schemas.facts import FactReader
from schemas.ruleset import load

MOST_READY = 64


class Ready:
    """One ruleset ready for use: its plan, the reader of its facts, the words of its answers.

    ``recalls`` names the facts that may come from earlier decisions, by what those are found by;
    ``fillable`` are those that may come from the customer file.
    """

    __slots__ = ("facts", "fillable", "plan", "presenter", "recalls", "ruleset")

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.plan = Plan(ruleset)
        self.facts = FactReader(ruleset)
        self.presenter = Presenter(ruleset)
        self.fillable = {
            name: spec for name, spec in ruleset.facts.items() if not spec.given_by or FILE in spec.given_by
        }
        self.recalls: dict[str, list[str]] = {}
        for name, spec in ruleset.facts.items():
            if spec.recall is not None:
                self.recalls.setdefault(spec.recall.by, []).append(name)


class Policies:
    """Finds rulesets by policy and instant, by version, or by digest."""

    def __init__(self, rulesets: Rulesets, engines: Engines) -> None:
        self._rulesets = rulesets
        self._engines = engines
        self._ready: Remembered[str, Ready] = Remembered(MOST_READY, self._made_ready)

    def names(self) -> tuple[str, ...]:
        """Every policy that ever had a version."""
        return self._rulesets.policies()

    def versions(self, policy: str) -> Sequence[RulesetEvent]:
        """Where each version of ``policy`` stands; raises ``NotFound``."""
        versions = self._rulesets.versions(policy)
        if not versions:
            raise self._no_policy(policy)
        return versions

    def in_force(self, policy: str, at: datetime) -> Ready:
        """The ruleset that answers at ``at``; raises ``NotFound``, or ``Refused`` while none is active."""
        event = self._rulesets.in_force(policy, at)
        if event is None:
            self.versions(policy)
            raise Refused(
                told("No version of {policy} is in force; activate one first.", policy=policy), conflict=True
            )
        return self.by_digest(event.digest)

    def version(self, policy: str, version: str) -> Ready:
        """One version of a policy, whatever its state; raises ``NotFound``.

        Raises ``Refused`` for a draft that does not load: officers save half-finished work.
        """
        known = {one.version: one for one in self.versions(policy)}
        if version not in known:
            raise NotFound(
                told(
                    "{policy} has no version {version}; it has {known}.",
                    policy=policy,
                    version=version,
                    known=joined(", ", known),
                )
            )
        try:
            return self.by_digest(known[version].digest)
        except Invalid as error:
            message = told(
                "{policy} {version} does not load yet; its checks say what is wrong.",
                policy=policy,
                version=version,
            )
            raise Refused(message, error.problems, conflict=True) from error

    def by_digest(self, digest: str) -> Ready:
        """The ruleset of exactly that text; raises ``NotFound``."""
        return self._ready.get(digest)

    def text(self, digest: str) -> bytes:
        """The exact text; raises ``NotFound``."""
        return self._rulesets.text(digest)

    def engine(self, ready: Ready) -> Compiled:
        """The engines for a ruleset, to be used in a ``with`` block: they stay loaded meanwhile."""
        return self._engines.get(ready.ruleset)

    def is_active(self, policy: str, at: datetime) -> bool:
        """Whether some version answers now."""
        event = self._rulesets.in_force(policy, at)
        return event is not None and event.state is State.ACTIVE

    def _made_ready(self, digest: str) -> Ready:
        return Ready(load(self._rulesets.text(digest)))

    def _no_policy(self, policy: str) -> NotFound:
        names = self.names()
        if not names:
            return NotFound(
                told(
                    "There is no policy {policy}, because there is none at all yet: `termwise rulesets sync` "
                    "drafts those of the rulesets folder, and two people put them into force "
                    "(docs/first-day.md).",
                    policy=policy[:64],
                )
            )
        close = get_close_matches(policy, names, n=1, cutoff=0.6)
        hint = (
            told("did you mean {name}?", name=close[0])
            if close
            else told("the policies are {names}.", names=joined(", ", names))
        )
        return NotFound(told("There is no policy {policy}; {hint}", policy=policy[:64], hint=hint))
