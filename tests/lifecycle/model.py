"""A simple model of the lifecycle: what must be true, said a second time and by other means.

It keeps for each version what a person would write on a card, in plain lists, and knows
nothing of events, digests or chains. Whatever the services answer is held against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DRAFT, SUBMITTED, APPROVED, ACTIVE, RETIRED = "draft", "submitted", "approved", "active", "retired"


@dataclass
class Card:
    """One version: its text, who wrote any of it, and how far it has come."""

    text: bytes
    authors: set[str]
    stage: str = DRAFT
    approved_text: bytes | None = None
    planned_for: int | None = None
    order: int = 0
    was_in_force: bool = False
    final: bool = False


@dataclass
class Model:
    """One policy. Time is a whole number of minutes; ``in_force`` is the version that answers."""

    cards: dict[str, Card] = field(default_factory=dict)
    in_force: str | None = None
    minute: int = 0

    def passes(self, minutes: int) -> None:
        """Let time pass; plans whose time has come take force, the earlier first."""
        self.minute += minutes
        due = [one for one in self.cards.items() if one[1].planned_for is not None]
        for version, card in sorted(due, key=lambda one: (one[1].planned_for, one[1].order)):
            if card.planned_for is not None and card.planned_for <= self.minute:
                self._takes_force(version)

    def may_create(self, version: str, source: str | None) -> bool:
        return version not in self.cards and (source is None or source in self.cards)

    def create(self, version: str, by: str, text: bytes, source: str | None) -> None:
        inherited: set[str] = set()
        if source is not None and not self._released(self.cards[source]):
            inherited = self.cards[source].authors
        self.cards[version] = Card(text, {by} | inherited)

    def may_edit(self, version: str) -> bool:
        card = self.cards[version]
        return card.stage in (DRAFT, SUBMITTED, APPROVED) and not card.final

    def edit(self, version: str, by: str, text: bytes) -> None:
        card = self.cards[version]
        if text == card.text:
            return
        card.text, card.stage, card.approved_text = text, DRAFT, None
        card.authors = card.authors | {by}

    def may_submit(self, version: str) -> bool:
        return self.cards[version].stage == DRAFT

    def may_approve(self, version: str, by: str, text: bytes) -> bool:
        card = self.cards[version]
        return card.stage == SUBMITTED and by not in card.authors and text == card.text

    def approve(self, version: str) -> None:
        card = self.cards[version]
        card.stage, card.approved_text = APPROVED, card.text

    def may_return(self, version: str) -> bool:
        return self.cards[version].stage == SUBMITTED

    def may_activate(self, version: str, reason: bool) -> bool:
        card = self.cards[version]
        if version == self.in_force:
            return False
        return reason if card.was_in_force else card.stage == APPROVED

    def activate(self, version: str, delay: int) -> None:
        card = self.cards[version]
        card.final = True
        card.planned_for = self.minute + delay
        card.order = self._next_order()
        if not delay:
            self._takes_force(version)

    def may_withdraw(self, version: str) -> bool:
        return self.cards[version].planned_for is not None

    def withdraw(self, version: str) -> None:
        self.cards[version].planned_for = None

    def may_retire(self, version: str) -> bool:
        card = self.cards[version]
        return version == self.in_force or (card.stage != RETIRED and not card.was_in_force)

    def retire(self, version: str) -> None:
        card = self.cards[version]
        card.planned_for = None
        card.stage = RETIRED
        if version == self.in_force:
            self.in_force = None

    def shown(self, version: str) -> str:
        """The state that everybody is told."""
        card = self.cards[version]
        if version == self.in_force:
            return ACTIVE
        return RETIRED if card.was_in_force else card.stage

    def _takes_force(self, version: str) -> None:
        card = self.cards[version]
        assert card.approved_text == card.text, "four eyes: nobody approved this text"
        card.planned_for, card.was_in_force = None, True
        self.in_force = version

    def _released(self, card: Card) -> bool:
        return card.approved_text == card.text

    def _next_order(self) -> int:
        return 1 + max((card.order for card in self.cards.values()), default=0)
