"""Changes of a ruleset's state: where its versions stand now, and the one way to record what comes next.

Ids and times of one policy's events rise in the order in which they were recorded, also
where several machines record and their clocks differ: what follows from events follows
from that order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from app.domain.audit import JSON, EntryKind, Recording
from app.domain.errors import NotFound, Refused, Stale
from app.domain.instants import utc_text
from app.domain.lifecycle import RulesetChange, RulesetEvent, State
from app.domain.messages import joined, told
from app.domain.moves import Move, Wish, named
from app.domain.versions import RulesetVersion, standing
from app.services.recording import Recorder
from app.store.rulesets import Rulesets
from schemas.decisions import sealed_bytes

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Moment:
    """A policy at the instant ``at`` (UTC) at which something is about to be recorded of it."""

    policy: str
    events: tuple[RulesetEvent, ...]
    at: datetime

    @cached_property
    def versions(self) -> Mapping[str, RulesetVersion]:
        """Where each version stands."""
        return standing(self.events, self.at)

    @property
    def last_activation(self) -> UUID | None:
        """The activation recorded last, planned ones included; None before the first."""
        return next((one.id for one in reversed(self.events) if one.state is State.ACTIVE), None)

    @property
    def in_force(self) -> str | None:
        """The version that answers, None while there is none."""
        return next((name for name, one in self.versions.items() if one.state is State.ACTIVE), None)

    def version(self, version: str) -> RulesetVersion:
        """One version; raises ``NotFound``."""
        found = self.versions
        if version not in found:
            known = told("it has {found}.", found=joined(", ", found)) if found else "it has none."
            raise NotFound(
                told(
                    "{policy} has no version {version}; {known}",
                    policy=self.policy,
                    version=version[:64],
                    known=known,
                )
            )
        return found[version]


class StateChanges:
    """Reads moments and records events. ``now`` gives UTC, ``new_id`` an id at an instant."""

    def __init__(
        self,
        rulesets: Rulesets,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._rulesets = rulesets
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    def moment(self, policy: str) -> Moment:
        """A policy as it is now, read anew; without events where it is not known."""
        events = self._rulesets.events_now(policy)
        now = self._now()
        return Moment(policy, events, max(now, events[-1].at) if events else now)

    def wish(
        self,
        moment: Moment,
        move: Move,
        by: str,
        *,
        comment: str | None = None,
        effective_from: datetime | None = None,
        acknowledged: tuple[str, ...] = (),
    ) -> Wish:
        """What ``by`` wants at this moment, under an id behind those of the policy's events."""
        id = self._new_id(moment.at)
        if moment.events:
            instant, last = moment.at, moment.events[-1].id
            while id <= last:  # another machine was at work in the same millisecond, or its clock is ahead
                instant += _MILLISECOND
                id = self._new_id(instant)
        return Wish(move, by, moment.at, id, comment, effective_from, acknowledged)

    def record(
        self,
        event: RulesetEvent,
        wish: Wish,
        *,
        text: bytes | None = None,
        authors: tuple[str, ...] = (),
        kind: EntryKind = EntryKind.RULESET_STATE,
    ) -> None:
        """Make an event durable with its entry; raises ``Refused`` when somebody else was first."""
        clear: dict[str, JSON] = {
            "policy": event.policy,
            "version": event.version,
            "digest": event.digest,
            "state": str(event.state),
            "move": str(wish.move),
        }
        if event.effective_from is not None:
            clear["effective_from"] = utc_text(event.effective_from)
        if wish.move is Move.CREATE:
            clear["made_from"] = None if event.made_from is None else str(event.made_from)
        if wish.acknowledged:
            clear["acknowledged"] = list(wish.acknowledged)
        self._recorder.record(
            Recording(
                id=event.id,
                kind=kind,
                at=event.at,
                clear=clear,
                sealed_plaintext=sealed_bytes({"comment": wish.comment}),
                actor=event.by,
                changes=(RulesetChange(event, text, authors),),
            )
        )

    def follow(
        self,
        moment: Moment,
        event: RulesetEvent,
        wish: Wish,
        *,
        seen: Collection[str] | None,
        text: bytes | None = None,
        authors: tuple[str, ...] = (),
    ) -> RulesetVersion:
        """Record an event upon a moment; the version as it stands then.

        Raises ``Stale`` in place of ``Refused`` where the caller had said what was ``seen``.
        """
        try:
            self.record(event, wish, text=text, authors=authors)
        except Refused as error:
            if error.conflict and seen is not None:
                raise Stale(error.message) from error
            raise
        return standing((*moment.events, event), moment.at)[event.version]


def check_seen(version: RulesetVersion, seen: Collection[str] | None) -> None:
    """Raise ``Stale`` where none of the ``seen`` tags is that of the version as it is now."""
    if seen is not None and version.tag not in seen:
        raise Stale(
            told(
                "{version} was changed since it was read: it is {state} now, with the text {digest}. "
                "Read it again and repeat your change.",
                version=named(version),
                state=version.state,
                digest=version.digest,
            )
        )
