"""Renewing: old data keys are retired, and each subject takes a new one when it is sealed for next.

What an old key sealed still opens, and an erasure destroys all keys of its subject.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.instants import utc_text
from app.services.clear_recording import in_the_clear
from app.services.keeping.erasing import Erasing
from app.services.keeping.subjects import every_key
from app.services.people.managing import OPERATOR, By
from app.services.recording import Recorder
from app.store.keys import Keys

AT_ONCE = 500


class Renewing:
    """``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        keys: Keys,
        erasing: Erasing,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._keys = keys
        self._erasing = erasing
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    def renew(self, older_than: timedelta, *, by: By) -> int:
        """Retire the data keys that are older; how many. Begun anew it goes on where it stopped."""
        at, who = self._now(), OPERATOR if by is None else by.id
        before = at - older_than
        every = every_key(self._keys)
        old = [one.id for one in every if one.created_at < before and one.retired_at is None]
        for start in range(0, len(old), AT_ONCE):
            self._erasing.retire(old[start : start + AT_ONCE])
        self._recorder.record(
            in_the_clear(
                self._new_id(at),
                EntryKind.DATA_KEYS,
                at,
                {"made_before": utc_text(before), "retired": len(old)},
                who,
            )
        )
        return len(old)
