"""Attesting: receipts, checkpoints and proofs, by which others check the log without trusting us."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.domain.errors import Invalid, Problem, Unavailable
from app.domain.tree import Consistency, Proof, StoredHead
from app.ledger.notes import SigningKey, text64
from app.ledger.receipt import receipt
from app.services.log.tree import Proofs
from app.store.store import Store


class Attesting:
    """``key`` reads the signing key; it is read once, when the first receipt is given."""

    def __init__(self, store: Store, key: Callable[[], SigningKey]) -> None:
        self._store = store
        self._proofs = Proofs(store.tree)
        self._read_key = key
        self._key: SigningKey | None = None

    def receipt(self, leaf_hash: bytes) -> str:
        """The signed promise that this leaf is in the log; only for one that is durable."""
        self._key = self._key or self._read_key()
        return receipt(leaf_hash, self._key)

    def head(self) -> StoredHead:
        """The signed head as it stands; raises ``Unavailable`` before the first."""
        head = self._store.tree.head()
        if head.note is None:
            raise Unavailable("Nothing of the log is signed yet: that is done within a second of an entry.")
        return head

    def proof(self, id: UUID) -> Proof:
        """The inclusion proof of an entry; raises ``NotFound``, or ``Unavailable`` while it has no place."""
        entry = self._store.decisions.entry(id)
        place = self._store.tree.place_of(id)
        if place is None:
            raise Unavailable(f"The entry {id} has no place in the tree yet: ask again in a second.")
        head = self.head()
        assert head.note is not None
        path = tuple(map(text64, self._proofs.inclusion(place, head.size)))
        (hash,) = self._store.tree.hashes(0, place, place + 1)
        return Proof(id, place, entry.leaf, hash, head.size, path, head.note)

    def consistency(self, first: int, second: int) -> Consistency:
        """From one checkpoint to a later one; raises ``Invalid`` for sizes that no proof connects."""
        size = self.head().size
        if not 0 < first <= second <= size:
            message = f"`from` is the size of an earlier checkpoint, from 1 to {second}; the log has {size}"
            raise Invalid("There is no such proof.", [Problem(message)])
        return Consistency(first, second, tuple(map(text64, self._proofs.consistency(first, second))))
