"""A scorecard over extents: the least and the most points that its bands can give together."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from app.analysis.alternatives.cells import Cell
from app.analysis.alternatives.state import State
from app.analysis.possible.extents import ANYTHING, Extent, of_type
from app.domain.rules import Scorecard
from app.domain.ruleset import Ruleset


class ScoreOutlook:
    """One scorecard of which some characteristic moves."""

    __slots__ = ("yields", "_card", "_groups")

    def __init__(self, ruleset: Ruleset, card: Scorecard) -> None:
        self.yields: Collection[str] = (card.name,)
        self._card = card
        self._groups = [
            (
                one.fact,
                [(Cell(rule.when[0].test, ruleset.types[one.fact]), rule.points) for rule in one.rules],
                Fraction(max(rule.points for rule in one.rules if rule.points is not None)),
            )
            for one in card.characteristics
        ]

    def keep(self, needed: Collection[str]) -> Collection[str]:  # noqa: ARG002
        return [fact for fact, _, _ in self._groups]

    def walk(self, state: State) -> None:
        low = high = present = Fraction(0)
        perhaps_left_out = False
        for fact, bands, best in self._groups:
            found = [points for test, points in bands if test.turns_out(state.extents.get(fact, ANYTHING))[0]]
            given = [Fraction(points or 0) for points in found]
            counted = sum(points is not None for points in found)
            perhaps_left_out = perhaps_left_out or 0 < counted < len(found)
            low, high = low + min(given, default=Fraction(0)), high + max(given, default=Fraction(0))
            present += best if counted else 0
        score = Extent(low, high)
        if self._card.scale is not None:
            if perhaps_left_out or present <= 0:
                score = ANYTHING
            else:
                share = Fraction(self._card.scale) / present
                score = Extent(low * share, high * share)
        state.extents[self._card.name] = of_type(self._card.type, score)
