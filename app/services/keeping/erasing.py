"""Erasing: a subject's data keys are destroyed, and an entry says that they were.

The steps, each durable before the next: the keys are retired; the decisions under them are
counted, and no more can come; entry, event and list of keys are committed together, where a
hold refuses them; the keys are destroyed; the list is emptied. Whoever dies in between
leaves a list, and who starts next, or erases next, goes on there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.credentials import passwords
from app.domain.audit import EntryKind, Recording
from app.domain.customer_file import CustomerForgotten
from app.domain.errors import NotFound, Refused, Unavailable
from app.domain.identifiers import made_at
from app.domain.keeping import (
    PersonErased,
    Reason,
    State,
    SubjectChange,
    SubjectEvent,
    months_between,
    of_customer,
    of_person,
    of_person_ever,
)
from app.domain.messages import told
from app.domain.people import Person
from app.domain.sealed import Entry
from app.services.people.managing import OPERATOR, By
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.store.store import Store
from schemas.decisions import sealed_bytes

_log = logging.getLogger(__name__)
PAGE = 500
HELD = "A legal hold stands on this customer: nothing of it may be erased until the hold is released."
NO_NAME = "(erased)"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: the entry that says so, the keys destroyed, and how many decisions they sealed."""

    id: UUID
    at: datetime
    reason: Reason
    keys: tuple[UUID, ...]
    decisions: int


class Erasing:
    """Erases customers and people. ``by`` is who acts, None at the shell; ``now`` gives UTC."""

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
        self._keeping = store.keeping
        self._vault = vault
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    def erase(self, customer: str, reason: Reason, note: str | None, *, by: By) -> Erasure:
        """Destroy every data key of a customer; when this returns, nobody opens what they sealed.

        Where nothing is left to erase, what was erased last. Raises ``NotFound`` where there never was
        anything, ``Refused`` while a hold stands, ``Unavailable``: then giving it again goes on.
        """
        hashes = self._vault.pseudonyms
        subject = hashes.subject(of_customer(customer))
        self.finish()
        latest = self._keeping.latest(subject)
        if latest is not None and latest.state is State.HELD:
            raise Refused(HELD, conflict=True)
        keys = self._vault.keys_of([of_customer(customer)])
        stored = self._store
        filed = stored.customers.is_filed(customer) or stored.customers.imports.is_named(customer)
        if not keys and not filed and not stored.receivables.is_kept(customer):
            return self._last(subject)
        self.retire(keys)
        made = self._new(keys, reason, self._keeping.decisions(hashes.customer(customer), keys))
        recording = self.recording(made, subject, latest, note, by=by)
        changes = (*recording.changes, CustomerForgotten(customer))
        self._recorder.record(replace(recording, changes=changes))
        self.finish()
        return made

    def erase_person(self, person: Person, reason: Reason, note: str | None, *, by: By) -> Erasure:
        """Take name, login and password from somebody who left, and destroy what names them in the log.

        Their id stays in what they did. Raises ``Refused`` for one who is still active.
        """
        if person.active:
            message = told(
                "{login} is still active. Let them leave first, and hand over what is theirs.",
                login=person.login,
            )
            raise Refused(message, conflict=True)
        self.finish()
        subject = self._vault.pseudonyms.subject(of_person_ever(str(person.id)))
        months = months_between(made_at(person.id), self._now())
        keys = self._vault.keys_of([of_person(str(person.id), month) for month in months])
        self.retire(keys)
        login = f"erased-{person.id.hex[-16:]}"
        nobody = replace(person, login=login, name=NO_NAME, revision=person.revision + 1)
        change = PersonErased(nobody, passwords.hashed(passwords.generated()))
        made = self._new(keys, reason, 0)
        recording = self.recording(made, subject, self._keeping.latest(subject), note, by=by)
        self._recorder.record(replace(recording, changes=(change, *recording.changes)))
        self.finish()
        return made

    def finish(self) -> None:
        """Destroy what an erasure said is to be destroyed and still is there. Raises ``Unavailable``."""
        while keys := self._keeping.dying():
            self._vault.destroy(keys)
            self._keeping.buried(keys)

    def resume(self) -> None:
        """Go on where a process died; what cannot be done yet is logged, and left to the next erasure."""
        try:
            self.finish()
        except Unavailable as error:
            _log.error("an erasure is not finished: %s", error.message)

    def sweep(self) -> int:
        """Destroy what any erasure ever destroyed and a restored key database brought back; how many keys."""
        self.finish()
        back = self._back()
        if back:
            self._vault.destroy(back)
        return len(back)

    def brought_back(self) -> Sequence[UUID]:
        """The keys that are there although the log says that they were destroyed; their number is logged."""
        back = self._back()
        if back:
            told = "%d data keys are there that the log says were destroyed: run `termwise vault sweep`"
            _log.error(told, len(back))
        return back

    def retire(self, keys: Sequence[UUID]) -> None:
        """Let nothing be sealed under these keys from now on, by whomever."""
        self._keeping.retire(keys, self._now())
        self._vault.retired(keys)

    def recording(
        self, made: Erasure, subject: bytes, latest: SubjectEvent | None, note: str | None, *, by: By
    ) -> Recording:
        """The entry of an erasure, with the list of what is to be destroyed. Nothing in it names anybody."""
        who = OPERATOR if by is None else by.id
        follows = None if latest is None else latest.id
        event = SubjectEvent(made.id, subject, State.ERASED, made.at, who, follows)
        return Recording(
            id=made.id,
            kind=EntryKind.ERASURE,
            at=made.at,
            clear={
                "keys": [str(key) for key in made.keys],
                "reason": made.reason.value,
                "decisions": made.decisions,
            },
            sealed_plaintext=sealed_bytes({"note": note}),
            actor=who,
            changes=(SubjectChange(event, made.keys),),
        )

    def _new(self, keys: Sequence[UUID], reason: Reason, decisions: int) -> Erasure:
        at = self._now()
        return Erasure(self._new_id(at), at, reason, tuple(keys), decisions)

    def _last(self, subject: bytes) -> Erasure:
        event = self._keeping.erasure(subject)
        if event is None:
            raise NotFound("Nothing is kept about this customer.")
        clear = json.loads(self._store.decisions.entry(event.id).leaf)["clear"]
        keys = tuple(map(UUID, clear["keys"]))
        return Erasure(event.id, event.at, Reason(clear["reason"]), keys, clear["decisions"])

    def _back(self) -> list[UUID]:
        after: UUID | None = None
        back: list[UUID] = []
        while entries := self._store.decisions.entries(EntryKind.ERASURE, after=after, limit=PAGE):
            after = entries[-1].id
            back += self._store.keys.there([key for one in entries for key in _destroyed(one)])
        return back


def _destroyed(entry: Entry) -> list[UUID]:
    """The keys that an erasure names; none where it was changed, which verifying the log tells."""
    try:
        return [UUID(key) for key in json.loads(entry.leaf)["clear"]["keys"]]
    except (ValueError, LookupError, TypeError):
        return []
