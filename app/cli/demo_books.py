"""What the demonstration knows of its customers: a file, signals, and a year of invoices and payments.

Facts are those of the rulesets' own baselines, signals those that the rules of the customer file name, so
that no policy is named here. Of the same day everything is the same, whoever makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from app.domain.customer_file import Source
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.ruleset import Ruleset
from app.domain.signals import Signal
from app.services.assembly import Services
from app.services.customers.filing import FACTS, SIGNALS, What
from app.services.receivables.importing import KIND
from schemas.customer_facts import FileFacts
from schemas.customer_items import Filed, Part
from schemas.filings import NO_ORIGIN
from schemas.json_values import json_value
from schemas.receivables.rows import Documents
from schemas.signal_rows import Happened

MOST, MONTHS, TERM = 24, 12, 30
FILED_BEFORE, CHECKED_BEFORE = 20, 10
"""Days ago on which facts were filed, and on which somebody looked for signals."""
LATE = (-2, 3, 0, 12, 1, 33)
"""Days after the due date on which customers pay, in their order, over and over."""
LIMITS = (300_000, 800_000, 1_500_000, 500_000)
WHAT = sha256(b"demonstration").digest()


def load(services: Services, rulesets: list[Ruleset], customers: list[str]) -> str:
    """Fill the customer file and the receivables; says what was done."""
    some, files = customers[:MOST], services.customers
    today = files.filing.today()
    rows = list(_filed(services, rulesets, some, today))
    files.filing.file(rows, What(FACTS, WHAT), by=None, refused=lambda one: None)
    signals = [Happened(place, one) for place, one in enumerate(_signals(services, some, today))]
    files.signalling.take(signals, What(SIGNALS, WHAT), by=None, refused=lambda one: None)
    taken = services.receivables.importing(files.imports, today).take(
        [Documents(0, list(documents(some, today)))],
        What(KIND, WHAT),
        by=None,
        refused=lambda one: None,
    )
    services.receivables.totals.work_out(today)
    return (
        f"Demo books: {len(rows)} customers on file, {len(signals)} signals, {taken.new} documents; try"
        " termwise receivables report, or termwise run reviews once the server is stopped"
    )


def _filed(services: Services, rulesets: list[Ruleset], customers: list[str], today: date) -> Iterator[Filed]:
    """A file for each customer: what the baselines say, and a limit of its own."""
    known, limit = services.customers.filing.facts(), services.receivables.rules.limit_fact
    as_of = today - timedelta(FILED_BEFORE)
    for place, customer in enumerate(customers):
        facts = _baseline(services, rulesets, known, today)
        if limit in facts:
            facts[limit] = f"{LIMITS[place % len(LIMITS)]}.00"
        money: dict[str | None, dict[str, Any]] = {}
        for name, value in facts.items():
            money.setdefault(known.currency(name), {})[name] = value
        parts = [Part(as_of, Source.ERP, "demo", currency, part) for currency, part in money.items()]
        yield Filed(place, customer, parts)


def _baseline(services: Services, rulesets: list[Ruleset], known: FileFacts, today: date) -> dict[str, Any]:
    """Facts of a customer by name: not those of an invoice, nor what is measured, signalled or recalled."""
    rules = services.customers.rules
    others = {*rules.receivables, *rules.signals}
    others |= {fact for one in services.runs.kinds.values() for fact in one.facts}
    found: dict[str, Any] = {}
    for ruleset in rulesets:
        moved = today - ruleset.baseline_as_of
        for name, value in ruleset.baseline.items():
            spec = known.specs.get(name)
            if spec is None or value is None or name in others or spec.recall is not None:
                continue
            shifted = value + moved if isinstance(value, date) else value
            try:
                found.setdefault(name, known.value(name, json_value(shifted)))
            except ValueError:  # policies that do not agree on a fact do not file it
                continue
    return found


def _signals(services: Services, customers: list[str], today: date) -> Iterator[Signal]:
    """For everybody that somebody looked, and for every third something that was found."""
    rules = list(services.customers.rules.signals.values())
    checks = sorted({kind for one in rules for kind in one.checked_by})
    day = today - timedelta(CHECKED_BEFORE)
    for place, customer in enumerate(customers):
        for kind in checks:
            yield Signal(customer, kind, day, Source.AGENCY, NO_ORIGIN)
        if rules and place % 3 == 2:
            kind = next(iter(rules[place // 3 % len(rules)].kinds))
            yield Signal(customer, kind, day - timedelta(place), Source.AGENCY, NO_ORIGIN, "demo")


def documents(customers: list[str], today: date) -> Iterator[Document]:
    """An invoice a month for each customer, mostly paid; of some what else happens to an invoice."""
    for place, customer in enumerate(customers):
        for month in range(MONTHS):
            yield from _invoice(place, customer, month, today)
        if place % 3:
            yield from _paid(customer, today - timedelta(days=600 * (place % 3)), _amount(place, 0))
        last = f"INV-{customer}-1"
        if place % 8 == 3:
            opened, half = today - timedelta(5), _amount(place, 0) // 2
            yield Document(
                DocumentKind.DISPUTE, f"DIS-{customer}", customer, opened, last, amount=half, word="quality"
            )
        if place % 8 == 5:
            yield Document(
                DocumentKind.PROMISE, f"PRO-{customer}", customer, today - timedelta(6), last,
                due_on=today + timedelta(8), begun_on=today - timedelta(5), amount=_amount(place, 1),
                word=f"PLAN-{customer}",
            )  # fmt: skip
        if place % 8 == 4:  # near the limit
            taken = LIMITS[place % len(LIMITS)] * 70
            yield Document(
                DocumentKind.ORDER, f"ORD-{customer}", customer, today - timedelta(2), amount=taken
            )
        if place % 4 == 1:
            ordered = today - timedelta(3)
            yield Document(DocumentKind.ORDER, f"ORD-{customer}", customer, ordered, amount=_amount(place, 2))


def _paid(customer: str, issued: date, amount: int) -> Iterator[Document]:
    """An invoice of long ago, which was paid when due."""
    number, due = f"INV-{customer}-first", issued + timedelta(TERM)
    yield Document(DocumentKind.INVOICE, number, customer, issued, due_on=due, amount=amount)
    yield Document(DocumentKind.PAYMENT, f"PAY-{number}", customer, due, number, amount=amount)


def _invoice(place: int, customer: str, month: int, today: date) -> Iterator[Document]:
    """The invoice of so many months ago, and its payment where there was one by today."""
    number, amount = f"INV-{customer}-{month}", _amount(place, month)
    issued = today - timedelta(days=30 * month + place % 9 + 12)
    due = issued + timedelta(TERM)
    yield Document(DocumentKind.INVOICE, number, customer, issued, due_on=due, amount=amount)
    paid = due + timedelta(LATE[(place + month // 5) % len(LATE)])
    if paid <= today and (place + month) % 11:
        yield Document(DocumentKind.PAYMENT, f"PAY-{number}", customer, paid, number, amount=amount)


def _amount(place: int, month: int) -> int:
    return (9_000 + 1_730 * place + 410 * month) * 100
