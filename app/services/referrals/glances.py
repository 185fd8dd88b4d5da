"""Glances: what is needed of a referral to put it in order and to say for whom it is.

Amounts are sealed, and a day's referrals stand in the order of their amounts, so each has to be opened
before the first of them can be shown. What was read never changes and is kept in memory, so that a referral
is opened for this once. Only an erasure takes it away: whoever then reads the referral forgets it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from app.domain.ruleset import Ruleset
from app.domain.settling import Figures
from app.services.referrals.cases import Case, Cases
from app.store.referrals import Referrals, day_of

KEPT = 20_000
READ_AT_ONCE = 50


class Glance(NamedTuple):
    """A referral in short. ``excluded`` are the ids of those who may not settle it.

    ``place`` is where it stands: by day, the largest first, then by id; an unknown amount is last of its day.
    """

    id: UUID
    place: tuple[datetime, bool, Decimal, int]
    ruleset: Ruleset
    figures: Figures
    excluded: frozenset[str]
    erased: bool


def glance(case: Case) -> Glance:
    """A case in short."""
    id, amount = case.id, case.figures.amount
    place = (day_of(id), amount is None, -(amount or Decimal(0)), id.int)
    return Glance(id, place, case.ruleset, case.figures, frozenset(case.excluded), case.document is None)


class Glances:
    """Keeps the ``kept`` that were read last."""

    def __init__(self, referrals: Referrals, cases: Cases, kept: int = KEPT) -> None:
        self._referrals = referrals
        self._cases = cases
        self._kept = kept
        self._known: dict[int, Glance] = {}
        self._lock = Lock()

    def of(self, ids: Sequence[UUID]) -> list[Glance]:
        """Those of these referrals that are there, in no order."""
        with self._lock:
            known = [self._known.get(id.int) for id in ids]
        missing = [id for id, one in zip(ids, known, strict=True) if one is None]
        read = list(self._read(missing))
        with self._lock:
            self._known.update((one.id.int, one) for one in read)
            while len(self._known) > self._kept:
                del self._known[next(iter(self._known))]
        return [*(one for one in known if one is not None), *read]

    def forget(self, id: UUID) -> None:
        """Know nothing of it any more: it was erased."""
        with self._lock:
            self._known.pop(id.int, None)

    def _read(self, ids: Sequence[UUID]) -> Iterator[Glance]:
        for start in range(0, len(ids), READ_AT_ONCE):
            for one in self._referrals.many(ids[start : start + READ_AT_ONCE]):
                yield glance(self._cases.read(one))
