"""A store with all that keeps and erases, for tests; several may be open on one PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.domain.audit import Erased
from app.domain.identifiers import Identifiers
from app.domain.keeping import Reason
from app.engine.compiled import Engines
from app.services.keeping.erasing import Erasure
from app.services.keeping.keepers import Keepers, keepers
from app.services.masters import Masters
from app.services.policies import Policies
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.settings import Settings
from app.store.committing import Committer
from app.store.store import Store
from tests.clock import Clock
from tests.recordings import ORIGIN, index, recording


@dataclass(frozen=True, slots=True)
class Kept:
    """One process's view of a store: what it records and reads, and all that keeps."""

    store: Store
    vault: Vault
    recorder: Recorder
    keep: Keepers
    clock: Clock
    settings: Settings

    def decide(self, customer: str | None = "C-1", **changes: Any) -> UUID:
        """Record a decision about a customer; its id."""
        made = recording(self.clock(), decision=index(customer=customer), **changes)
        return self.recorder.record(made).id

    def erase(self, customer: str = "C-1") -> Erasure:
        """Erase a customer as the shell would."""
        return self.keep.erasing.erase(customer, Reason.SUBJECT_REQUEST, None, by=None)

    def is_erased(self, id: UUID) -> bool:
        """Whether an entry cannot be read any more."""
        try:
            self.recorder.unsealed(self.store.decisions.entry(id))
        except Erased:
            return True
        return False


@contextmanager
def kept(folder: Path, urls: tuple[str, str], clock: Clock | None = None) -> Iterator[Kept]:
    """Open a store; what died in between is finished first, as by every process that starts."""
    clock = clock or Clock()
    settings = Settings.from_env(
        {
            "TERMWISE_DATABASE_URL": urls[0].replace("+psycopg", ""),
            "TERMWISE_KEYS_URL": urls[1].replace("+psycopg", ""),
            "TERMWISE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
    )
    with Store.open(*urls, writing=True) as store:
        ids = Identifiers(clock, secrets.randbits)
        vault = Vault(store.keys, Masters(settings.master_keys), now=clock, new_id=ids.new)
        recorder = Recorder(store, vault, origin=ORIGIN, engine="termwise test")
        policies = Policies(store.rulesets, Engines())
        keep = keepers(settings, store, vault, recorder, policies, now=clock, new_id=ids.at)
        keep.erasing.resume()
        yield Kept(store, vault, recorder, keep, clock, settings)


class Died(BaseException):
    """The process was killed; from then on it writes nothing."""


@contextmanager
def dying_at(commit: int) -> Iterator[list[int]]:
    """Nothing is committed any more from that commit on, counted from 0; the list counts what was."""
    committed = [0]
    with pytest.MonkeyPatch.context() as patch:
        run = Committer.run

        def die(self: Committer, *given: Any, **more: Any) -> Any:
            if committed[0] >= commit:
                raise Died
            found = run(self, *given, **more)
            committed[0] += 1
            return found

        patch.setattr(Committer, "run", die)
        yield committed
