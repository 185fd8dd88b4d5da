"""Recalling: the outputs of earlier decisions on many references at once.

A decision whose rules give none of the outputs that are recalled is not opened: a policy that is asked every
day decides on most days that there is nothing to do, and says so in which rules held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from app.domain.audit import Erased
from app.domain.rules import Formula
from app.domain.ruleset import Ruleset
from app.services.policies import Policies, Ready
from app.services.recording import Recorder
from app.services.remembering import Remembered
from app.services.sealing import Vault
from app.store.portfolio import Portfolio
from schemas.decisions import document_of

Recalled: TypeAlias = dict[tuple[str, str], Sequence[Mapping[str, Any]] | None]
_KEPT = 64


class Recalling:
    """Recalls for batches."""

    def __init__(self, portfolio: Portfolio, policies: Policies, recorder: Recorder, vault: Vault) -> None:
        self._portfolio = portfolio
        self._policies = policies
        self._recorder = recorder
        self._vault = vault
        self._givers: Remembered[tuple[str, frozenset[str]], frozenset[str] | None] = Remembered(
            _KEPT, self._giving
        )

    def earlier(self, ready: Ready, names: Mapping[str, Iterable[str]], before: date) -> Recalled:
        """Outputs by what they are recalled by and its name; ``names`` are references and customers."""
        found: Recalled = {}
        hashes: Mapping[str, Callable[[str], bytes]] = {
            "reference": self._vault.pseudonyms.reference,
            "customer": self._vault.pseudonyms.customer,
        }
        for by, facts in ready.recalls.items():
            outputs = frozenset(
                spec.recall.output for name in facts if (spec := ready.ruleset.facts[name]).recall is not None
            )
            named = {hashes[by](name): name for name in dict.fromkeys(names[by])}
            rows = [
                one
                for one in self._portfolio.earlier(ready.ruleset.policy, by, list(named), before)
                if self._gives(one.digest, one.rules, outputs)
            ]
            entries = self._portfolio.entries([one.id for one in rows])
            self._vault.prepare_opening(one.key_id for one in entries.values())
            for one in rows:
                key = by, named[one.whose]
                before_it = found.setdefault(key, ())
                try:
                    outputs_then = document_of(self._recorder.unsealed(entries[one.id]))["outputs"]
                except Erased:
                    found[key] = None
                    continue
                if before_it is not None:
                    found[key] = (*before_it, outputs_then)
        return found

    def _gives(self, digest: str, rules: Sequence[str], outputs: frozenset[str]) -> bool:
        giving = self._givers.get((digest, outputs))
        return giving is None or not giving.isdisjoint(rules)

    def _giving(self, wanted: tuple[str, frozenset[str]]) -> frozenset[str] | None:
        """The rules that give any of these outputs, as ``step/rule``; None where formulas do."""
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
