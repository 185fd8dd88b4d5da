"""Everything that keeps and erases, wired to one store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.services.keeping.applying import Applying
from app.services.keeping.erasing import Erasing
from app.services.keeping.holds import Holds
from app.services.keeping.mastering import Mastering
from app.services.keeping.renewing import Renewing
from app.services.keeping.retention import Retention
from app.services.policies import Policies
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.settings import Settings
from app.store.store import Store


@dataclass(frozen=True, slots=True)
class Keepers:
    """All that can be asked about keeping."""

    erasing: Erasing
    holds: Holds
    retention: Retention
    applying: Applying
    renewing: Renewing
    mastering: Mastering


def keepers(
    settings: Settings,
    store: Store,
    vault: Vault,
    recorder: Recorder,
    policies: Policies,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[datetime], UUID],
) -> Keepers:
    """The keepers of one store. ``now`` gives UTC, ``new_id`` an id at that instant."""
    erasing = Erasing(store, vault, recorder, now=now, new_id=new_id)
    retention = Retention(store.keeping, policies, recorder, now=now, new_id=new_id)
    return Keepers(
        erasing=erasing,
        holds=Holds(store, vault, recorder, now=now, new_id=new_id),
        retention=retention,
        applying=Applying(
            store,
            vault,
            recorder,
            erasing,
            retention,
            now=now,
            new_id=new_id,
            today=lambda at: at.astimezone(settings.timezone).date(),
        ),
        renewing=Renewing(store.keys, erasing, recorder, now=now, new_id=new_id),
        mastering=Mastering(settings, store, recorder, now=now, new_id=new_id),
    )
