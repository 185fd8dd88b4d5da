"""Where each version of a policy stands at an instant, and who wrote its text: all follows from events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.lifecycle import RulesetEvent, State, timeline

_RELEASES = (State.APPROVED, State.ACTIVE)


@dataclass(frozen=True, slots=True)
class RulesetVersion:
    """One version at an instant. At most one of a policy is ``ACTIVE``: the one that is in force.

    A version whose activation lies ahead is still approved (or retired), with ``scheduled_for``; one that
    another has followed in force is retired, and may be activated again. ``since`` is when it came to stand
    there. ``released``: the text was approved or activated and not changed since. ``was_active``: it was in
    force once. ``final``: an activation was recorded, if only a planned one; the text never changes again.
    ``last`` is its latest event.
    """

    policy: str
    version: str
    state: State
    since: datetime
    last: RulesetEvent
    authors: frozenset[str]
    scheduled_for: datetime | None = None
    released: bool = False
    was_active: bool = False
    final: bool = False

    @property
    def digest(self) -> str:
        """The identity of its text."""
        return self.last.digest

    @property
    def tag(self) -> str:
        """What it is known by to whoever read it and wants to change it: its text and its latest event."""
        return f"{self.digest.removeprefix('sha256:')}-{self.last.id.hex}"


def standing(events: Iterable[RulesetEvent], at: datetime) -> dict[str, RulesetVersion]:
    """Every version of one policy as it stands at ``at``, in the order in which versions first appeared."""
    ordered = sorted(events, key=lambda event: event.id)
    chains: dict[str, list[RulesetEvent]] = {}
    for event in ordered:
        chains.setdefault(event.version, []).append(event)
    spans = _spans(ordered, at)
    wrote = _authors(chains)
    return {
        version: _stands(chain, spans.get(version), at, wrote[version]) for version, chain in chains.items()
    }


@dataclass(slots=True)
class _Span:
    """When a version last came into force, and when it ceased to be: None while it is."""

    began: datetime
    ended: datetime | None = None


def _spans(events: Sequence[RulesetEvent], at: datetime) -> Mapping[str, _Span]:
    spans: dict[str, _Span] = {}
    holder: str | None = None
    for instant, activation in timeline(events):
        if instant > at:
            break
        version = None if activation is None else activation.version
        if version == holder:
            continue
        if holder is not None:
            spans[holder].ended = instant
        if version is not None:
            spans[version] = _Span(instant)
        holder = version
    return spans


def _stands(
    chain: Sequence[RulesetEvent], span: _Span | None, at: datetime, authors: frozenset[str]
) -> RulesetVersion:
    last = chain[-1]
    planned = last.state is State.ACTIVE and last.takes_effect > at
    state, since = last.state, last.at
    if span is not None:
        state = State.ACTIVE if span.ended is None else State.RETIRED
        since = span.began if span.ended is None else span.ended
    elif planned:
        state = State.APPROVED
    return RulesetVersion(
        policy=last.policy,
        version=last.version,
        state=state,
        since=since,
        last=last,
        authors=authors,
        scheduled_for=last.takes_effect if planned else None,
        released=is_released(chain),
        was_active=span is not None,
        final=any(event.state is State.ACTIVE for event in chain),
    )


def is_released(chain: Sequence[RulesetEvent]) -> bool:
    """Whether the text at the end of a version's events was released since the version was last a draft."""
    for event in reversed(chain):
        if event.state is State.DRAFT:
            return False
        if event.state in _RELEASES:
            return True
    return False


def _authors(chains: Mapping[str, Sequence[RulesetEvent]]) -> dict[str, frozenset[str]]:
    """Who wrote any part of each version's text.

    A version made from a text that nobody had approved has that text's authors, too. Sending back makes a
    draft and writes nothing: the text is the one that was submitted.
    """
    places = {
        event.id: (version, place) for version, chain in chains.items() for place, event in enumerate(chain)
    }
    found: dict[UUID, frozenset[str]] = {}
    for event in sorted((one for chain in chains.values() for one in chain), key=lambda one: one.id):
        version, place = places[event.id]
        chain = chains[version]
        held = found[chain[place - 1].id] if place else _inherited(event, chains, places, found)
        wrote = event.state is State.DRAFT and (place == 0 or chain[place - 1].digest != event.digest)
        found[event.id] = held | {event.by} if wrote else held
    return {version: found[chain[-1].id] for version, chain in chains.items()}


def _inherited(
    event: RulesetEvent,
    chains: Mapping[str, Sequence[RulesetEvent]],
    places: Mapping[UUID, tuple[str, int]],
    found: Mapping[UUID, frozenset[str]],
) -> frozenset[str]:
    if event.made_from is None or event.made_from not in found:
        return frozenset()
    version, place = places[event.made_from]
    return frozenset() if is_released(chains[version][: place + 1]) else found[event.made_from]
