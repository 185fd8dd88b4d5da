"""Listing: the log's entries in the tree's order, by kind and policy, with who is behind a pseudonym.

A leaf names its actor by a keyed hash. Who it is, is found by hashing everybody there is; that is
remembered in this process, and stored nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.audit import EntryKind
from app.domain.errors import NotFound
from app.domain.tree import Placed
from app.ledger.pseudonyms import Pseudonyms
from app.services.people.managing import OPERATOR
from app.store.store import Store

MOST_ON_A_PAGE = 1000
MOST_LOOKED_AT = 10_000
"""Entries that one page reads at most to find those of a policy: it may come short or empty, with a next."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry, and whose act it was: a person's id (UUID text) or ``operator``; None for nobody known."""

    placed: Placed
    by: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some entries of the ``size`` under the signed head; ``next`` is the place to go on from, if any."""

    entries: tuple[Listed, ...]
    size: int
    next: int | None


class Entries:
    """Reads pages of the log, for who may see all of it."""

    def __init__(self, store: Store, pseudonyms: Pseudonyms) -> None:
        self._store = store
        self._pseudonyms = pseudonyms
        self._actors = {self._hash(OPERATOR): OPERATOR}

    def page(
        self, first: int, limit: int, *, kind: EntryKind | None = None, policy: str | None = None
    ) -> Listing:
        """Entries from place ``first`` on, of a kind, and of a policy that their leaf names in the clear.

        Raises ``NotFound`` when one that the tree holds is gone.
        """
        size = self._store.tree.head().size
        limit = min(limit, MOST_ON_A_PAGE)
        by_index = kind is not None and kind is not EntryKind.DECISION
        most = limit if policy is None and (by_index or kind is None) else MOST_LOOKED_AT
        places: Sequence[int] = range(first, min(first + most + 1, size))
        if kind is not None and by_index:
            places = self._store.tree.places_of(kind, first, size, most + 1)
        found: list[Placed] = []
        following = places[most] if len(places) > most else None
        for placed in self._read(places[:most]):
            if len(found) == limit:
                following = placed.place
                break
            if _matches(placed, kind, policy):
                found.append(placed)
        return Listing(self._attributed(found), size, following)

    def _read(self, places: Sequence[int]) -> Iterator[Placed]:
        for start in range(0, len(places), MOST_ON_A_PAGE):
            wanted = places[start : start + MOST_ON_A_PAGE]
            read = self._store.tree.at(wanted)
            if len(read) != len(wanted) or any(one.entry is None for one in read):
                raise NotFound("An entry of the log is gone. Run `termwise audit verify`.")
            yield from read

    def _attributed(self, found: Sequence[Placed]) -> tuple[Listed, ...]:
        actors = [_clear(one).get("actor") for one in found]
        if any(actor is not None and actor not in self._actors for actor in actors):
            known = set(self._actors.values())
            new = [one for one in map(str, self._store.people.ids()) if one not in known]
            self._actors = {**self._actors, **{self._hash(one): one for one in new}}
        by = [None if actor is None else self._actors.get(actor) for actor in actors]
        return tuple(map(Listed, found, by))

    def _hash(self, actor: str) -> str:
        return self._pseudonyms.actor(actor).hex()


def _matches(placed: Placed, kind: EntryKind | None, policy: str | None) -> bool:
    assert placed.entry is not None
    if kind is not None and placed.entry.kind != kind:
        return False
    # Most leaves can be passed over unread: a policy stands in canonical JSON in one way only.
    return policy is None or (
        json.dumps(policy, ensure_ascii=False).encode() in placed.entry.leaf
        and _clear(placed).get("policy") == policy
    )


def _clear(placed: Placed) -> dict[str, str]:
    """What the leaf says in the clear; the members that are read here are texts."""
    assert placed.entry is not None
    clear: dict[str, str] = json.loads(placed.entry.leaf)["clear"]
    return clear
