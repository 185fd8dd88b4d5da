"""What is sought in the log: the filters, which of them an index leads to, and whether an entry fits them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Problem
from app.domain.keeping import of_customer
from app.domain.messages import joined, told
from app.domain.sealed import DecisionFilter, StoredDecision
from app.domain.tree import Placed
from app.services.sealing import Vault

CANNOT = "The log cannot be searched so."
OF_A_POLICY = ("version", "outcome", "rule", "reason")
"""Filters by words of one policy. No index leads to them alone."""
LEADING = ("policy", "customer", "reference", "person", "since", "until", "first", "end", "id")
"""Filters to which an index leads, or that say where in the log to look."""
_OURS = frozenset(
    {
        EntryKind.SIGN_IN,
        EntryKind.SIGN_IN_REFUSED,
        EntryKind.KEY_STATE,
        EntryKind.LOG_KEY,
        EntryKind.EXPORT,
        EntryKind.ERASURE,
        EntryKind.MASTER_KEY,
        EntryKind.DATA_KEYS,
        EntryKind.IMPORT,
        EntryKind.VERIFICATION,
    }
)
NO_POLICY = _OURS | {EntryKind.HOLD, EntryKind.ENGINE_DISAGREEMENT}
"""Kinds whose entries never name a policy, and so no version, outcome, rule or reason either."""
NO_CUSTOMER = _OURS | {
    EntryKind.RULESET_STATE,
    EntryKind.BOOTSTRAP,
    EntryKind.REHEARSAL,
    EntryKind.RETENTION,
    EntryKind.RUN,
}
"""Kinds whose entries are never sealed under the key of a customer."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for among entries, in plain words; everything given must hold.

    ``person`` is the id of a person (UUID text) or ``operator``. ``first`` is the first index, ``end`` the
    one behind the last; ``since`` (UTC) is inclusive, ``until`` exclusive.
    """

    id: UUID | None = None
    kind: EntryKind | None = None
    policy: str | None = None
    version: str | None = None
    outcome: str | None = None
    rule: str | None = None
    reason: str | None = None
    customer: str | None = None
    reference: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    first: int | None = None
    end: int | None = None

    def check(self) -> None:
        """Raise ``Invalid``, naming the filter, where no index leads to what is wanted."""
        led = any(getattr(self, name) is not None for name in LEADING)
        alone = [f"`{name}`" for name in OF_A_POLICY if getattr(self, name) is not None]
        if alone and not led and self.kind in (None, EntryKind.DECISION):
            raise cannot(
                told(
                    "{alone} alone would read the whole log: name the `policy`, too, or a customer, "
                    "reference, person, time or range of indexes",
                    alone=joined(", ", alone),
                )
            )

    @property
    def has_lead(self) -> bool:
        """Whether an index of its own leads to what is wanted, besides those of time and place."""
        return not (self.policy is self.customer is self.reference is self.person is None)

    @property
    def kinds(self) -> list[EntryKind]:
        """The kinds besides decisions among which entries can be found."""
        if self.reference is not None or self.kind is EntryKind.DECISION:
            return []
        words = (self.policy, self.version, self.outcome, self.rule, self.reason)
        never = frozenset({EntryKind.DECISION})
        never |= NO_POLICY if any(word is not None for word in words) else frozenset()
        never |= NO_CUSTOMER if self.customer is not None else frozenset()
        return [one for one in EntryKind if one not in never and self.kind in (None, one)]


class Wanted:
    """The same with hashes in place of names, as entries and columns hold them."""

    def __init__(self, sought: Sought, vault: Vault) -> None:
        hashes = vault.pseudonyms
        self._sought = sought
        self._reference = None if sought.reference is None else hashes.reference(sought.reference)
        self._customer, self._keys = None, frozenset[UUID]()
        if sought.customer is not None:
            self._customer = hashes.customer(sought.customer)
            self._keys = frozenset(vault.keys_of([of_customer(sought.customer)]))
        self.actor = None if sought.person is None else hashes.actor(sought.person)

    def decisions(self, requester: bytes | None) -> DecisionFilter:
        """What of it the columns of decisions say, asked for by ``requester``."""
        sought = self._sought
        return DecisionFilter(
            policy=sought.policy,
            version=sought.version,
            outcome=sought.outcome,
            rule=sought.rule,
            reason=sought.reason,
            customer=self._customer,
            reference=self._reference,
            requester=requester,
        )

    def fits(self, placed: Placed, decision: StoredDecision | None) -> bool:
        """Whether an entry is what is wanted, whichever index led to it; ``decision`` is its row, if any."""
        entry, sought, clear = placed.entry, self._sought, clear_of(placed)
        assert entry is not None
        reasons = (clear.get("reason"),) if decision is None else decision.index.reasons
        return (
            sought.id in (None, entry.id)
            and sought.kind in (None, entry.kind)
            and sought.policy in (None, clear.get("policy"))
            and sought.version in (None, clear.get("version"))
            and sought.outcome in (None, clear.get("outcome"))
            and (sought.rule is None or sought.rule in clear.get("held", ()))
            and (sought.reason is None or sought.reason in reasons)
            and (sought.since is None or entry.at >= sought.since)
            and (sought.until is None or entry.at < sought.until)
            and (sought.first or 0) <= placed.place
            and (sought.end is None or placed.place < sought.end)
            and self._names(placed, decision)
        )

    def _names(self, placed: Placed, decision: StoredDecision | None) -> bool:
        """Whether it is about the customer and reference, and the act of the person."""
        assert placed.entry is not None
        if decision is None:
            about = self._customer is None or placed.entry.key_id in self._keys
            done = self.actor is None or clear_of(placed).get("actor") == self.actor.hex()
            return about and done and self._reference is None
        index = decision.index
        return (
            self._customer in (None, index.customer)
            and self._reference in (None, index.reference)
            and (self.actor is None or self.actor in (index.requester, index.asked_by))
        )


def clear_of(placed: Placed) -> dict[str, Any]:
    """What the leaf says in the clear."""
    assert placed.entry is not None
    clear: dict[str, Any] = json.loads(placed.entry.leaf)["clear"]
    return clear


def cannot(message: str) -> Invalid:
    """The error for a search that cannot be made."""
    return Invalid(CANNOT, [Problem(message)])
