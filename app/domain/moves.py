"""The moves of a ruleset version: which are legal where it stands, and who may make them.

::

    create -> draft -> submitted -> approved -> active -> retired
                ^  edit   | return     |  withdraw ^ (planned)   |
                +---------+------------+ edit      +-- roll back +

Four eyes: whoever wrote any part of a text cannot approve it, whatever their role. An
approval binds the digest of the text that was submitted; an edit after it makes a draft
again. A text that was once activated, if only for a later day, never changes. To roll
back is to activate a version again that was in force before, and takes a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.errors import Invalid, Problem, Refused
from app.domain.lifecycle import RulesetEvent, State
from app.domain.messages import told
from app.domain.versions import RulesetVersion


class Move(StrEnum):
    """What can be done to a version; the log's entries say which it was."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    ACTIVATE = "activate"
    ROLL_BACK = "roll-back"
    WITHDRAW = "withdraw"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do: ``by`` at ``at`` (UTC), to become the event ``id``.

    ``comment`` is for people to read; some moves need one. ``effective_from`` (UTC) is for activations;
    ``acknowledged`` are the claims that an approver knows not to be settled.
    """

    move: Move
    by: str
    at: datetime
    id: UUID
    comment: str | None = None
    effective_from: datetime | None = None
    acknowledged: tuple[str, ...] = ()


_BECOMES: Mapping[Move, State] = {
    Move.EDIT: State.DRAFT,
    Move.SUBMIT: State.SUBMITTED,
    Move.APPROVE: State.APPROVED,
    Move.RETURN: State.DRAFT,
    Move.ACTIVATE: State.ACTIVE,
    Move.ROLL_BACK: State.ACTIVE,
    Move.WITHDRAW: State.APPROVED,
    Move.RETIRE: State.RETIRED,
}
_FROM: Mapping[Move, frozenset[State]] = {
    Move.EDIT: frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED}),
    Move.SUBMIT: frozenset({State.DRAFT}),
    Move.APPROVE: frozenset({State.SUBMITTED}),
    Move.RETURN: frozenset({State.SUBMITTED}),
    Move.ACTIVATE: frozenset({State.APPROVED}),
    Move.ROLL_BACK: frozenset({State.RETIRED}),
    Move.RETIRE: frozenset(State) - {State.RETIRED},
}
_ONLY: Mapping[Move, str] = {
    Move.EDIT: "only a draft, or what was submitted or approved and never activated, can be edited",
    Move.SUBMIT: "only a draft can be submitted",
    Move.APPROVE: "only what was submitted can be approved",
    Move.RETURN: "only what was submitted can be sent back",
    Move.ACTIVATE: "only what was approved, or was in force before, can be activated",
    Move.ROLL_BACK: "only what was in force before can be activated again",
    Move.WITHDRAW: "only an activation that lies ahead can be withdrawn",
    Move.RETIRE: "it cannot be retired again",
}
NEEDS_REASON = frozenset({Move.RETURN, Move.ROLL_BACK, Move.RETIRE})
"""The moves that somebody else will ask about: they take a reason."""


def activation_of(version: RulesetVersion) -> Move:
    """What activating it is: a roll back where it was in force before."""
    return Move.ROLL_BACK if version.was_active else Move.ACTIVATE


def created(
    policy: str, version: str, digest: str, wish: Wish, source: RulesetVersion | None
) -> tuple[RulesetEvent, tuple[str, ...]]:
    """The first event of a new version, and its authors: of ``source``, too, unless its text was released."""
    event = RulesetEvent(
        wish.id,
        policy,
        version,
        digest,
        State.DRAFT,
        wish.at,
        wish.by,
        made_from=None if source is None else source.last.id,
    )
    inherited = frozenset() if source is None or source.released else source.authors
    return event, tuple(sorted(inherited | {wish.by}))


def moved(
    version: RulesetVersion, wish: Wish, *, digest: str | None = None, supersedes: UUID | None = None
) -> RulesetEvent:
    """The event that ``wish`` becomes. ``digest`` is that of an edit's text, or of the text that was read.

    Raises ``Refused`` where the move is not legal: 403 for a matter of who asks, 409 for one of where the
    version stands; ``Invalid`` for a missing reason or an instant that has passed.
    """
    _check_standing(version, wish)
    if wish.move is not Move.EDIT and digest is not None and digest != version.digest:
        raise Refused(
            told(
                "The text of {version} is another by now: {digest}. Read it before you go on.",
                version=named(version),
                digest=version.digest,
            ),
            conflict=True,
        )
    if wish.move is Move.APPROVE and wish.by in version.authors:
        raise Refused(
            told(
                "You wrote a part of {version}: somebody else has to approve it, who wrote none of it.",
                version=named(version),
            )
        )
    _check_words(wish)
    return RulesetEvent(
        wish.id,
        version.policy,
        version.version,
        digest if wish.move is Move.EDIT and digest is not None else version.digest,
        _BECOMES[wish.move],
        wish.at,
        wish.by,
        after=version.last.id,
        effective_from=wish.effective_from,
        supersedes=supersedes,
    )


def move_of(event: RulesetEvent, before: RulesetVersion | None) -> Move:
    """Which move an event was; ``before`` is how its version stood until then, None for its first event."""
    if before is None:
        return Move.CREATE
    if event.state is State.DRAFT:
        return Move.EDIT if event.digest != before.digest else Move.RETURN
    if event.state is State.APPROVED:
        return Move.APPROVE if before.last.state is State.SUBMITTED else Move.WITHDRAW
    if event.state is State.ACTIVE:
        return activation_of(before)
    return Move.SUBMIT if event.state is State.SUBMITTED else Move.RETIRE


def is_open(version: RulesetVersion, move: Move) -> bool:
    """Whether a version stands where ``move`` can be made, whoever makes it; creating is of no version."""
    if move is Move.WITHDRAW:
        return version.scheduled_for is not None
    legal = move in _FROM and version.state in _FROM[move]
    if move is Move.EDIT:
        return legal and not version.final
    return legal and (move is not Move.ROLL_BACK or version.was_active)


def named(version: RulesetVersion) -> str:
    """``policy version``, as messages say it."""
    return f"{version.policy} {version.version}"


def _check_standing(version: RulesetVersion, wish: Wish) -> None:
    if not is_open(version, wish.move):
        raise Refused(
            told(
                "{version} is {standing}: {only}.",
                version=named(version),
                standing=_standing(version),
                only=_ONLY[wish.move],
            ),
            conflict=True,
        )


def _standing(version: RulesetVersion) -> str:
    if version.state is State.ACTIVE:
        return "in force"
    if version.state is State.DRAFT:
        return "a draft"
    if version.scheduled_for is not None:
        return told(
            "{state} and planned for {instant:%Y-%m-%d %H:%M:%S} UTC",
            state=told(version.state),
            instant=version.scheduled_for,
        )
    if version.final and version.state is State.APPROVED:
        return "approved and was planned before, so that its text is final"
    return told(version.state)


def _check_words(wish: Wish) -> None:
    if wish.move in NEEDS_REASON and not wish.comment:
        message = "`reason` is missing: whoever looks back will want to know why"
        raise Invalid("A reason is needed.", [Problem(message, "/reason")])
    if wish.effective_from is not None and wish.effective_from <= wish.at:
        message = told(
            "`effective_from` has passed; it is {at:%Y-%m-%d %H:%M:%S} UTC now. Leave it out to "
            "activate at once",
            at=wish.at,
        )
        raise Invalid("The activation cannot be planned.", [Problem(message, "/effective_from")])
