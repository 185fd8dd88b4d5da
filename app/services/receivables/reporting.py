"""Reporting: key figures and the stress test over all customers, in one pass over the receivables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.errors import Unavailable
from app.domain.receivables.account import account
from app.domain.receivables.balances import exposure
from app.domain.receivables.measure import Given, window
from app.domain.receivables.portfolio import Figure, Tally, figures
from app.domain.receivables.rules import ReceivablesRules
from app.domain.receivables.stress import Outcome, Owed, owed, stressed
from app.services.receivables.measuring import Held
from app.store.receivables import Receivables

YEAR = 365


@dataclass(frozen=True, slots=True)
class PortfolioReport:
    """The key figures of a day. Amounts of ``buckets`` and ``largest`` are hundredths."""

    day: date
    customers: int
    figures: Sequence[Figure]
    buckets: Mapping[str, Sequence[int]]
    largest: Sequence[tuple[str, int]]


class Reporting:
    """Reports. ``held`` says what the customer file holds of a customer."""

    def __init__(self, rules: ReceivablesRules, stored: Receivables, held: Held) -> None:
        self.rules = rules
        self._stored = stored
        self._held = held

    def report(self, day: date, stopping: Callable[[], bool] = lambda: False) -> PortfolioReport:
        """The key figures as of a day; raises ``Unavailable``, also when it is ``stopping``."""
        tally = Tally(day, self.rules.report, self.rules.ageing)
        segment = self.rules.segment_fact
        for customer, documents in self._stored.customers(day):
            if stopping():
                raise Unavailable("The service is being stopped.")
            filed = self._held(customer, day).get(segment) if segment else None
            tally.add(account(customer, documents, day), filed)
        return PortfolioReport(
            day, tally.customers, list(figures(tally, self.rules.report)), tally.buckets, tally.largest()
        )

    def stress(self, day: date) -> tuple[Outcome, list[Outcome]]:
        """What is expected to come in after a day, and what each scenario makes of it."""
        owing: list[Owed] = []
        for customer, documents in self._stored.customers(day, only_open=True):
            found = account(customer, documents, day)
            held: Mapping[str, Any] = self._held(customer, day)
            amounts = self.rules.amounts(held)
            given = Given(limit=amounts["limit"], secured=amounts["secured"], transit=amounts["transit"])
            gross = int(exposure(found, given).scaleb(2))
            industry = held.get(self.rules.industry_fact or "")
            one = owed(
                found,
                gross,
                limit=given.limit,
                industry=industry if isinstance(industry, str) else None,
                year=window(day, YEAR),
            )
            if one is not None:
                owing.append(one)
        return stressed(owing, self.rules.scenarios, day, self.rules.weeks)
