"""Recalling: the outputs of earlier decisions on many references at once.

A decision whose rules give none of the outputs that are recalled is not opened: a policy that is asked every
day decides on most days that there is nothing to do, and says so in which rules held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

from app.domain.audit import Erased
from app.domain.customer_rules import Shared
from app.services.decisions.batching import OnReference
from app.services.decisions.lately import Givers
from app.services.policies import Policies, Ready
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.store.portfolio import Earlier, Portfolio
from schemas.decisions import document_of

Recalled: TypeAlias = dict[tuple[str, str], Sequence[Mapping[str, Any]] | None]


class Recalling:
    """Recalls for batches. ``shared`` says by policy which recalled facts are the customer's."""

    def __init__(
        self,
        portfolio: Portfolio,
        policies: Policies,
        recorder: Recorder,
        vault: Vault,
        shared: Mapping[str, Shared],
    ) -> None:
        self._portfolio = portfolio
        self._shared = shared
        self._recorder = recorder
        self._vault = vault
        self._givers = Givers(policies)

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
                if self._givers.gave(one.digest, one.rules, outputs)
            ]
            for one, outputs_then in self._opened(rows):
                key = by, named[one.whose]
                before_it = found.setdefault(key, ())
                if outputs_then is None:
                    found[key] = None
                elif before_it is not None:
                    found[key] = (*before_it, outputs_then)
        return found

    def lately(
        self, ready: Ready, references: Iterable[str], customers: Iterable[str], day: date
    ) -> dict[str, list[OnReference]]:
        """What was decided lately on any reference of these customers, by customer, oldest day first."""
        shared = self._shared.get(ready.ruleset.policy)
        if shared is None:
            return {}
        hashes = self._vault.pseudonyms
        outputs = frozenset(
            spec.recall.output
            for name in shared.facts
            if (spec := ready.ruleset.facts[name]).recall is not None
        )
        named = {hashes.customer(name): name for name in dict.fromkeys(customers)}
        own = {hashes.reference(name): name for name in references}
        since = day - timedelta(days=shared.days)
        rows = [
            one
            for one in self._portfolio.on_references(ready.ruleset.policy, list(named), since, day)
            if self._givers.gave(one.digest, one.rules, outputs)
        ]
        found: dict[str, list[OnReference]] = {}
        for one, outputs_then in self._opened(rows):
            if outputs_then is not None:
                # That of another reference than those asked for has no name here, and needs none.
                reference = own.get(one.reference, f"\0{one.reference.hex()}")
                found.setdefault(named[one.whose], []).append(OnReference(reference, one.as_of, outputs_then))
        return found

    def _opened(self, rows: Sequence[Earlier]) -> Iterator[tuple[Earlier, Mapping[str, Any] | None]]:
        """Each with its outputs, None where they were erased."""
        entries = self._portfolio.entries([one.id for one in rows])
        self._vault.prepare_opening(one.key_id for one in entries.values())
        for one in rows:
            try:
                yield one, document_of(self._recorder.unsealed(entries[one.id]))["outputs"]
            except Erased:
                yield one, None
