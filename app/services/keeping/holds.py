"""Legal holds: while one stands on a customer, nothing of that customer is erased, by anybody or by age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.audit import EntryKind, Erased, Recording
from app.domain.errors import NotFound
from app.domain.keeping import State, SubjectChange, SubjectEvent, of_customer
from app.services.people.managing import OPERATOR, By
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.store.store import Store
from schemas.decisions import document_of, sealed_bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What was done about a customer last, None before anything was; ``reason`` is None where it is gone."""

    event: SubjectEvent | None
    reason: str | None = None

    @property
    def held(self) -> bool:
        """Whether a hold stands."""
        return self.event is not None and self.event.state is State.HELD


class Holds:
    """Places and releases holds. The reason is sealed under the customer's key, like all about them."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._store = store
        self._vault = vault
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    def standing(self, customer: str) -> Standing:
        """Whether a hold stands on a customer, and why."""
        event = self._store.keeping.latest(self._subject(customer))
        if event is None or event.state is State.ERASED:
            return Standing(event)
        try:
            sealed = self._recorder.unsealed(self._store.decisions.entry(event.id))
        except Erased:
            return Standing(event)
        return Standing(event, document_of(sealed)["reason"])

    def place(self, customer: str, reason: str, *, by: By) -> Standing:
        """Hold a customer; one that is held already stays as it is. Raises ``Refused`` where another wins."""
        found = self.standing(customer)
        return found if found.held else self._record(customer, State.HELD, found, reason, by)

    def release(self, customer: str, reason: str, *, by: By) -> Standing:
        """Let a hold end; raises ``NotFound`` where none stands."""
        found = self.standing(customer)
        if not found.held:
            raise NotFound("No legal hold stands on this customer.")
        return self._record(customer, State.RELEASED, found, reason, by)

    def _record(self, customer: str, state: State, found: Standing, reason: str, by: By) -> Standing:
        at, who = self._now(), OPERATOR if by is None else by.id
        id, follows = self._new_id(at), None if found.event is None else found.event.id
        event = SubjectEvent(id, self._subject(customer), state, at, who, follows)
        self._recorder.record(
            Recording(
                id=id,
                kind=EntryKind.HOLD,
                at=at,
                clear={"state": state.value},
                sealed_plaintext=sealed_bytes({"customer": customer, "reason": reason}),
                subject=customer,
                actor=who,
                changes=(SubjectChange(event),),
            )
        )
        return Standing(event, reason)

    def _subject(self, customer: str) -> bytes:
        return self._vault.pseudonyms.subject(of_customer(customer))
