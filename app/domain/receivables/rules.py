"""What the file ``receivables.yaml`` says: the measures, and the numbers of report and stress test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.receivables.account import Account
from app.domain.receivables.measure import Given, Measure, Value, window
from app.domain.receivables.stress import Scenario


@dataclass(frozen=True, slots=True)
class NamedMeasure:
    """A measure with its window: ``window`` days, or from the date on that the file holds as ``since``."""

    name: str
    measure: Measure
    window: int | None = None
    since: str | None = None
    days: int = 0
    before: int = 0
    least: int = 0

    def of(self, account: Account, held: Mapping[str, Any]) -> Value:
        """Its value; None where the day since which it counts is not known."""
        start: date | None = None
        if self.window is not None:
            start = window(account.day, self.window)
        elif self.since is not None:
            start = held.get(self.since)
            if start is None:
                return None
        amounts = (held.get("limit"), held.get("secured"), held.get("transit"))
        given = Given(start, self.days, self.before, self.least, *amounts)
        return self.measure.of(account, given)


@dataclass(frozen=True, slots=True)
class ReportRules:
    """The numbers of the report: days of the period, thresholds, targets and benchmarks."""

    days: int
    handed_over_days: int
    core_from_days: int
    new_below_days: int
    target_core: Decimal
    target_growth: Decimal
    target_new: Decimal
    tolerance: Decimal
    largest_amber_above: Decimal
    largest_red_above: Decimal
    benchmark_dso: Decimal
    benchmark_bad_debt_rate: Decimal
    top_customers: int


@dataclass(frozen=True, slots=True)
class ReceivablesRules:
    """All of it. ``ageing`` has the first days past due of each bucket by the name of the set.

    ``currency`` is that of all amounts of the books.
    """

    measures: Mapping[str, NamedMeasure]
    ageing: Mapping[str, tuple[int, ...]]
    report: ReportRules
    weeks: int
    currency: str
    scenarios: tuple[Scenario, ...] = ()
    limit_fact: str | None = None
    secured_fact: str | None = None
    transit_fact: str | None = None
    industry_fact: str | None = None
    segment_fact: str | None = None

    def amounts(self, held: Mapping[str, Any]) -> dict[str, int | None]:
        """What measures need of the customer file, in hundredths; ``held`` has values in their JSON form."""
        facts = {"limit": self.limit_fact, "secured": self.secured_fact, "transit": self.transit_fact}
        return {name: _hundredths(held.get(fact or "")) for name, fact in facts.items()}

    def since_facts(self) -> frozenset[str]:
        """The dates of the customer file since which measures count."""
        return frozenset(one.since for one in self.measures.values() if one.since is not None)


def _hundredths(written: Any) -> int | None:
    """An amount of the customer file; None where it is no such amount."""
    try:
        return None if written is None else int(Decimal(str(written)).scaleb(2))
    except (InvalidOperation, ValueError, OverflowError):
        return None
