"""Everything about receivables, wired to one store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.customer_file import values_of
from app.domain.receivables.rules import ReceivablesRules
from app.services.customers.filing import Imports
from app.services.receivables.importing import Importing
from app.services.receivables.measuring import Measuring
from app.services.receivables.reporting import Reporting
from app.services.receivables.totals import Totals
from app.settings import Settings
from app.store.receivables import Receivables
from app.store.store import Store
from schemas.receivables.rules import read_receivables_rules


@dataclass(frozen=True, slots=True)
class Books:
    """All that can be asked about receivables."""

    rules: ReceivablesRules
    stored: Receivables
    measuring: Measuring
    reporting: Reporting
    totals: Totals

    def importing(self, imports: Imports, today: date) -> Importing:
        """Takes documents, with the imports of the customer file."""
        return Importing(self.stored, imports, today)


def books(settings: Settings, store: Store, *, now: Callable[[], datetime]) -> Books:
    """The receivables of one store; raises ``Invalid`` for rules that cannot be read."""
    rules = read_receivables_rules(settings.receivables_rules.read_bytes())

    def held(customer: str, day: date) -> Mapping[str, Any]:
        return values_of(store.customers.held(customer, day))

    measuring = Measuring(rules, store.receivables, held)
    reporting = Reporting(rules, store.receivables, held)
    totals = Totals(reporting.report, store.receivables.totals, now)
    return Books(rules, store.receivables, measuring, reporting, totals)
