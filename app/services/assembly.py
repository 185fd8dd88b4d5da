"""Everything that can be asked of Termwise, wired to one store."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

from app.domain.decision import Evaluation
from app.domain.identifiers import Identifiers
from app.engine.compiled import Engines
from app.services.auditing import Auditing
from app.services.deciding import Deciding
from app.services.policies import Policies
from app.services.publishing import Publishing
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.settings import Settings
from app.store.store import Store

ENGINE_VERSION = f"termwise {version('termwise')}"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that can be asked of Termwise, wired to one store. Close it to commit what waits."""

    settings: Settings
    store: Store
    policies: Policies
    recorder: Recorder
    deciding: Deciding
    auditing: Auditing
    publishing: Publishing

    def close(self) -> None:
        """Commit what waits and let the next process in."""
        self.store.close()

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def utc_now() -> datetime:
    """The clock of the service; everything below is handed it."""
    return datetime.now(UTC)


def open_services(
    settings: Settings,
    *,
    writing: bool = True,
    migrate: bool = False,
    now: Callable[[], datetime] = utc_now,
    count: Callable[[Evaluation], None] = lambda evaluation: None,
) -> Services:
    """Open the store that ``settings`` name; raises ``Refused`` while another process writes to that file.

    ``migrate`` brings the tables up to date first; ``count`` is told of every evaluation.
    """
    for url in (settings.database_url, settings.keys_url):
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if migrate:
        Store.migrate(settings.database_url, settings.keys_url, settings.migration_url)
    store = Store.open(
        settings.database_url, settings.keys_url, writing=writing, most_waiting=settings.waiting
    )
    try:
        identifiers = Identifiers(now, secrets.randbits)
        vault = Vault(store.keys, settings.master_key(), now=now, new_id=identifiers.new)
        recorder = Recorder(store, vault, origin=settings.log_origin, engine=ENGINE_VERSION)
        policies = Policies(store.rulesets, Engines())
        deciding = Deciding(
            policies, recorder, now=now, new_id=identifiers.at, zone=settings.timezone, count=count
        )
        publishing = Publishing(policies, recorder, now=now, new_id=identifiers.at)
        return Services(
            settings, store, policies, recorder, deciding, Auditing(store, policies, recorder), publishing
        )
    except BaseException:
        store.close()
        raise
