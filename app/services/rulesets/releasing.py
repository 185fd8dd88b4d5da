"""Releasing: how a text gets into force and out of it again, by more than one pair of eyes.

Submitting takes a text that proves itself; approving takes somebody who wrote no part of
it, names the digest that they read and acknowledges what could not be settled of it, by
the ids of the claims; only what was approved, or was in force before, can be activated.
Each step is an entry of the log, with its comment sealed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Invalid, Problem, Refused
from app.domain.messages import joined, told
from app.domain.moves import Move, activation_of, moved, named
from app.domain.people import Principal
from app.domain.versions import RulesetVersion
from app.services.rulesets.drafting import person
from app.services.rulesets.proving import Proof, Proving
from app.services.rulesets.state_changes import Moment, StateChanges, check_seen

MOST_TOLD = 50
NONE = "none"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a move of which version; ``seen`` are the tags of what they read, None if not said."""

    principal: Principal
    policy: str
    version: str
    seen: Collection[str] | None = None


class Releasing:
    """Moves versions; each method gives the version as it stands then.

    Every move raises ``NotFound``, ``Stale`` where the version is not as it was ``seen``, and ``Refused``
    where it does not stand there, for a key, for an author who approves, or when somebody else was first.
    """

    def __init__(self, changes: StateChanges, proving: Proving) -> None:
        self._changes = changes
        self._proving = proving

    def submit(self, asked: Asked, comment: str | None = None) -> RulesetVersion:
        """Ask for approval; raises ``Invalid`` with the findings of a text that does not prove itself."""
        read = self._changes.moment(asked.policy).version(asked.version).digest
        return self._move(asked, Move.SUBMIT, comment, digest=read, proof=self._proving.proof(read))

    def approve(
        self, asked: Asked, digest: str, comment: str | None = None, acknowledges: tuple[str, ...] = ()
    ) -> RulesetVersion:
        """Approve exactly the text of ``digest``: that of what was submitted, or ``Refused``.

        ``acknowledges`` are the ids of all its claims that are not settled: ``Refused`` where one is missing,
        ``Invalid`` where one is none of these.
        """
        moment = self._changes.moment(asked.policy)
        proof = self._proving.proof(moment.version(asked.version).digest)
        return self._move(
            asked,
            Move.APPROVE,
            comment,
            digest=digest,
            moment=moment,  # what is proved is what is approved: a text that came meanwhile is refused
            proof=proof,
            acknowledged=acknowledges,
        )

    def send_back(self, asked: Asked, reason: str | None) -> RulesetVersion:
        """Make what was submitted a draft again, for a ``reason``; whoever does so writes nothing of it."""
        return self._move(asked, Move.RETURN, reason)

    def activate(
        self,
        asked: Asked,
        effective_from: datetime | None = None,
        reason: str | None = None,
        replaces: str | None = None,
    ) -> RulesetVersion:
        """Into force at once, or from an instant (UTC) on; what is planned already is moved to it.

        A version that was in force before comes back with a ``reason``. ``replaces`` is the version that the
        caller saw in force, ``none`` for none: should it be another by now, ``Refused``. So of two who
        activate different versions at once, knowing what they replace, one is refused.
        """
        moment = self._changes.moment(asked.policy)
        standing = moment.version(asked.version)
        found = moment.in_force or NONE
        if replaces is not None and replaces != found:
            raise Refused(
                told(
                    "In force for {policy} is {found} by now, and not {replaces}. Read what is, and repeat "
                    "the activation if it is still right.",
                    policy=asked.policy,
                    found=found,
                    replaces=replaces,
                ),
                conflict=True,
            )
        return self._move(asked, activation_of(standing), reason, effective_from, moment=moment)

    def withdraw(self, asked: Asked, comment: str | None = None) -> RulesetVersion:
        """Take back an activation that lies ahead."""
        return self._move(asked, Move.WITHDRAW, comment)

    def retire(self, asked: Asked, reason: str | None) -> RulesetVersion:
        """Out of use, at once and for a ``reason``: no version takes the place of the one in force."""
        return self._move(asked, Move.RETIRE, reason)

    def _move(
        self,
        asked: Asked,
        move: Move,
        comment: str | None,
        effective_from: datetime | None = None,
        *,
        digest: str | None = None,
        moment: Moment | None = None,
        proof: Proof | None = None,
        acknowledged: tuple[str, ...] = (),
    ) -> RulesetVersion:
        by = person(asked.principal)
        moment = moment or self._changes.moment(asked.policy)
        version = moment.version(asked.version)
        check_seen(version, asked.seen)
        wish = self._changes.wish(
            moment, move, by, comment=comment, effective_from=effective_from, acknowledged=acknowledged
        )
        supersedes = moment.last_activation if move in (Move.ACTIVATE, Move.ROLL_BACK) else None
        event = moved(version, wish, digest=digest, supersedes=supersedes)
        if proof is not None and proof.errors:
            raise _unproven(version, proof)
        if proof is not None and move is Move.APPROVE:
            _check_acknowledged(version, proof, acknowledged)
        return self._changes.follow(moment, event, wish, seen=asked.seen)


def _unproven(version: RulesetVersion, proof: Proof) -> Invalid:
    problems = [Problem(one.message, line=one.line, code=one.check) for one in proof.errors[:MOST_TOLD]]
    number = len(proof.errors)
    message = told(
        "{version} does not prove itself: {number} finding{plural}; its checks tell all of them.",
        version=named(version),
        number=number,
        plural="s" * (number != 1),
    )
    return Invalid(message, problems)


def _check_acknowledged(version: RulesetVersion, proof: Proof, acknowledged: tuple[str, ...]) -> None:
    """Whoever approves knows what was not proved: they name each claim that is not settled, and no other."""
    open_claims = {one.id: one for one in proof.not_settled}
    strange = [one for one in acknowledged if one not in open_claims]
    if strange:
        message = told(
            "`{name}` is no claim of {version} that is not settled",
            name=strange[0][:64],
            version=named(version),
        )
        raise Invalid("The approval cannot be recorded.", [Problem(message, "/acknowledges")])
    missing = [
        joined("", (one.id, " (", one.claim, ")"))
        for one in open_claims.values()
        if one.id not in acknowledged
    ]
    if missing:
        raise Refused(
            told(
                "Not settled of {version}, and to be acknowledged by id in `acknowledges`: {missing}.",
                version=named(version),
                missing=joined("; ", missing[:MOST_TOLD]),
            ),
            conflict=True,
        )
