"""The stress test: what comes in week by week if customers pay late or not at all, and which limits break.

Arithmetic over the open invoices, exact and the same whenever it is asked. An invoice is expected on its
due date plus the customer's mean days late (whole, at least 0), and not before the day after ``day``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from app.domain.receivables.account import Account
from app.domain.receivables.measure import Given, mean, whole_days
from app.domain.values import Text

WEEK = 7


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who pays late, and how late. One of ``share``, ``largest`` and ``industry`` says who."""

    id: str
    label: Text
    days: int = 0
    fails: bool = False
    share: Decimal | None = None
    largest: int | None = None
    industry: str | None = None
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """What one customer owes, as the test needs it. Amounts are hundredths.

    ``expected`` are days and amounts; ``weekly_sales`` the mean of what is invoiced a week.
    """

    customer: str
    open: int
    expected: Sequence[tuple[date, int]]
    exposure: int
    weekly_sales: int
    limit: int | None = None
    industry: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario does: receipts by week (the last is everything later), gap summed up, breaches.

    ``hit`` are how many customers it concerns; of ``unknown`` nobody knows whether it does.
    """

    scenario: Scenario | None
    receipts: Sequence[int]
    gap: Sequence[int]
    lost: int
    breaches: Sequence[str] = field(default=())
    hit: int = 0
    unknown: int = 0


def owed(
    account: Account, exposure: int, *, limit: int | None, industry: str | None, year: date
) -> Owed | None:
    """What the test needs of an account; None where nothing is open. Sales count from ``year`` on."""
    if not account.open_items:
        return None
    late = [one.late for one in Given(year).counted(account) if one.late is not None and not one.open]
    usual = max(whole_days(mean(late) or Decimal(0)), 0)
    first = account.day + timedelta(days=1)
    expected = [(max(one.due_on + timedelta(days=usual), first), one.open) for one in account.open_items]
    sold = sum(one.amount for one in account.items if one.issued_on >= year)
    weeks = max(((account.day - year).days + 1) // WEEK, 1)
    total = sum(one.open for one in account.open_items)
    return Owed(account.customer, total, expected, exposure, sold // weeks, limit, industry)


def stressed(
    owing: Sequence[Owed], scenarios: Iterable[Scenario], day: date, weeks: int
) -> tuple[Outcome, list[Outcome]]:
    """What is expected, and what each scenario makes of it."""
    base = _outcome(None, owing, frozenset(), day, weeks, None)
    return base, [_outcome(one, owing, frozenset(_chosen(one, owing)), day, weeks, base) for one in scenarios]


def _chosen(scenario: Scenario, owing: Sequence[Owed]) -> Iterable[str]:
    largest = sorted(owing, key=lambda one: (-one.open, one.customer))
    if scenario.industry is not None:
        return (one.customer for one in owing if one.industry == scenario.industry)
    if scenario.largest is not None:
        return (one.customer for one in largest[: scenario.largest])
    order = (
        sorted(owing, key=lambda one: sha256(one.customer.encode()).digest()) if scenario.spread else largest
    )
    return (one.customer for one in order[: int((scenario.share or 0) * len(order))])


def _outcome(
    scenario: Scenario | None,
    owing: Sequence[Owed],
    hit: frozenset[str],
    day: date,
    weeks: int,
    base: Outcome | None,
) -> Outcome:
    receipts = [0] * (weeks + 1)
    lost = 0
    broken = []
    for one in owing:
        own = [0] * (weeks + 1)
        touched = scenario is not None and one.customer in hit
        for on, amount in one.expected:
            if touched and scenario is not None and scenario.fails:
                lost += amount
                continue
            later = timedelta(days=scenario.days if touched and scenario is not None else 0)
            own[min(((on + later - day).days - 1) // WEEK, weeks)] += amount
        for week, amount in enumerate(own):
            receipts[week] += amount
        if _breaks(one, own, weeks):
            broken.append(one.customer)
    by_industry = scenario is not None and scenario.industry is not None
    unknown = sum(one.industry is None for one in owing) if by_industry else 0
    return Outcome(scenario, receipts, _gap(receipts, base, weeks), lost, tuple(broken), len(hit), unknown)


def _breaks(one: Owed, receipts: Sequence[int], weeks: int) -> bool:
    """Whether the exposure passes the limit at the end of any week, if sales go on as they did."""
    if one.limit is None:
        return False
    exposure = one.exposure
    for week in range(weeks):
        exposure += one.weekly_sales - receipts[week]
        if exposure > one.limit:
            return True
    return False


def _gap(receipts: Sequence[int], base: Outcome | None, weeks: int) -> list[int]:
    """How much less has come in by the end of each week than was expected."""
    gap, total = [], 0
    for week in range(weeks):
        total += (base.receipts[week] if base else receipts[week]) - receipts[week]
        gap.append(total)
    return gap
