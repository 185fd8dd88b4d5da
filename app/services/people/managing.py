"""Who may manage people, and how a change about them enters the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from app.domain.audit import JSON, Change, EntryKind, Recording
from app.domain.errors import Refused
from app.domain.people import Principal, Role
from app.services.recording import Recorder
from schemas.decisions import sealed_bytes

OPERATOR = "operator"
By: TypeAlias = Principal | None
"""Who acts. None is whoever sits at the shell: the files are theirs, and so is everything in them."""
OWN = "Nobody changes their own role, activity or authority. Ask another administrator."


class Register:
    """Records changes about people and keys: ids and words of the trade in the clear, names sealed."""

    def __init__(
        self, recorder: Recorder, *, now: Callable[[], datetime], new_id: Callable[[datetime], UUID]
    ) -> None:
        self._recorder = recorder
        self.now = now
        self.new_id = new_id

    def record(
        self,
        kind: EntryKind,
        at: datetime,
        by: By,
        clear: Mapping[str, JSON],
        sealed: Mapping[str, Any],
        change: Change,
        *,
        customer: str | None = None,
        person: UUID | None = None,
    ) -> None:
        """Write an entry and what it changes, together; raises what the change raises.

        ``customer`` or ``person`` is whom its sealed part names, so that it goes with them.
        """
        self._recorder.record(
            Recording(
                id=self.new_id(at),
                kind=kind,
                at=at,
                clear=clear,
                sealed_plaintext=sealed_bytes(sealed),
                subject=customer,
                person=None if person is None else str(person),
                actor=OPERATOR if by is None else by.id,
                changes=(change,),
            )
        )


def check_manages(by: By) -> None:
    """Refuse whoever is no administrator in person: a key never manages people or keys."""
    if by is not None and (by.key is not None or by.role is not Role.ADMINISTRATOR):
        raise Refused("People and keys are managed by administrators who signed in.")


def check_not_own(by: By, person: UUID) -> None:
    """Refuse whoever would change what they may do themselves."""
    if by is not None and by.person.id == person:
        raise Refused(OWN)
