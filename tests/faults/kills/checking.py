"""Reads the log as it grows: places without a gap, the signed root, each decision whole and as answered.

Each entry is read once: the tree over what was read before is kept as its peaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from app.domain.errors import Unavailable
from app.ledger.checkpoint import checked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import VerifyingKey
from app.ledger.tree import Frontier
from app.store.tree import Tree
from tests.faults.kills.clients import Clients, fired_digest


class Checker:
    """Goes through the log behind what it has seen. ``rules`` is how many each ruleset has, by digest."""

    def __init__(self, tree: Tree, key: VerifyingKey, rules: Mapping[str, int], clients: Clients) -> None:
        self._tree = tree
        self._key = key
        self._rules = rules
        self._clients = clients
        self._frontier = Frontier()
        self.early: dict[UUID, bytes] = {}
        """Recorded, and not acknowledged yet: the server was killed in between, or is about to answer.

        What is here in the end stands beside what its key was answered with: it is doubled.
        """
        self.decisions = 0
        self.incomplete = 0

    def go_on(self) -> None:
        """Read what has a place by now; what is wrong goes to the faults of the clients."""
        head = self._tree.head()
        for row in self._tree.every_row.entries(self._frontier.size, head.size):
            self._read(row)
        for id in self._clients.unseen.keys() & self.early.keys():
            self._compare(id, self.early.pop(id))
        if head.note is None or self._frontier.size != head.size:
            return self._clients.fault(f"the head says {head.size}, and {self._frontier.size} can be read")
        signed = checked(head.note, self._key)
        if (signed.size, signed.root) != (head.size, self._frontier.root()):
            self._clients.fault(f"the tree of {head.size} entries has another root than its head")
        return None

    def _read(self, row: tuple[Any, ...]) -> None:
        place, raw, hash, entry, kind, _, leaf, *_ = row
        id = raw if isinstance(raw, UUID) else UUID(bytes=raw)
        if place != self._frontier.size:
            self._clients.fault(f"place {self._frontier.size} is followed by {place}")
        if entry is None or leaf_hash(bytes(leaf)) != bytes(hash):
            return self._clients.fault(f"entry {place} is not what the tree says")
        self._frontier.append(bytes(hash))
        if kind == "decision":
            self.decisions += 1
            self._read_decision(id, orjson.loads(bytes(leaf)), row[8], row[13])
        return None

    def _read_decision(self, id: UUID, leaf: dict[str, Any], digest: str | None, rules: str | None) -> None:
        """Its row must stand beside its entry, and both name every rule that fired, of all that there are."""
        held = leaf["clear"]["held"]
        if (
            digest is None
            or rules is None
            or rules.split() != held
            or len(held) + leaf["not_held"] != self._rules[digest]
        ):
            self._bad(f"decision {id} is not whole")
        if id in self._clients.unseen:
            self._compare(id, fired_digest(held))
        else:
            self.early[id] = fired_digest(held)

    def _compare(self, id: UUID, fired: bytes) -> None:
        if self._clients.unseen.pop(id) != fired:
            self._bad(f"decision {id} was answered with other rules than it is recorded with")

    def _bad(self, text: str) -> None:
        self.incomplete += 1
        self._clients.fault(text)


def waiting(tree: Tree) -> bool:
    """Whether an entry has no place yet; also while the database does not answer."""
    try:
        return bool(tree.waiting(1))
    except Unavailable:
        return True
