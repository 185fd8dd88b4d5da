"""What the shell prints of receivables: rows of tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.receivables.account import Account
from app.domain.receivables.ageing import ageing, bucket_names
from app.domain.receivables.measure import Unit, Value, money
from app.domain.receivables.rules import ReceivablesRules
from app.domain.receivables.stress import Outcome
from app.services.receivables.measuring import Measured
from app.services.receivables.reporting import PortfolioReport

YES_NO = {"en": ("no", "yes"), "zh": ("否", "是")}
EXPECTED = {"en": "expected receipts", "zh": "预计回款"}


def said(value: Value, unit: Unit, lang: str) -> str:
    """A value as people write it; unknown is a dash."""
    if value is None:
        return "-"
    if unit is Unit.MONEY:
        return f"{value:,.2f}"
    if unit is Unit.SHARE:
        return f"{value * 100:.2f} %"
    return YES_NO[lang][value] if unit is Unit.YES_NO else str(value)


def measure_rows(found: Measured, rules: ReceivablesRules, lang: str) -> list[tuple[str, str, str]]:
    """Every measure with its value and formula."""
    rows = []
    for name, one in rules.measures.items():
        about = f" ({one.window} d)" if one.window else ""
        value = said(found.values[name], one.measure.unit, lang)
        rows.append((f"{one.measure.label.said_in(lang)}{about}", value, one.measure.formula))
    return rows


def account_rows(found: Measured, rules: ReceivablesRules) -> list[tuple[str, str]]:
    """The standard buckets of what is open."""
    edges = next(iter(rules.ageing.values()))
    amounts = ageing(found.account, edges)
    return [(name, f"{money(one):,.2f}") for name, one in zip(bucket_names(edges), amounts, strict=True)]


def item_rows(found: Measured) -> list[tuple[Any, ...]]:
    """Every open invoice."""
    account: Account = found.account
    rows: list[tuple[Any, ...]] = []
    for item, facts in found.invoices():
        past = (account.day - item.due_on).days
        disputed = facts["disputed_amount"] if facts["disputed"] else ""
        plan = facts["repayment_plan"]
        rows.append((item.number, item.due_on, past, f"{money(item.open):,.2f}", disputed, plan))
    return rows


def unmatched_rows(found: Measured) -> list[tuple[Any, ...]]:
    """Every payment that is here and whose invoice is none of the customer's."""
    payments = found.account.unmatched_payments
    return [
        (one.number, one.invoice or "", one.dated_on, f"{money(one.amount or 0):,.2f}") for one in payments
    ]


def report_rows(
    found: PortfolioReport, rules: ReceivablesRules, lang: str
) -> Iterator[tuple[Sequence[str], list[tuple[Any, ...]]]]:
    """The tables of a report: figures, buckets, and who owes most."""
    yield (
        ("figure", "", "benchmark", "", "formula"),
        [
            (
                one.label.said_in(lang),
                said(one.value, one.unit, lang),
                said(one.benchmark, one.unit, lang) if one.benchmark is not None else "",
                one.flag or "",
                one.formula,
            )
            for one in found.figures
        ],
    )
    for name, edges in rules.ageing.items():
        amounts = found.buckets[name]
        yield (
            (f"past due ({name})", "open"),
            [(label, f"{money(one):,.2f}") for label, one in zip(bucket_names(edges), amounts, strict=True)],
        )
    yield ("customer", "open"), [(name, f"{money(amount):,.2f}") for name, amount in found.largest]


def unknown_said(found: Sequence[Outcome], lang: str) -> list[str]:
    """A line for each scenario of which it is not known whom it concerns."""
    said = {
        "en": "{name}: of {unknown:,} customers no industry is filed, {hit:,} are concerned",
        "zh": "{name}：{unknown:,} 家客户未登记行业，涉及 {hit:,} 家",
    }[lang]
    return [
        said.format(name=one.scenario.label.said_in(lang), unknown=one.unknown, hit=one.hit)
        for one in found
        if one.scenario is not None and one.unknown
    ]


def stress_rows(
    base: Outcome, found: Sequence[Outcome], lang: str
) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """A row a scenario: the gap at the end of each week, what is lost, and further limits broken."""
    weeks = [str(week + 1) for week in range(len(base.gap))]
    expected = set(base.breaches)
    rows: list[tuple[Any, ...]] = [
        (EXPECTED[lang], *(f"{money(one):,.0f}" for one in base.receipts[:-1]), "", len(base.breaches))
    ]
    rows += [
        (
            one.scenario.label.said_in(lang) if one.scenario else "",
            *(f"{money(gap):,.0f}" for gap in one.gap),
            f"{money(one.lost):,.0f}",
            len(set(one.breaches) - expected),
        )
        for one in found
    ]
    return ("cash gap by week", *weeks, "lost", "breaches"), rows
