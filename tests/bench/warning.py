"""Do warning points rank customers by what they will do? ``python -m tests.bench.warning [FILE]``

The food distributor's paid invoices are read by its mapping. For each month end every customer of whom
the books then know a document is one pair: will an invoice due in the next 60 days be 30 or more days
late? Whether any will be due is no more known on the day than how it will be paid. The ruleset itself
decides on the facts that the receivables give as of that day, and its points are set against the single
indicators, by the area under the ROC curve on the same pairs.

A month end is left out where its outcome is not whole (60 days and 30 more had not passed when the file
was made), or where it has no month of history: the file holds no invoice that was paid before it begins,
so that of those days it shows the late ones alone.
"""

from __future__ import annotations

import csv
import sys
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.evaluation import Plan
from app.domain.receivables.account import account
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.receivables.rules import NamedMeasure
from app.domain.values import of_type
from app.engine.compiled import Engines
from schemas.customer_rules import read_customer_rules
from schemas.facts import FactReader
from schemas.receivables.mapping import read_document_mapping
from schemas.receivables.rows import Documents
from schemas.receivables.rules import read_receivables_rules
from schemas.ruleset import load

ROOT = Path(__file__).parents[2]
FILE = Path("/work/shared/data/receivables/food_distribution_paid_invoices_h1_2019.csv")
RULESET = ROOT / "rulesets/limit-adjustment/1.0.0.yaml"
AHEAD, LATE, HISTORY = 60, 30, 28
SINGLE = (
    "worst_lateness_60d",
    "oldest_open_overdue_days",
    "invoices_late_7d",
    "share_late_3d",
    "own_payment_lengthening_days",
)
"""Single indicators. What is unknown counts as 0: nothing was noticed."""


def documents_of(path: Path) -> dict[str, list[Document]]:
    """The documents of each customer."""
    mapping = (ROOT / "docs/mappings/food_ledger.yaml").read_bytes()
    found: dict[str, list[Document]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        rows = read_document_mapping(mapping, next(reader), "CNY").read(enumerate(reader, 2))
        for row in rows:
            assert isinstance(row, Documents)
            for one in row.documents:
                found.setdefault(one.customer, []).append(one)
    return found


def month_ends(first: date, last: date) -> Iterator[date]:
    """Every month end from the first to the last of these days."""
    year, month = first.year, first.month
    while (end := date(year, month, monthrange(year, month)[1])) <= last:
        if end >= first:
            yield end
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def will_be_late(documents: Sequence[Document], day: date) -> bool:
    """Whether an invoice due in the next 60 days was 30 or more days late."""
    paid = {one.invoice: one.dated_on for one in documents if one.kind is DocumentKind.PAYMENT}
    due = [
        (one.due_on, paid[one.number])
        for one in documents
        if one.kind is DocumentKind.INVOICE and one.due_on and day < one.due_on <= day + timedelta(days=AHEAD)
    ]
    return any((on - until).days >= LATE for until, on in due)


def auc(pairs: Sequence[tuple[Any, bool]]) -> float:
    """The share of pairs of a late one and another in which the late one scored more; a tie counts half."""
    good = sorted(score for score, late in pairs if not late)
    bad = [score for score, late in pairs if late]
    above = sum(bisect_left(good, score) + bisect_right(good, score) for score in bad)
    return above / 2 / len(good) / len(bad)


def measured_facts() -> Mapping[str, NamedMeasure]:
    """The measure of each fact that the shipped rules take from the receivables."""
    rules = read_receivables_rules((ROOT / "rulesets/receivables.yaml").read_bytes())
    taken = read_customer_rules((ROOT / "rulesets/customer-file.yaml").read_bytes()).receivables
    return {fact: rules.measures[name] for fact, name in taken.items()}


class Deciding:
    """The points that the ruleset gives, with both of its engines."""

    def __init__(self) -> None:
        self._ruleset = load(RULESET.read_bytes())
        self._plan, self._reader = Plan(self._ruleset), FactReader(self._ruleset)
        self._engine = Engines().get(self._ruleset)

    def points(self, facts: Mapping[str, Any], day: date) -> Decimal:
        """The sum of the behaviour points on these facts; facts of other policies are left aside."""
        known = {
            name: of_type(self._ruleset.facts[name].type, value) if not isinstance(value, bool) else value
            for name, value in facts.items()
            if value is not None and name in self._ruleset.facts
        }
        values = self._reader.read({"credit_limit": "1000000.00"}, filled=known)
        complete = {name: values.get(name) for name in self._ruleset.facts}
        found = self._plan.evaluate(self._engine.matcher, complete, day)
        return Decimal(found.derived["behaviour_points"])


def pairs_of(
    documents: Mapping[str, Sequence[Document]], days: Sequence[date]
) -> dict[str, list[tuple[Any, bool]]]:
    """By score, each pair's score and whether it became late."""
    deciding, measures = Deciding(), measured_facts()
    found: dict[str, list[tuple[Any, bool]]] = {}
    for day in days:
        for customer, some in documents.items():
            known = account(customer, some, day)
            if not known.items:
                continue
            late = will_be_late(some, day)
            facts = {name: one.of(known, {}) for name, one in measures.items()}
            found.setdefault("warning points", []).append((deciding.points(facts, day), late))
            for name in SINGLE:
                found.setdefault(name, []).append((facts.get(name) or 0, late))
    return found


def main() -> None:
    """Print each AUC, and whether the points do at least as well as the best single indicator."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    documents = documents_of(path)
    last = max(one.dated_on for some in documents.values() for one in some)
    first = min(
        one.dated_on for some in documents.values() for one in some if one.kind is DocumentKind.PAYMENT
    )
    days = list(month_ends(first + timedelta(days=HISTORY), last - timedelta(days=AHEAD + LATE)))
    found = pairs_of(documents, days)
    some = next(iter(found.values()))
    print(f"{', '.join(map(str, days))}: {len(some):,} pairs, {sum(late for _, late in some):,} became late")
    scores = {name: auc(pairs) for name, pairs in found.items()}
    for name, score in sorted(scores.items(), key=lambda one: -one[1]):
        print(f"{name:32} {score:.4f}")
    best = max(score for name, score in scores.items() if name != "warning points")
    held = scores["warning points"] >= best
    verdict = "rank at least as well as" if held else "rank worse than"
    print(f"warning points {verdict} the best single indicator")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
