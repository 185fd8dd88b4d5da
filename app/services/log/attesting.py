"""Attesting: receipts, checkpoints and proofs, by which others check the log without trusting us.

A proof is checked as its receiver does before it is given: from a stored tree that was
damaged none is.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.domain.errors import Invalid, Problem, Unavailable
from app.domain.messages import told
from app.domain.tree import Consistency, Proof, StoredHead
from app.ledger.checkpoint import unchecked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import NotSigned, SigningKey, text64
from app.ledger.receipt import receipt
from app.ledger.tree import NotProven, check_consistency, check_inclusion
from app.services.log.tree import Damaged, Proofs
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
        """The inclusion proof of an entry; raises ``NotFound``, or ``Unavailable`` while it has no place.

        Raises ``Damaged`` where none leads to the signed head.
        """
        entry = self._store.decisions.entry(id)
        place = self._store.tree.place_of(id)
        if place is None:
            raise Unavailable(
                told("The entry {id} has no place in the tree yet: ask again in a second.", id=id)
            )
        head = self.head()
        assert head.note is not None
        path, hash = self._proofs.inclusion(place, head.size), leaf_hash(entry.leaf)
        try:
            check_inclusion(place, head.size, hash, path, _signed_root(head))
        except (NotProven, NotSigned) as error:
            raise _damaged(error) from None
        return Proof(id, place, entry.leaf, hash, head.size, tuple(map(text64, path)), head.note)

    def consistency(self, first: int, second: int) -> Consistency:
        """From one checkpoint to a later one; raises ``Invalid`` for sizes that no proof connects.

        Raises ``Damaged`` where none leads to the signed head.
        """
        head = self.head()
        size = head.size
        if not 0 < first <= second <= size:
            message = told(
                "`from` is the size of an earlier checkpoint, from 1 to {second}; the log has {size}",
                second=second,
                size=size,
            )
            raise Invalid("There is no such proof.", [Problem(message)])
        try:
            signed, path = _signed_root(head), self._proofs.consistency(first, second)
            after = signed if second == size else self._root(second, size, signed)
            check_consistency(first, second, self._root(first, size, signed), after, path)
        except (NotProven, NotSigned) as error:
            raise _damaged(error) from None
        return Consistency(first, second, tuple(map(text64, path)))

    def _root(self, of: int, size: int, signed: bytes) -> bytes:
        """The root of the first ``of`` entries; raises ``NotProven`` unless it begins what was signed."""
        root = self._proofs.frontier(of).root()
        check_consistency(of, size, root, signed, self._proofs.consistency(of, size))
        return root


def _signed_root(head: StoredHead) -> bytes:
    """The root in the note, which whoever asks checks with the key; raises ``NotSigned`` for another size."""
    signed = unchecked(head.note or "")
    if signed.size != head.size:
        raise NotSigned(f"its note is of {signed.size} entries, and its row of {head.size}")
    return signed.root


def _damaged(error: Exception) -> Damaged:
    return Damaged(
        f"No proof can be given: the stored tree does not lead to the signed head ({error}). The entries may"
        " be whole. Run `termwise audit verify`."
    )
