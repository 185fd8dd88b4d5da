"""Everything about the customer file, wired to one store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.customer_rules import CustomerRules
from app.services.customers.enriching import Enriching, Measures, Totals
from app.services.customers.filing import CustomerFiling, Imports
from app.services.customers.holding import Holding
from app.services.customers.importing import Importing
from app.services.customers.signalling import Signalling
from app.services.policies import Policies
from app.services.recording import Recorder
from app.settings import Settings
from app.store.customers import Customers
from app.store.store import Store
from schemas.customer_rules import read_customer_rules


@dataclass(frozen=True, slots=True)
class Files:
    """All that can be asked about the customer file."""

    rules: CustomerRules
    stored: Customers
    enriching: Enriching
    holding: Holding
    imports: Imports
    filing: CustomerFiling
    importing: Importing
    signalling: Signalling


def files(
    settings: Settings,
    store: Store,
    recorder: Recorder,
    policies: Policies,
    measures: Measures,
    totals: Totals,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[datetime], UUID],
) -> Files:
    """The customer file of one store; raises ``Invalid`` for rules that cannot be read."""
    rules, stored = read_customer_rules(settings.customer_rules.read_bytes()), store.customers
    imports = Imports(recorder, now=now, new_id=new_id)
    filing = CustomerFiling(policies, stored, rules, imports, now=now, zone=settings.timezone)
    return Files(
        rules=rules,
        stored=stored,
        enriching=Enriching(rules, stored, measures, totals),
        holding=Holding(rules, stored),
        imports=imports,
        filing=filing,
        importing=Importing(filing),
        signalling=Signalling(stored, imports),
    )
