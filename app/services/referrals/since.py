"""What happened since something was referred: it was decided anew, or its invoice is settled.

A newer decision that is referred itself takes the older one's place: there is one question to
settle, with the facts of the later day. One that asks for nobody leaves the older open and is shown beside
it, because it may mean only that the step that waits here was asked for already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.domain.runs import Each, RunRules
from app.domain.sealed import DecidedSince
from app.services.referrals.cases import Case
from app.store.receivables import Receivables
from app.store.referrals import Referrals


class Happened(NamedTuple):
    """What is known of one referral; ``settled_on`` is the day on which nothing of its invoice was open."""

    decided: DecidedSince | None = None
    settled_on: date | None = None
    replaced: bool = False
    """Whether who asked said of the newer request that it takes this one's place, whatever its answer."""

    @property
    def superseded(self) -> bool:
        """Whether a newer referral took its place, or a newer request that says so."""
        return self.replaced or (self.decided is not None and self.decided.referred)


NOTHING = Happened()


class Since:
    """Looks it up. ``runs`` say which policies are asked about a customer, and which about an invoice."""

    def __init__(self, referrals: Referrals, receivables: Receivables, runs: Iterable[RunRules]) -> None:
        self._referrals = referrals
        self._receivables = receivables
        asked = [(one.each, one.policy) for one in runs]
        self.of_customers = frozenset(policy for each, policy in asked if each is Each.CUSTOMER)
        self._of_invoices = frozenset(policy for each, policy in asked if each is Each.INVOICE)

    def of(self, cases: Iterable[Case]) -> Mapping[UUID, Happened]:
        """What happened since, by the id of the decision."""
        cases = list(cases)
        about = {case.id: self._invoice(case) for case in cases}
        replaced = {case.id: newer for case in cases if (newer := case.replaced_by) is not None}
        took_over = self._referrals.told(set(replaced.values()))
        decided = self._referrals.since(list(about), self.of_customers)
        settled = self._receivables.settled([one[0] for one in about.values() if one is not None])
        return {
            id: Happened(
                took_over.get(replaced[id]) if id in replaced else decided.get(id),
                None if invoice is None else settled.get(invoice),
                id in replaced,
            )
            for id, invoice in about.items()
        }

    def _invoice(self, case: Case) -> tuple[str, str] | None:
        """The number and customer of the invoice that it is about; None where it is about none."""
        if case.document is None or case.ruleset.policy not in self._of_invoices:
            return None
        number, customer = case.document["reference"], case.document["customer"]
        return None if number is None or customer is None else (number, customer)
