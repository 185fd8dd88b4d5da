"""Gathering: every fact of a request, typed, and where it came from.

What is sent counts first; then what is recalled from earlier decisions, and then the customer
file. Only what is sent is asked of the caller's role: so a request overrides what its
role may give, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

from app.domain.audit import Erased
from app.domain.customer_rules import Shared
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.requests import Caller, DecisionRequest
from app.domain.values import Value
from app.services.customers.enriching import Enriching, Filled
from app.services.decisions.lately import Lately, OnOthers
from app.services.policies import Ready
from app.services.recording import Recorder
from schemas.decisions import document_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of a request. ``recalled`` are those looked for in earlier decisions, by name."""

    facts: dict[str, Value]
    recalled: tuple[str, ...]
    filled: Filled


Earlier: TypeAlias = Callable[[str, str, str, date], Sequence[Mapping[str, Any]] | None]
"""The outputs of what a policy decided before a day, by ``reference`` or ``customer``, oldest first.

None where any of it was erased: what was is not known any more, and the unknown is no clean record.
"""


def recorded(recorder: Recorder) -> Earlier:
    """Earlier decisions as they are recorded, read one by one."""

    def earlier(policy: str, by: str, whose: str, before: date) -> list[Mapping[str, Any]] | None:
        found = recorder.earlier(policy, before=before, **{by: whose})
        try:
            return [document_of(recorder.unsealed(one.entry))["outputs"] for one in found]
        except Erased:
            return None

    return earlier


class Gathering:
    """Gathers the facts of requests. ``shared`` says by policy which recalled facts are the customer's."""

    def __init__(
        self, earlier: Earlier, enriching: Enriching, shared: Mapping[str, Shared], lately: Lately
    ) -> None:
        self._earlier = earlier
        self._enriching = enriching
        self._shared = shared
        self._lately = lately

    def gathered(
        self, ready: Ready, request: DecisionRequest, caller: Caller, as_of: date, *, recall: bool
    ) -> Gathered:
        """All facts; raises ``Invalid`` with one problem a fact."""
        currency = ready.ruleset.currency
        if request.currency not in (None, currency):
            wrong = told(
                "this policy decides in {own}, not in {currency}; convert the amounts first",
                own=currency,
                currency=request.currency,
            )
            raise Invalid("The currency does not fit.", [Problem(wrong, "/currency")])
        sent = request.facts
        recalled = self._recalled(ready, request, as_of) if recall else {}
        known = [name for name, value in (*sent.items(), *recalled.items()) if value not in (None, ())]
        filled = self._enriching.filled(ready, request.customer, as_of, known, wanted=request.enrich)
        known_before = {name: value for name, value in recalled.items() if value is not None}
        brought = {**known_before, **filled.values}
        facts = ready.facts.read(sent, roles=caller.giving_roles, filled=brought)
        looked_for = tuple(sorted(name for name in recalled if name not in filled.values))
        return Gathered(facts, looked_for, filled)

    def _recalled(self, ready: Ready, request: DecisionRequest, as_of: date) -> dict[str, Value]:
        """Facts that were not sent, from earlier decisions on the same reference or customer."""
        found: dict[str, Value] = {}
        for by, names in ready.recalls.items():
            asked = {name for name in names if request.facts.get(name) is None}
            whose = getattr(request, by)
            if not asked or whose is None:  # without a name there is nothing to look up: it stays unknown
                continue
            earlier = self._earlier(ready.ruleset.policy, by, whose, as_of)
            if earlier is not None:
                found.update(ready.facts.recalled(earlier, asked))
        for name in self._shared_by(ready, request, found):
            found[name] = self._newest(ready, request, as_of, name, found[name])
        return found

    def shares(self, policy: str) -> bool:
        """Whether decisions of a policy bear on others of the same customer."""
        return policy in self._shared

    def _shared_by(self, ready: Ready, request: DecisionRequest, recalled: Collection[str]) -> list[str]:
        shared = self._shared.get(ready.ruleset.policy)
        if shared is None or request.customer is None or request.reference is None:
            return []
        by_reference = ready.recalls.get("reference", ())
        return [name for name in by_reference if name in recalled and name in shared.facts]

    def _newest(self, ready: Ready, request: DecisionRequest, as_of: date, name: str, own: Value) -> Value:
        """The newest day or amount that was decided on any reference of the customer."""
        policy, recall = ready.ruleset.policy, ready.ruleset.facts[name].recall
        assert recall is not None
        assert request.customer is not None
        assert request.reference is not None
        since = as_of - timedelta(days=self._shared[policy].days)
        asked = OnOthers(policy, recall.output, request.customer, request.reference, since, as_of)
        others = ready.facts.recalled(self._lately(asked), {name})[name]
        if own is None or others is None:
            return others if own is None else own
        return max(own, others)
