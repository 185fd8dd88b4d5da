"""Every subject there is, by its hash alone: its data keys, and what they seal.

The key database knows hashes, and the log knows keys; whose they are, neither tells. Only
subjects that are no customer's can be named, because there are few: the months, and the
people in each month. The root key of the hashes is no subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.keeping import Use, months_between, of_nobody, of_person
from app.domain.sealed import WrappedKey
from app.ledger.pseudonyms import Pseudonyms
from app.services.sealing import ROOT
from app.store.keys import Keys
from app.store.store import Store

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject. ``attributed`` tells that it is a customer; ``uses`` name a policy as often as needed."""

    hash: bytes
    keys: tuple[UUID, ...]
    uses: tuple[Use, ...]
    attributed: bool


def subjects(store: Store, hashes: Pseudonyms, now: datetime) -> Iterator[Subject]:
    """Each subject, in no telling order. Holds in memory what every key seals: some hundred bytes a key."""
    keys: dict[bytes, list[UUID]] = defaultdict(list)
    first = now
    for key in every_key(store.keys):
        keys[key.subject].append(key.id)
        first = min(first, key.created_at)
    uses: dict[UUID, list[Use]] = defaultdict(list)
    for id, use in store.keeping.uses():
        uses[id].append(use)
    nobodys = _unattributed(store, hashes, first, now)
    for subject, ids in keys.items():
        used = tuple(use for id in ids for use in uses.get(id, ()))
        yield Subject(subject, tuple(ids), used, subject not in nobodys)


def every_key(keys: Keys) -> Iterator[WrappedKey]:
    """Every data key, in the order in which they were made; not the root of the hashes."""
    after: UUID | None = None
    while page := keys.page(after, PAGE):
        after = page[-1].id
        yield from (one for one in page if one.subject != ROOT)


def _unattributed(store: Store, hashes: Pseudonyms, first: datetime, last: datetime) -> frozenset[bytes]:
    months = list(months_between(first, last))
    named = [of_nobody(month) for month in months]
    named += [of_person(str(person), month) for person in store.people.ids() for month in months]
    return frozenset(map(hashes.subject, named))
