"""Plays random steps on the real services and holds every answer, and what then stands, against the model.

A step is five small numbers, so that any list of them can be played: by hypothesis,
which makes a failing list short, and by the campaign, which makes many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from app.domain.errors import Invalid, NotFound, Refused
from app.domain.lifecycle import RulesetEvent, State
from app.domain.moves import Move, activation_of, moved
from app.domain.people import Principal, Role
from app.domain.versions import RulesetVersion, standing
from app.services.rulesets.releasing import Asked
from schemas.ruleset import digest_of
from tests.lifecycle.desk import Desk, person, tiny
from tests.lifecycle.model import SUBMITTED, Model

PEOPLE = [person("writer"), person("reviewer"), person("third"), person("administrator", Role.ADMINISTRATOR)]
VERSIONS = ("1.0.0", "1.1.0", "2.0.0", "2.1.0")
MOST = ("100.00", "200.00", "40.00")
PROVEN = MOST[:2]
DELAYS = (0, 0, 1, 7)


class Step(NamedTuple):
    """What is done, by whom, to which version; ``other`` and ``way`` mean what the deed makes of them."""

    deed: int
    who: int
    version: int
    other: int
    way: int


class Player:
    """One sequence: a policy of its own, its model, and the tags that somebody once read."""

    def __init__(self, desk: Desk, policy: str) -> None:
        self.desk = desk
        self.policy = policy
        self.model = Model()
        self.done: Counter[str] = Counter()
        self._tags: dict[str, list[str]] = {version: [] for version in VERSIONS}

    def play(self, steps: Iterable[Step]) -> None:
        """Play all; raises ``AssertionError`` at the first step after which something is not as it must."""
        for step in steps:
            deed = DEEDS[step.deed % len(DEEDS)]
            version = VERSIONS[step.version % len(VERSIONS)]
            deed(self, step, version)
            self._compare()

    def create(self, step: Step, version: str) -> None:
        source = (None, *VERSIONS)[step.other % 5]
        text = self._text(version, step.way)
        self._expect(
            "create",
            self.model.may_create(version, source),
            lambda: self.desk.drafting.create(_who(step), self.policy, version, source=source, text=text),
            lambda: self.model.create(version, _who(step).id, text, source),
        )

    def edit(self, step: Step, version: str) -> None:
        """With the tag of now, or with one that somebody read before."""
        text, fresh = self._text(version, step.way), step.other % 3 > 0
        known = self._tags[version]
        tag = known[-1] if known and fresh else known[step.other % len(known)] if known else "none"
        legal = self._is_there(version) and tag == known[-1] and self.model.may_edit(version)
        self._expect(
            "edit",
            legal,
            lambda: self.desk.drafting.edit(_who(step), self.policy, version, text, seen={tag}),
            lambda: self.model.edit(version, _who(step).id, text),
        )

    def submit(self, step: Step, version: str) -> None:
        legal = self._is_there(version) and self.model.may_submit(version) and self._is_proven(version)
        self._expect(
            "submit",
            legal,
            lambda: self.desk.releasing.submit(self._asked(step, version)),
            lambda: setattr(self.model.cards[version], "stage", SUBMITTED),
        )

    def approve(self, step: Step, version: str) -> None:
        """The text of now, or another that was read before."""
        here = self._is_there(version)
        text = self.model.cards[version].text if here and step.other % 3 else self._text(version, step.way)
        legal = here and self.model.may_approve(version, _who(step).id, text)
        self._expect(
            "approve",
            legal,
            lambda: self.desk.releasing.approve(self._asked(step, version), digest_of(text)),
            lambda: self.model.approve(version),
        )

    def send_back(self, step: Step, version: str) -> None:
        self._expect(
            "return",
            self._is_there(version) and self.model.may_return(version),
            lambda: self.desk.releasing.send_back(self._asked(step, version), "no"),
            lambda: setattr(self.model.cards[version], "stage", "draft"),
        )

    def activate(self, step: Step, version: str) -> None:
        delay, reason = DELAYS[step.other % len(DELAYS)], "why" if step.way % 3 else None
        now = self.desk.clock.now
        then = now + timedelta(minutes=delay) if delay else None
        self._expect(
            "activate",
            self._is_there(version) and self.model.may_activate(version, reason is not None),
            lambda: self.desk.releasing.activate(self._asked(step, version), then, reason),
            lambda: self.model.activate(version, delay),
        )

    def withdraw(self, step: Step, version: str) -> None:
        self._expect(
            "withdraw",
            self._is_there(version) and self.model.may_withdraw(version),
            lambda: self.desk.releasing.withdraw(self._asked(step, version)),
            lambda: self.model.withdraw(version),
        )

    def retire(self, step: Step, version: str) -> None:
        self._expect(
            "retire",
            self._is_there(version) and self.model.may_retire(version),
            lambda: self.desk.releasing.retire(self._asked(step, version), "old"),
            lambda: self.model.retire(version),
        )

    def wait(self, step: Step, version: str) -> None:  # noqa: ARG002
        self.desk.clock.passes(minutes=step.other % 9)
        self.model.passes(step.other % 9)
        self.done["wait"] += 1

    def push(self, step: Step, version: str) -> None:
        """Whatever comes next for that version, so that sequences get far."""
        if not self._is_there(version):
            return self.create(step, version)
        shown = self.model.shown(version)
        return {
            "draft": self.submit if self._is_proven(version) else self.edit,
            "submitted": self.approve,
            "approved": self.activate,
            "active": self.wait,
            "retired": self.activate,
        }[shown](step, version)

    def race(self, step: Step, version: str) -> None:
        """Two officers who looked at the same moment activate two versions: the second is refused."""
        moment = self.desk.changes.moment(self.policy)
        rivals = [one for name, one in moment.versions.items() if self.model.may_activate(name, reason=True)][
            :2
        ]
        if len(rivals) < 2:
            return self.push(step, version)
        for place, one in enumerate(rivals if step.way % 2 else rivals[::-1]):
            move = activation_of(one)
            wish = self.desk.changes.wish(moment, move, _who(step).id, comment="race")
            event = moved(one, wish, supersedes=moment.last_activation)
            self._expect(
                "race",
                place == 0,
                partial(self.desk.changes.follow, moment, event, wish, seen=None),
                partial(self.model.activate, one.version, 0),
            )
        return None

    def forge(self, step: Step, version: str) -> None:
        """Past the services, straight into the log: an approval or activation that is not due."""
        moment = self.desk.changes.moment(self.policy)
        if version not in moment.versions:
            return self.push(step, version)
        one = moment.version(version)
        state, move = ((State.APPROVED, Move.APPROVE), (State.ACTIVE, Move.ACTIVATE))[step.way % 2]
        wish = self.desk.changes.wish(moment, move, _who(step).id)
        supersedes = moment.last_activation if state is State.ACTIVE else None
        event = _raw(one, wish.id, state, wish.by, supersedes)
        card = self.model.cards[version]
        if state is State.APPROVED:
            legal = self.model.may_approve(version, wish.by, card.text)
            legal_anyway = card.planned_for is not None or one.last.state is State.ACTIVE
        else:
            legal = card.approved_text == card.text and card.stage != "retired"
            legal_anyway = card.final
        if legal or legal_anyway:
            return self.push(step, version)
        return self._expect("forge", False, lambda: self.desk.changes.record(event, wish), lambda: None)

    def _expect(
        self, what: str, legal: bool, attempt: Callable[[], object], follow: Callable[[], None]
    ) -> None:
        refused = ""
        try:
            attempt()
        except (Refused, Invalid, NotFound) as error:
            refused = f"{error.message} {error.problems}"
        if refused:
            assert not legal, f"{what} was legal and refused: {refused}"
            self.done[f"{what} refused"] += 1
            return
        assert legal, f"{what} was not legal and done"
        follow()
        self.done[what] += 1

    def _compare(self) -> None:
        """What the services say now against the model: state, text, authors, plan, and what is in force."""
        events = self.desk.store.rulesets.events(self.policy)
        found = standing(events, self.desk.clock.now)
        assert found.keys() == self.model.cards.keys()
        for version, card in self.model.cards.items():
            one = found[version]
            assert str(one.state) == self.model.shown(version), version
            assert one.digest == digest_of(card.text), version
            assert one.authors == card.authors, version
            assert (one.scheduled_for is not None) == (card.planned_for is not None), version
            if not self._tags[version] or self._tags[version][-1] != one.tag:
                self._tags[version].append(one.tag)
        in_force = self.desk.store.rulesets.in_force(self.policy, self.desk.clock.now)
        assert (None if in_force is None else in_force.version) == self.model.in_force
        if in_force is not None:
            card = self.model.cards[in_force.version]
            assert in_force.digest == digest_of(card.approved_text or b"")
            _check_four_eyes(events, in_force)
        assert sum(one.state is State.ACTIVE for one in found.values()) <= 1

    def _asked(self, step: Step, version: str) -> Asked:
        return Asked(_who(step), self.policy, version)

    def _text(self, version: str, way: int) -> bytes:
        return tiny(version, most=MOST[way % len(MOST)], policy=self.policy)

    def _is_there(self, version: str) -> bool:
        return version in self.model.cards

    def _is_proven(self, version: str) -> bool:
        text = self.model.cards[version].text
        return any(text == tiny(version, most=most, policy=self.policy) for most in PROVEN)


def _who(step: Step) -> Principal:
    return PEOPLE[step.who % len(PEOPLE)]


def _raw(one: RulesetVersion, id: UUID, state: State, by: str, supersedes: UUID | None) -> RulesetEvent:
    """An event that no rule of the domain has seen."""
    last = one.last
    return RulesetEvent(
        id, one.policy, one.version, one.digest, state, last.at, by, last.id, supersedes=supersedes
    )


def _check_four_eyes(events: Iterable[RulesetEvent], in_force: RulesetEvent) -> None:
    """Somebody approved exactly this text who, by the log alone, brought no text of this version."""
    own = [one for one in events if one.version == in_force.version and one.id <= in_force.id]
    wrote = {
        one.by
        for before, one in zip([None, *own], own, strict=False)
        if one.state is State.DRAFT and (before is None or before.digest != one.digest)
    }
    approvals = [
        one
        for before, one in zip([None, *own], own, strict=False)
        if one.state is State.APPROVED and before is not None and before.state is State.SUBMITTED
    ]
    assert approvals[-1].digest == in_force.digest
    assert approvals[-1].by not in wrote


DEEDS: tuple[Callable[[Player, Step, str], None], ...] = (
    Player.create,
    Player.edit,
    Player.submit,
    Player.approve,
    Player.send_back,
    Player.activate,
    Player.withdraw,
    Player.retire,
    Player.wait,
    Player.race,
    Player.forge,
    *(Player.push,) * 6,
)
