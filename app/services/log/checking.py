"""Checking what the log gave to somebody, with its public key and nothing else: proofs, and receipts.

Documents are those of ``schemas.proofs`` and a decision's answer. What is given together is
held against each other: a receipt against the leaf that is proven, an answer against what
that leaf says, a proof against the checkpoints that were kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import Invalid
from app.ledger.checkpoint import Head, checked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import NotSigned, VerifyingKey, bytes64
from app.ledger.receipt import promised
from app.ledger.tree import NotProven, check_consistency, check_inclusion

ANSWERED = ("policy", "outcome", "as_of", "version", "digest")
"""What the leaf says of an answer and of its ruleset, too."""
SHOWN = (
    "its receipt, and of its answer the policy, ruleset, day, instant, outcome and the rules that fired, are"
    " those of the leaf that is proven. Facts, names, amounts and texts are sealed in the leaf: who holds the"
    " keys replays them (termwise audit verify --replay)"
)
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class NotShown(Exception):
    """A document does not show what it is said to show; the message says why."""


@dataclass
class Checking:
    """``keys`` are all that the log signed with; ``kept`` are notes of checkpoints that somebody kept."""

    keys: Sequence[VerifyingKey]
    kept: Sequence[str] = ()
    _leaves: dict[str, bytes] = field(default_factory=dict)
    _promised: dict[str, bytes] = field(default_factory=dict)
    _answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, document: Any) -> str:
        """What one document shows, in words; raises ``NotShown``, or ``Invalid`` for one of another kind."""
        try:
            if "leaf" in document and "path" in document:
                return self._inclusion(document)
            if "consistency" in document:
                kept = (*self.kept, document["checkpoint"])
                return self._consistency(document["consistency"], kept)
            if "from" in document and "path" in document:
                return self._consistency(document, self.kept)
            if "receipt" in document:
                return self._receipt(document)
        except (NotProven, NotSigned) as error:
            raise NotShown(str(error)) from None
        except _UNREADABLE as error:
            raise Invalid(f"It is not of the form in which the log gave it: {error}.") from None
        message = "It is no proof, consistency proof, or decision with a receipt, as JSON."
        raise Invalid(message)

    def together(self) -> Iterator[str]:
        """What documents of one decision show together, in words; raises ``NotShown``."""
        for id, hash in self._promised.items():
            if id in self._leaves:
                leaf = self._leaves[id]
                if leaf_hash(leaf) != hash:
                    raise NotShown(f"the receipt of {id} promises another leaf than the one that is proven")
                try:
                    _hold_against(self._answers[id], json.loads(leaf))
                except _UNREADABLE as error:
                    raise Invalid(f"It is not of the form in which the log gave it: {error}.") from None
                yield f"decision {id}: {SHOWN}"

    def _inclusion(self, proof: Mapping[str, Any]) -> str:
        leaf, head = bytes64(proof["leaf"]), self._head(proof["checkpoint"])
        said, hash, index = json.loads(leaf), leaf_hash(leaf), proof["index"]
        log = head.origin
        for wrong, told in (
            (proof["size"] != head.size, "its `size` is not that of its checkpoint"),
            (proof["leaf_hash"] != hash.hex(), "its `leaf_hash` is not that of its leaf"),
            (said["id"] != proof["id"], "its leaf is that of another entry"),
            (said["log"] != log, f"its leaf is not one of {log}"),
            (type(index) is not int, "its `index` is no whole number"),
        ):
            if wrong:
                raise NotShown(told)
        check_inclusion(index, head.size, hash, [*map(bytes64, proof["path"])], head.root)
        for one in map(self._head, self.kept):
            if one.size == head.size and one.root != head.root:
                raise NotShown(f"the checkpoint of {head.size} entries that was kept has another root")
        self._leaves[said["id"]] = leaf
        return f"{said['kind']} {said['id']} is entry {index} of the {head.size:,} that {log} signed"

    def _consistency(self, proof: Mapping[str, Any], notes: Sequence[str]) -> str:
        first, second = proof["from"], proof["to"]
        by_size: dict[int, Head] = {}
        for head in map(self._head, notes):
            if by_size.setdefault(head.size, head).root != head.root:
                raise NotShown(f"there are two checkpoints of {head.size} entries with different roots")
        for size in (first, second):
            if size not in by_size:
                raise Invalid(f"It leads from {first} to {second}: give the checkpoint of {size}, too.")
        roots = by_size[first].root, by_size[second].root
        check_consistency(first, second, *roots, [*map(bytes64, proof["path"])])
        return f"the log of {second:,} entries continues that of {first:,}: nothing before was changed"

    def _receipt(self, answer: Mapping[str, Any]) -> str:
        failed = ""
        for key in self.keys:
            try:
                hash = promised(answer["receipt"], key)
            except NotSigned as error:
                failed = str(error)
            else:
                id, all_said = str(answer["id"]), {**answer, **answer["ruleset"]}
                self._promised[id] = hash
                self._answers[id] = all_said
                told = "its proof has that `leaf_hash`, or the log left it out"
                return f"decision {id}: {key.name} promised the leaf {hash.hex()}; {told}"
        raise NotShown(failed)

    def _head(self, note: str) -> Head:
        """The head in a note that one of the keys signed; raises ``NotSigned``."""
        failed = NotSigned("no key is given")
        for key in self.keys:
            try:
                return checked(note, key)
            except NotSigned as error:
                failed = error
        raise failed


def _hold_against(answer: Mapping[str, Any], leaf: Mapping[str, Any]) -> None:
    """Raise ``NotShown`` where an answer says another thing than its leaf, of what stands there in the clear.

    The answer to a sales representative does not tell which rules fired.
    """
    clear = leaf["clear"]
    said = {name: (answer[name], clear.get(name)) for name in ANSWERED}
    said["decided_at"] = (answer["decided_at"], leaf["at"])
    if "fired" in answer:
        fired = [(f"{one['step']}/{one['rule']}", one["effective"]) for one in answer["fired"]]
        effective = [rule for rule, counts in fired if counts]
        said["fired"] = (([rule for rule, _ in fired], effective), (clear["held"], clear["effective"]))
    for name, (told, kept) in said.items():
        if told != kept:
            raise NotShown(f"the answer of {answer['id']} says another `{name}` than its leaf")
