"""Applying the retention table: what has been kept long enough is erased, like by a person's word.

One look through the log says what each data key seals; nothing is known of a subject but
its hash. A subject that was used again since the look, or is held by then, is left alone.
Begun again after any interruption it goes on, for what is gone is not found a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Problem, Refused, TermwiseError
from app.domain.identifiers import milliseconds, uuid7
from app.domain.keeping import Reason, State, has_run_out, keep_times
from app.services.clear_recording import in_the_clear
from app.services.keeping.erasing import Erasing, Erasure
from app.services.keeping.retention import Retention
from app.services.keeping.subjects import subjects
from app.services.people.managing import OPERATOR
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.store.store import Store

AT_ONCE = 100
_LATE = timedelta(hours=2)
"""How much older an entry's id may be than its commit: an hour between clocks, and one to be safe."""


@dataclass(frozen=True, slots=True)
class Due:
    """A subject that has been kept long enough: its hash, its keys, and how many decisions they seal."""

    subject: bytes
    keys: tuple[UUID, ...]
    decisions: int


@dataclass(slots=True)
class Report:
    """What a run of the table came to, in subjects. ``due`` is what is to be erased, or was."""

    as_of: date
    due: list[Due] = field(default_factory=list)
    looked_at: int = 0
    held: int = 0
    used_again: int = 0
    erased: int = 0
    decisions: int = 0

    @property
    def kept(self) -> int:
        """Subjects whose time has not run out, or of which nobody said when it does."""
        return self.looked_at - len(self.due) - self.held


class Applying:
    """Plans and carries out. ``today`` is the day of an instant in the configured zone."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        recorder: Recorder,
        erasing: Erasing,
        retention: Retention,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
        today: Callable[[datetime], date],
    ) -> None:
        self._store = store
        self._vault = vault
        self._recorder = recorder
        self._erasing = erasing
        self._retention = retention
        self._now = now
        self._new_id = new_id
        self._today = today

    def plan(self, as_of: date | None = None) -> Report:
        """What would go as of a day, today unless told; nothing is changed."""
        report = Report(as_of or self._today(self._now()))
        keep = keep_times(self._retention.rules())
        if not keep:
            return report
        found = []
        for one in subjects(self._store, self._vault.pseudonyms, self._now()):
            report.looked_at += 1
            if has_run_out(one.uses, keep, report.as_of, attributed=one.attributed):
                decisions = sum(use.entries for use in one.uses if use.policy is not None)
                found.append(Due(one.hash, one.keys, decisions))
        latest = self._store.keeping.latest_of([one.subject for one in found])
        held = {subject for subject, event in latest.items() if event.state is State.HELD}
        report.held = len(held)
        report.due = [one for one in found if one.subject not in held]
        return report

    def apply(self, as_of: date | None = None, tell: Callable[[int], object] = lambda done: None) -> Report:
        """Erase what has been kept long enough, and say so in an entry; ``tell`` hears how many are done.

        Raises ``Invalid`` for a day still to come.
        """
        today = self._today(self._now())
        if as_of is not None and as_of > today:
            problem = Problem(f"today is {today.isoformat()}; a later day can only be tried (--dry-run)")
            raise Invalid("The table is not applied as of a day still to come.", [problem])
        self._erasing.finish()
        since = uuid7(max(0, milliseconds(self._now() - _LATE)), 0)
        report = self.plan(as_of)
        for start in range(0, len(report.due), AT_ONCE):
            self._erase(report.due[start : start + AT_ONCE], since, report)
            tell(min(start + AT_ONCE, len(report.due)))
        self._record(report)
        return report

    def _erase(self, due: Sequence[Due], since: UUID, report: Report) -> None:
        self._erasing.retire([key for one in due for key in one.keys])
        used = self._store.keeping.used_since(since)
        left = [one for one in due if used.isdisjoint(one.keys)]
        report.used_again += len(due) - len(left)
        latest = self._store.keeping.latest_of([one.subject for one in left])
        recordings = []
        for one in left:
            at = self._now()
            made = Erasure(self._new_id(at), at, Reason.RETENTION, one.keys, one.decisions)
            recordings.append(
                self._erasing.recording(made, one.subject, latest.get(one.subject), None, by=None)
            )
        for one, outcome in zip(left, self._recorder.record_many(recordings), strict=True):
            if isinstance(outcome, Refused):  # a hold was placed in the meantime, or somebody else erased it
                report.held += 1
                continue
            if isinstance(outcome, TermwiseError):
                raise outcome
            report.erased += 1
            report.decisions += one.decisions
        self._erasing.finish()

    def _record(self, report: Report) -> None:
        at = self._now()
        self._recorder.record(
            in_the_clear(
                self._new_id(at),
                EntryKind.RETENTION,
                at,
                {
                    "change": "applied",
                    "as_of": report.as_of.isoformat(),
                    "looked_at": report.looked_at,
                    "erased": report.erased,
                    "decisions": report.decisions,
                    "held": report.held,
                },
                OPERATOR,
            )
        )
