"""Searching: entries of the log by what they say in the clear, whose they are, and who did it.

A leaf names its actor by a keyed hash. Who it is, is found by hashing everybody there is;
that is remembered in this process, and stored nowhere. A customer is found by the hash
beside a decision, and by the data key under which other entries are sealed; after an
erasure by the former only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import groupby, islice
from typing import TypeAlias
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import NotFound
from app.domain.messages import told
from app.domain.sealed import StoredDecision
from app.domain.tree import Placed
from app.services.log.sought import Sought, Wanted, cannot, clear_of
from app.services.people.managing import OPERATOR
from app.services.sealing import Vault
from app.store.searching import Walk
from app.store.store import Store

MOST_ON_A_PAGE = 1000
MOST_LOOKED_AT = 10_000
"""Entries that one page reads at most to find those wanted: it may come short or empty, with a next."""
AT_ONCE = 200
Ids: TypeAlias = Callable[[Walk], list[UUID]]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry, and whose act it was: a person's id (UUID text) or ``operator``; None for nobody known."""

    placed: Placed
    by: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some entries of the ``size`` under the signed head; ``next`` is the index to go on behind, if any."""

    entries: tuple[Listed, ...]
    size: int
    next: int | None


class Entries:
    """Reads pages of the log, for who may see all of it."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._actors = {self._hash(OPERATOR): OPERATOR}

    def count(self, kind: EntryKind, since: datetime) -> int:
        """How many entries of a kind, of any but decisions, were made since an instant (UTC)."""
        return self._store.tree.searching.count_of_kind(kind, since)

    def page(self, sought: Sought, limit: int, *, after: int | None = None, newest: bool = False) -> Listing:
        """Entries in the order in which they were made; in that of the log where no name or word is given.

        ``after`` is the ``next`` of the page before. Raises ``Invalid`` naming the filter, ``NotFound`` when
        an entry that the tree holds is gone.
        """
        sought.check()
        wanted, size = Wanted(sought, self._vault), self._store.tree.head().size
        found: list[Placed] = []
        last = after
        for looked, (placed, decision) in enumerate(self._candidates(sought, wanted, size, after, newest)):
            if len(found) == min(limit, MOST_ON_A_PAGE) or looked == MOST_LOOKED_AT:
                return Listing(self._attributed(found), size, last)
            last = placed.place
            if wanted.fits(placed, decision):
                found.append(placed)
        return Listing(self._attributed(found), size, None)

    def _candidates(
        self, sought: Sought, wanted: Wanted, size: int, after: int | None, newest: bool
    ) -> Iterator[tuple[Placed, StoredDecision | None]]:
        """Entries among which all those wanted are, in order, as far as they have a place."""
        ids = self._ids(sought, wanted, size, after, newest)
        while some := list(islice(ids, AT_ONCE)):
            placed = self._store.tree.of(some)
            decided = self._store.decisions.many([one.id for one in placed.values() if one.decision])
            for one in (placed[id] for id in some if id in placed and placed[id].place < size):
                if one.entry is None:
                    raise NotFound("An entry of the log is gone. Run `termwise audit verify`.")
                yield one, decided.get(one.id)

    def _ids(
        self, sought: Sought, wanted: Wanted, size: int, after: int | None, newest: bool
    ) -> Iterator[UUID]:
        if sought.id is not None:
            return iter([sought.id] if after is None else [])
        timed = sought.since is not None or sought.until is not None
        if not (sought.has_lead or timed or sought.kind):
            return self._by_place(sought, size, after, newest)
        begin = None if after is None else self._id_at(after)
        walk = Walk(newest, AT_ONCE, sought.since, sought.until, begin)
        walks: list[Ids] = [self._store.tree.searching.of_any_kind]
        if sought.has_lead or sought.kind:
            walks = self._walks(sought, wanted)
        streams = merge(*(_walked(one, walk) for one in walks), reverse=newest)
        return (id for id, _ in groupby(streams))

    def _walks(self, sought: Sought, wanted: Wanted) -> list[Ids]:
        """One walk for each index that leads to some of what is wanted; together they lead to all of it."""
        searching, actor = self._store.tree.searching, wanted.actor
        walks: list[Ids] = [partial(searching.of_kind, kind) for kind in sought.kinds]
        if sought.kind in (None, EntryKind.DECISION):
            walks.append(partial(searching.decisions, wanted.decisions(actor), None))
            if actor is not None:
                walks.append(partial(searching.decisions, wanted.decisions(None), actor))
        return walks

    def _by_place(self, sought: Sought, size: int, after: int | None, newest: bool) -> Iterator[UUID]:
        first, end = sought.first or 0, size if sought.end is None else min(sought.end, size)
        if after is not None:
            first, end = (first, min(end, after)) if newest else (max(first, after + 1), end)
        while first < end:
            yield from self._store.tree.searching.at_places(first, end, newest=newest, limit=AT_ONCE)
            first, end = (first, end - AT_ONCE) if newest else (first + AT_ONCE, end)

    def _id_at(self, index: int) -> UUID:
        found = self._store.tree.at([index])
        if not found:
            raise cannot(
                told("`after` is the `next` of the page before; there is no entry {index}", index=index)
            )
        return found[0].id

    def _attributed(self, found: Sequence[Placed]) -> tuple[Listed, ...]:
        actors = [clear_of(one).get("actor") for one in found]
        if any(actor is not None and actor not in self._actors for actor in actors):
            known = set(self._actors.values())
            new = [one for one in map(str, self._store.people.ids()) if one not in known]
            self._actors = {**self._actors, **{self._hash(one): one for one in new}}
        by = [None if actor is None else self._actors.get(actor) for actor in actors]
        return tuple(map(Listed, found, by))

    def _hash(self, actor: str) -> str:
        return self._vault.pseudonyms.actor(actor).hex()


def _walked(page: Ids, walk: Walk) -> Iterator[UUID]:
    """All ids of a walk, a page at a time."""
    while ids := page(walk):
        yield from ids
        if len(ids) < walk.limit:
            return
        walk = replace(walk, after=ids[-1])
