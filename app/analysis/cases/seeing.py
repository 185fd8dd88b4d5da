"""Decisions on facts, each made once, with the values that every step saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.analysis.findings import Facts
from app.analysis.possible.extents import as_number
from app.analysis.search.chain import Chain
from app.analysis.search.points import Points, changed
from app.domain.decision import Evaluation
from app.domain.rules import AS_OF, OUTCOME
from app.domain.values import Value, Values


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One decision; ``steps`` are the values that the match steps saw, in order, and those at the end."""

    facts: Facts
    evaluation: Evaluation
    steps: Sequence[Values]

    def at(self, number: int) -> Values | None:
        """What match step ``number`` saw; None where rules contradicted each other at all."""
        return None if self.evaluation.failure is not None else self.steps[number]


class Seer:
    """Decides, and remembers; of facts that are new to it at most ``most`` times, then it says None."""

    def __init__(self, chain: Chain, points: Points, most: int) -> None:
        self.chain = chain
        self.points = points
        self.ruleset = chain.plan.ruleset
        self._most = most
        self._known: dict[tuple[Value, ...], Seen] = {}
        self._partly: dict[tuple[Value, ...], Values | None] = {}

    def seen(self, facts: Facts) -> Seen | None:
        """The decision on some facts; None when no more may be made."""
        key = (facts.as_of, *facts.values.values())
        if key not in self._known:
            if self.chain.runs >= self._most:
                return None
            found, steps = self.chain.watched(facts)
            end = {
                **facts.values,
                **{name: one.value for name, one in self.ruleset.parameters.items()},
                AS_OF: facts.as_of,
                OUTCOME: found.outcome,
                **found.derived,
                **found.outputs,
            }
            self._known[key] = Seen(facts, found, (*steps, end))
        return self._known[key]

    def values_at(self, number: int, facts: Facts) -> Values | None:
        """What match step ``number`` sees of the facts, whatever happens below it."""
        whole = self._known.get((facts.as_of, *facts.values.values()))
        if whole is not None:
            return whole.at(number)
        if number == len(self.ruleset.match_steps):
            last = self.seen(facts)
            return None if last is None else last.at(number)
        key = (number, facts.as_of, *facts.values.values())
        if key not in self._partly:
            if self.chain.runs >= self._most:
                return None
            self._partly[key] = self.chain.values_at(number, facts)
        return self._partly[key]

    def moved(self, facts: Facts, name: str, ticks: int) -> Facts | None:
        """The facts with a number or date moved by so many of its smallest steps; None where it cannot be."""
        position = self.position(facts, name)
        if position is None:
            return None
        return self.placed(facts, name, position + ticks * self.unit(name))

    def placed(self, facts: Facts, name: str, position: Fraction) -> Facts | None:
        """The facts with a number or date at a position; None where its bounds forbid that."""
        value = self.points.placed(name, position)
        return changed(facts, name, value) if as_number(value) == position else None

    def position(self, facts: Facts, name: str) -> Fraction | None:
        """Where a number or date stands; None where it is unknown."""
        return as_number(facts.as_of if name == AS_OF else facts.values[name])

    def unit(self, name: str) -> Fraction:
        """The smallest step of a fact."""
        return Fraction(1, 10 ** self.ruleset.types[name].decimals)
