"""Everything about runs, wired to one store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.domain.customer_rules import CustomerRules
from app.services.policies import Policies
from app.services.receivables.measuring import Measuring
from app.services.recording import Recorder
from app.services.runs.asking import Asking
from app.services.runs.recalling import Recalling
from app.services.runs.running import Running
from app.services.sealing import Vault
from app.settings import Settings
from app.store.store import Store
from schemas.runs import read_run_rules


def running(
    settings: Settings,
    store: Store,
    vault: Vault,
    recorder: Recorder,
    policies: Policies,
    measuring: Measuring,
    rules: CustomerRules,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[datetime], UUID],
) -> Running:
    """The runs of one store; raises ``Invalid`` for rules that cannot be read."""
    kinds = read_run_rules(settings.runs.read_bytes())
    recalling = Recalling(store.portfolio, policies, recorder, vault, rules.shared)
    asking = Asking(store, recorder, measuring, recalling, rules, kinds, now=now, new_id=new_id)
    return Running(
        kinds, store.runs, policies, recorder, asking, now=now, new_id=new_id, zone=settings.timezone
    )
