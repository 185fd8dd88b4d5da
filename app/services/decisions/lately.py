"""Lately: what was decided on other references of a customer, for facts that are true of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from app.domain.audit import Erased
from app.domain.rules import Formula
from app.domain.ruleset import Ruleset
from app.ledger.pseudonyms import Pseudonyms
from app.services.policies import Policies
from app.services.recording import Recorder
from app.services.remembering import Remembered
from app.store.decisions import Decisions
from schemas.decisions import document_of


class OnOthers(NamedTuple):
    """Decisions of ``policy`` that give ``output``, on references of ``customer`` other than ``besides``.

    Those as of days from ``since`` to ``until``, both included: one on another reference bears on this one
    on the same day already; one on the same does not, so that asked again it says the same.
    """

    policy: str
    output: str
    customer: str
    besides: str
    since: date
    until: date


Lately: TypeAlias = Callable[[OnOthers], Sequence[Mapping[str, Any]]]
"""Outputs of such decisions, oldest day first; those that were erased are not among them."""


class Givers:
    """Which rules of a ruleset give an output. A decision where none of them held need not be opened."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._known: Remembered[tuple[str, frozenset[str]], frozenset[str] | None] = Remembered(
            64, self._giving
        )

    def gave(self, digest: str, held: Sequence[str], outputs: frozenset[str]) -> bool:
        """Whether a decision in which the rules ``held`` may have given any of these outputs."""
        giving = self._known.get((digest, outputs))
        return giving is None or not giving.isdisjoint(held)

    def _giving(self, wanted: tuple[str, frozenset[str]]) -> frozenset[str] | None:
        digest, outputs = wanted
        return givers(self._policies.by_digest(digest).ruleset, outputs)


def givers(ruleset: Ruleset, outputs: frozenset[str]) -> frozenset[str] | None:
    """The rules of a ruleset that give any of these outputs, as ``step/rule``; None where formulas do."""
    if any(isinstance(step, Formula) and step.output in outputs for step in ruleset.steps):
        return None
    return frozenset(
        f"{step.id}/{rule.id}"
        for step in ruleset.match_steps
        for rule in step.rules
        if any(one.output in outputs for one in rule.then)
    )


def recorded_lately(stored: Decisions, recorder: Recorder, policies: Policies, hashes: Pseudonyms) -> Lately:
    """Such decisions as they are recorded; ``hashes`` are those of this log's names."""
    known = Givers(policies)

    def lately(asked: OnOthers) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        named = hashes.customer(asked.customer), hashes.reference(asked.besides)
        for one in stored.on_others(asked.policy, *named, since=asked.since, until=asked.until):
            if known.gave(one.index.digest, one.index.rules, frozenset({asked.output})):
                try:
                    found.append(document_of(recorder.unsealed(one.entry))["outputs"])
                except Erased:
                    continue
        return found

    return lately
