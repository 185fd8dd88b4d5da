"""Rotation of the signing key: the old key names the next one in the log, and then gives way to it."""

from __future__ import annotations

import secrets
import time

from app.domain.audit import EntryKind
from app.domain.errors import Refused, Unavailable
from app.domain.identifiers import Identifiers
from app.ledger.notes import VerifyingKey
from app.ledger.signing import announcement, load, make, put_in_place
from app.services.assembly import Services
from app.services.clear_recording import in_the_clear
from app.services.log.signing_key import signing_key

PATIENCE_SECONDS = 30
SECONDS_BETWEEN = 0.2


def rotate(services: Services, by: str) -> VerifyingKey:
    """Let a new key sign from now on, and forget the old one; begun anew, it goes on where it stopped.

    What waits is placed first, so that a key announced by an interrupted rotation is found in force and not
    announced twice. Raises ``Unavailable`` when a sequencer elsewhere does not place the announcement.
    """
    settings = services.settings
    name, path = settings.log_origin, settings.signing_key_file
    draft = path.with_name(f"{path.name}.next")
    old = signing_key(settings)
    new = (load(draft, name) if draft.exists() else make(draft, name)).verifying
    _place_all(services, new)
    if services.store.tree.head().key != str(new):
        at = services.deciding.now()
        services.recorder.record(
            in_the_clear(
                Identifiers(lambda: at, secrets.randbits).new(),
                EntryKind.LOG_KEY,
                at,
                {"announcement": announcement(old, new)},
                by,
            )
        )
        _place_all(services, new)
    put_in_place(draft, path)
    return new


def _place_all(services: Services, new: VerifyingKey) -> None:
    """Give places until nothing waits or the new key is in force, or wait for the sequencer that runs."""
    tree, end = services.store.tree, time.monotonic() + PATIENCE_SECONDS
    while tree.waiting(1) and tree.head().key != str(new):
        try:
            services.sequencer.step()
        except Refused:
            if time.monotonic() > end:
                raise Unavailable("The sequencer does not place what waits. Nothing was rotated.") from None
            time.sleep(SECONDS_BETWEEN)
