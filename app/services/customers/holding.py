"""What was decided becomes what holds: filings that a decision or a resolution brings with it.

They are written in the transaction of its entry. A decision that asks for a person
writes nothing: what the person settles does, unless it ends by itself, because
then what held before it would have to come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.customer_file import Filing, Held, Source, values_of
from app.domain.customer_rules import AS_OF, NOBODY, CustomerRules, Said, Written
from app.domain.ruleset import Ruleset
from app.services.customers.enriching import Known


class Holding:
    """Says what a decision or a resolution writes to its customer's file."""

    def __init__(self, rules: CustomerRules, customers: Known) -> None:
        self._rules = rules
        self._customers = customers

    def writes(self, policy: str) -> bool:
        """Whether decisions of a policy write anything."""
        return bool(self._rules.of_policy(policy))

    def knows(self, customer: str, day: date) -> bool:
        """Whether the file holds anything of a customer that did not come of decisions."""
        return any(one.source is not Source.DECISION for one in self._customers.held(customer, day).values())

    def of_decision(
        self, id: UUID, ruleset: Ruleset, document: Mapping[str, Any], held: Mapping[str, Held]
    ) -> tuple[Filing, ...]:
        """What a decision writes, of its document; ``held`` is the file as it stood on its day."""
        day = date.fromisoformat(document[AS_OF])
        return self._filings(id, ruleset, document, document["outcome"], NOBODY, day, held)

    def of_resolution(
        self,
        id: UUID,
        ruleset: Ruleset,
        document: Mapping[str, Any],
        outcome: str,
        said: Said,
        day: date,
    ) -> tuple[Filing, ...]:
        """What a resolution of that decision writes on ``day``; the terms set stand in for outputs."""
        customer = document["customer"]
        if customer is None or not self.writes(ruleset.policy):
            return ()
        day = max(day, date.fromisoformat(document[AS_OF]))
        held = self._customers.held(customer, day)
        return self._filings(id, ruleset, document, outcome, said, day, held)

    def _filings(
        self,
        id: UUID,
        ruleset: Ruleset,
        document: Mapping[str, Any],
        outcome: str,
        said: Said,
        day: date,
        held: Mapping[str, Held],
    ) -> tuple[Filing, ...]:
        if document["customer"] is None:
            return ()
        decided = {**document["facts"], **document["derived"], **document["outputs"]}
        values = {**decided, **said.terms, AS_OF: day.isoformat()}
        facts: dict[str, Any] = {}
        for one in self._rules.of_policy(ruleset.policy):
            if one.applies(ruleset, outcome, said):
                facts.update(_facts(one.facts, values, values_of(held)))
        if not facts:
            return ()
        about = (id, str(id), None, ruleset.currency)
        return (Filing(document["customer"], day, Source.DECISION, facts, *about),)


def _facts(
    written: tuple[Written, ...], values: Mapping[str, Any], held: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts that are known, of those whose condition is met."""
    becomes = {one.fact: values.get(one.takes) for one in written if one.takes is not None}
    facts = {}
    for one in written:
        value = held.get(one.before) if one.before is not None else becomes[one.fact]
        changed = one.when_changes
        if changed is not None and (becomes.get(changed) is None or becomes[changed] == held.get(changed)):
            continue
        if value is not None:
            facts[one.fact] = value
    return facts
