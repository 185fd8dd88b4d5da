"""The key figures over all customers, added up one account at a time (policy 7.2, 7.4).

``Tally`` takes accounts in any order and holds sums alone, so that a million customers need no more memory
than one. Rates follow the CRF formulas (policy 12.2).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.domain.receivables.account import Account
from app.domain.receivables.ageing import place
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.receivables.measure import HUNDREDTH, Unit, Value, money, quotient, share
from app.domain.receivables.rules import ReportRules
from app.domain.values import Text

SEGMENTS = {
    "core": Text("Core customers", "核心客户"),
    "growth": Text("Growing customers", "成长客户"),
    "new": Text("New customers", "新客户"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: its value, the formula in words, and a benchmark or target where there is one."""

    name: str
    label: Text
    unit: Unit
    formula: str
    source: str
    value: Value
    benchmark: Decimal | None = None
    flag: str | None = None


class Tally:
    """Adds accounts of one day up. ``buckets`` has the first days past due of each set of buckets."""

    def __init__(self, day: date, rules: ReportRules, buckets: Mapping[str, Sequence[int]]) -> None:
        self.day = day
        self.start = day - timedelta(days=rules.days)
        self._rules = rules
        self._edges = buckets
        self.buckets = {name: [0] * (len(edges) + 1) for name, edges in buckets.items()}
        self.customers = self.receivables = self.not_due = self.beginning = self.sales = 0
        self.written_off = self.handed_over = self.recovered = self.unmatched = 0
        self.segments = dict.fromkeys(SEGMENTS, 0)
        self.largest_sales = 0
        self.top: list[tuple[int, str]] = []

    def add(self, account: Account, segment: Any = None) -> None:
        """Add one customer. ``segment`` is what the file holds of it; its age tells where that is none."""
        self.customers += 1
        open_now = sales = 0
        first: date | None = None
        for item in account.items:
            first = item.issued_on if first is None or item.issued_on < first else first
            if item.issued_on > self.start:
                sales += item.amount
            if item.settled_on is None or item.settled_on > self.start:
                self.beginning += item.open_on(self.start)
            if item.open:
                open_now += item.open
                self._bucket((self.day - item.due_on).days, item.open)
            if item.late is not None and item.late >= self._rules.handed_over_days:
                self._handed_over(item.due_on, item.amount, item.paid)
            self.written_off += sum(
                one.amount or 0
                for one in item.paid
                if one.kind is DocumentKind.WRITE_OFF and one.dated_on > self.start
            )
        self.receivables += open_now
        self.unmatched += account.unmatched
        self.sales += sales
        self.largest_sales = max(self.largest_sales, sales)
        if first is not None:
            self.segments[segment if segment in SEGMENTS else self._segment(first)] += sales
        if open_now:
            # Of equal amounts the smaller id comes first.
            heapq.heappush(self.top, (open_now, _reversed(account.customer)))
            if len(self.top) > self._rules.top_customers:
                heapq.heappop(self.top)

    def largest(self) -> list[tuple[str, int]]:
        """The customers that owe most, the most first, with what they owe."""
        return [(_reversed(name), amount) for amount, name in sorted(self.top, reverse=True)]

    def _bucket(self, past: int, amount: int) -> None:
        if past <= 0:
            self.not_due += amount
        for name, edges in self._edges.items():
            self.buckets[name][place(past, edges)] += amount

    def _handed_over(self, due_on: date, amount: int, paid: Sequence[Document]) -> None:
        since = due_on + timedelta(days=self._rules.handed_over_days)
        if since <= self.start:
            return
        before = after = 0
        for one in paid:
            cash = one.amount or 0
            if one.dated_on < since:
                before += cash
            elif one.kind is DocumentKind.PAYMENT:
                after += cash
        left = max(amount - before, 0)
        self.handed_over += left
        self.recovered += min(after, left)

    def _segment(self, first: date) -> str:
        known = (self.day - first).days
        if known < self._rules.new_below_days:
            return "new"
        return "core" if known >= self._rules.core_from_days else "growth"


def _reversed(text: str) -> str:
    """A text that sorts the other way round; twice is the text again."""
    return "".join(chr(0x10FFFF - ord(one)) for one in text)


def figures(tally: Tally, rules: ReportRules) -> Iterator[Figure]:
    """The key figures of a tally."""
    t, days, late = tally, rules.days, rules.handed_over_days
    dso, best = _days(t.receivables, t.sales, days), _days(t.not_due, t.sales, days)
    last = t.buckets["standard"][-1] if "standard" in t.buckets else 0
    values: dict[str, tuple[Value, Decimal | None]] = {
        "receivables": (money(t.receivables), None),
        "unmatched_cash": (money(t.unmatched), None),
        "credit_sales": (money(t.sales), None),
        "dso": (dso, rules.benchmark_dso),
        "best_possible_dso": (best, None),
        "add": (_days(t.receivables - t.not_due, t.sales, days), None),
        "cei": (share(t.beginning + t.sales - t.receivables, t.beginning + t.sales - t.not_due), None),
        "share_current": (share(t.not_due, t.receivables), None),
        "share_last_bucket": (share(last, t.receivables), None),
        "bad_debt_rate": (share(t.written_off, t.sales), rules.benchmark_bad_debt_rate),
        "recovery_rate": (share(t.recovered, t.handed_over), None),
    }
    for name, (en, zh, unit, formula, source) in FIGURES.items():
        value, benchmark = values[name]
        said = formula.format(days=days, late=late)
        yield Figure(name, Text(en, zh), unit, said, source, value, benchmark)
    yield from _dependence(t, rules)


FIGURES: Mapping[str, tuple[str, str, Unit, str, str]] = {
    "receivables": (
        "Receivables", "应收账款总额", Unit.MONEY, "sum of the open amounts of all invoices", "POLICY:2.7",
    ),
    "unmatched_cash": (
        "Unmatched cash", "未核销收款", Unit.MONEY,
        "payments booked without an invoice of the customer's, and cash beyond what an invoice took",
        "POLICY:2.8",
    ),
    "credit_sales": (
        "Credit sales", "赊销收入", Unit.MONEY, "invoices issued in the last {days} days", "POLICY:12.2",
    ),
    "dso": ("DSO", "应收账款周转天数", Unit.MEAN_DAYS, "receivables / credit sales x {days}", "POLICY:12.2"),
    "best_possible_dso": (
        "Best possible DSO", "最佳可能周转天数", Unit.MEAN_DAYS,
        "receivables not yet due / credit sales x {days}", "POLICY:12.2",
    ),
    "add": (
        "Average days delinquent", "平均拖欠天数", Unit.MEAN_DAYS, "DSO - best possible DSO", "POLICY:12.2",
    ),
    "cei": (
        "Collection effectiveness", "回款效率指数", Unit.SHARE,
        "(beginning receivables + credit sales - ending receivables)"
        " / (beginning receivables + credit sales - ending receivables not yet due)", "POLICY:12.2",
    ),
    "share_current": (
        "Not yet due", "未到期占比", Unit.SHARE, "receivables not yet due / receivables", "POLICY:7.4",
    ),
    "share_last_bucket": (
        "In the last bucket", "最末账龄段占比", Unit.SHARE,
        "receivables of the last standard bucket / receivables", "POLICY:7.4",
    ),
    "bad_debt_rate": (
        "Bad-debt rate", "坏账率", Unit.SHARE,
        "written off in the last {days} days / credit sales", "POLICY:12.2",
    ),
    "recovery_rate": (
        "Recovery rate", "追收率", Unit.SHARE,
        "cash since on invoices that became {late} days late in the last {days} days"
        " / what was open of them then", "POLICY:12.2",
    ),
}  # fmt: skip
"""Labels, unit, formula and source of each figure."""


def _dependence(t: Tally, rules: ReportRules) -> Iterator[Figure]:
    top, flag = share(t.largest_sales, t.sales), None
    if top is not None and top > rules.largest_amber_above:
        flag = "red" if top > rules.largest_red_above else "amber"
    yield Figure(
        "largest_customer_share",
        Text("Share of the largest customer", "最大单一客户占比"),
        Unit.SHARE,
        "credit sales to the customer with most of them / credit sales",
        "POLICY:7.2",
        top,
        rules.largest_amber_above,
        flag,
    )
    about = {
        "core": (f"first invoice is {rules.core_from_days} days old or older", rules.target_core),
        "growth": ("first invoice is in between", rules.target_growth),
        "new": (f"first invoice is less than {rules.new_below_days} days old", rules.target_new),
    }
    for name, (whose, aim) in about.items():
        part = share(t.segments[name], t.sales)
        off = part is not None and abs(part - aim) > rules.tolerance
        said = f"credit sales to customers whose {whose} / credit sales"
        flag = "off-target" if off else None
        yield Figure(f"segment_{name}", SEGMENTS[name], Unit.SHARE, said, "POLICY:7.2", part, aim, flag)


def _days(part: int, sales: int, days: int) -> Decimal | None:
    return quotient(part * days, sales, HUNDREDTH) if sales else None
