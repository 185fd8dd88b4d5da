"""Key figures and stress test over a few customers, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from app.domain.receivables.account import Account, account
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.receivables.portfolio import Tally, figures
from app.domain.receivables.stress import Owed, Scenario, owed, stressed
from app.domain.values import Text
from schemas.receivables.charts import stress_chart
from schemas.receivables.rules import read_receivables_rules

DAY = date(2026, 6, 30)
RULES = read_receivables_rules((Path(__file__).parents[3] / "rulesets/receivables.yaml").read_bytes())
NAMED = Text("a", "甲")


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def customer(name: str, *invoices: tuple[int, int, int | None], written_off: int = 0) -> Account:
    """Invoices as (days since issue, hundredths, days since payment or None), each due after 30 days."""
    found = []
    for number, (issued, amount, paid) in enumerate(invoices):
        one = f"{name}-{number}"
        found.append(
            Document(DocumentKind.INVOICE, one, name, ago(issued), due_on=ago(issued - 30), amount=amount)
        )
        if paid is not None:
            found.append(Document(DocumentKind.PAYMENT, one, name, ago(paid), one, amount=amount))
    if written_off:
        found.append(Document(DocumentKind.WRITE_OFF, name, name, ago(1), f"{name}-0", amount=written_off))
    return account(name, found, DAY)


def test_key_figures_follow_their_formulas() -> None:
    tally = Tally(DAY, RULES.report, RULES.ageing)
    tally.add(customer("A", (100, 400_00, 50), (20, 600_00, None)))
    tally.add(customer("B", (80, 300_00, None), written_off=30_00))
    tally.add(customer("C", (1200, 10_00, 1100), (10, 100_00, 5)))
    found = {one.name: one.value for one in figures(tally, RULES.report)}
    # sold in 90 days: 600 + 300 + 100; owed: 600 not due and 270 that is 50 days late; 400 were owed before
    assert (found["receivables"], found["credit_sales"]) == (870, 1000)
    assert (found["dso"], found["best_possible_dso"], found["add"]) == (
        Decimal("78.30"),
        Decimal("54.00"),
        Decimal("24.30"),
    )
    assert found["cei"] == Decimal("0.6625")  # (400 + 1000 - 870) / (400 + 1000 - 600)
    assert (found["share_current"], found["bad_debt_rate"]) == (Decimal("0.6897"), Decimal("0.0300"))
    assert (found["recovery_rate"], found["largest_customer_share"]) == (Decimal("0.0000"), Decimal("0.6000"))
    assert (found["segment_core"], found["segment_new"]) == (Decimal("0.1000"), Decimal("0.9000"))
    flags = {one.name: one.flag for one in figures(tally, RULES.report)}
    assert (flags["largest_customer_share"], flags["segment_core"]) == ("red", "off-target")
    assert tally.buckets["standard"] == [600_00, 0, 270_00, 0, 0]
    assert tally.largest() == [("A", 600_00), ("B", 270_00)]


def test_average_days_delinquent_is_rounded_once() -> None:
    tally = Tally(DAY, RULES.report, RULES.ageing)
    tally.sales, tally.receivables, tally.not_due = 71_00, 2_00, 50
    found = {one.name: one.value for one in figures(tally, RULES.report)}
    assert [str(found[name]) for name in ("dso", "best_possible_dso", "add")] == ["2.54", "0.63", "1.90"]


def test_an_invoice_is_expected_after_the_usual_lateness_and_never_before_tomorrow() -> None:
    found = owed(
        customer("A", (60, 10_00, 20), (28, 5_00, None), (90, 7_00, None)),
        0,
        limit=None,
        industry=None,
        year=ago(364),
    )
    assert found is not None
    assert found.expected == [(ago(-1), 7_00), (ago(-12), 5_00)]  # ten days late as a rule


def test_a_scenario_delays_or_strikes_what_those_it_hits_owe() -> None:
    owing = [
        Owed("A", 70_00, [(ago(-3), 70_00)], 70_00, 10_00, limit=75_00),
        Owed("B", 30_00, [(ago(-10), 30_00)], 30_00, 0, limit=10_00, industry="steel"),
    ]
    scenarios = [
        Scenario("late", NAMED, days=7, largest=1),
        Scenario("fails", NAMED, fails=True, share=Decimal("0.5")),
        Scenario("steel", NAMED, days=60, industry="steel"),
    ]
    base, (late, fails, steel) = stressed(owing, scenarios, DAY, 4)
    assert list(base.receipts) == [70_00, 30_00, 0, 0, 0]
    assert base.breaches == ("B",)
    assert (list(late.gap), late.breaches) == ([70_00, 0, 0, 0], ("A", "B"))
    assert (fails.lost, list(fails.gap)) == (70_00, [70_00] * 4)
    assert list(steel.receipts) == [70_00, 0, 0, 0, 30_00]
    assert [(one.hit, one.unknown) for one in (late, fails, steel)] == [(1, 0), (1, 0), (1, 1)]
    drawn = stress_chart([late, fails, steel], "zh")
    assert drawn == stress_chart([late, fails, steel], "zh")
    assert drawn.count("<polyline") == 3


def test_a_filed_segment_counts_instead_of_age() -> None:
    tally = Tally(DAY, RULES.report, RULES.ageing)
    tally.add(customer("A", (10, 300_00, None)), "core")
    tally.add(customer("B", (10, 100_00, None)), "no segment")
    assert tally.segments == {"core": 300_00, "growth": 0, "new": 100_00}


def test_amounts_come_from_the_filed_facts_that_the_rules_name() -> None:
    rules = replace(RULES, secured_fact="secured", transit_fact="transit")
    known = rules.amounts({"credit_limit": "1000.00", "secured": "60.00", "transit": "-"})
    assert known == {"limit": 1000_00, "secured": 60_00, "transit": None}
    owing = customer("A", (10, 300_00, None))
    known = rules.amounts({"secured": "60.00", "transit": "40.50"})
    assert rules.measures["exposure"].of(owing, known) == Decimal("199.50")
    assert rules.measures["cash_in_transit"].of(owing, known) == Decimal("40.50")
