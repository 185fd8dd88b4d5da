"""What a set of cases covers: the rules that hold and count in one of them, and the sides of thresholds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.analysis.cases.seeing import Seen, Seer
from app.analysis.cases.threshold import Side, Threshold
from app.analysis.cases.thresholds import thresholds
from app.analysis.cases.touching import Touching
from app.analysis.findings import Facts
from app.analysis.possible.extents import as_number
from app.analysis.search.chain import Chain
from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.analysis.survey import Surveyed, survey
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.ruleset import Case, Ruleset

MOST_RUNS = 20_000
_NEAREST = 8


@dataclass(frozen=True, slots=True)
class CaseCoverage:
    """Of each rule (``step/rule``) and each side the cases that cover it, by name and in their order.

    ``beyond`` are the sides on which no value can lie at all: they are not counted.
    """

    thresholds: tuple[Threshold, ...]
    rules: Mapping[str, tuple[str, ...]]
    sides: Mapping[Side, tuple[str, ...]]
    beyond: frozenset[Side]

    @property
    def rules_covered(self) -> int:
        """How many rules count in a case."""
        return sum(map(bool, self.rules.values()))

    @property
    def sides_covered(self) -> int:
        """How many sides a case touches."""
        return sum(map(bool, self.sides.values()))

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that no case touches."""
        return tuple(side for side, cases in self.sides.items() if not cases)

    def said(self) -> str:
        """In one line."""
        return (
            f"{self.rules_covered} of {len(self.rules)} rules, "
            f"{self.sides_covered} of {len(self.sides)} threshold sides"
        )


class Covering:
    """Finds what cases of one ruleset cover; it holds what further questions need."""

    def __init__(
        self,
        plan: Plan,
        matcher: Matcher,
        surveyed: Sequence[Surveyed] | None = None,
        most: int = MOST_RUNS,
    ) -> None:
        ruleset = plan.ruleset
        self.ruleset: Ruleset = ruleset
        self.surveyed = survey(ruleset) if surveyed is None else surveyed
        self.reading = Reading(ruleset)
        self.points = Points(self.reading)
        self.seer = Seer(Chain(plan, matcher), self.points, most)
        self.touching = Touching(self.reading, thresholds(ruleset), self.seer)
        every = [Side(i, above) for i in range(len(self.touching.thresholds)) for above in (False, True)]
        self.beyond = frozenset(one for one in every if self._beyond(one))
        self.sides = tuple(one for one in every if one not in self.beyond)

    def of_cases(self) -> CaseCoverage:
        """What the cases of the ruleset cover."""
        rules: dict[str, list[str]] = {name: [] for name in self.ruleset.rules_by_id}
        sides: dict[Side, list[str]] = {one: [] for one in self.sides}
        decided: dict[Seen, Case] = {}
        for case in self.ruleset.cases:
            seen = self.seer.seen(Facts({**self.ruleset.baseline, **case.given}, case.as_of))
            if seen is None:
                break
            decided.setdefault(seen, case)
            for fired in seen.evaluation.fired:
                if fired.effective:
                    rules[fired.id].append(case.name)
            for side in self.touching.exactly(seen, self.sides):
                sides[side].append(case.name)
        for side in [one for one, names in sides.items() if not names]:
            meant = [one for one, case in decided.items() if self._is_meant(side, case)]
            sides[side] = [decided[one].name for one in self.nearest(side, list(decided), meant)]
        return CaseCoverage(
            self.touching.thresholds,
            {name: tuple(cases) for name, cases in rules.items()},
            {side: tuple(cases) for side, cases in sides.items()},
            self.beyond,
        )

    def nearest(self, side: Side, decided: Sequence[Seen], meant: Collection[Seen] = ()) -> list[Seen]:
        """The nearest decision that touches a side of a threshold, and those ``meant`` for it that do.

        Only the ``_NEAREST`` are tried, and those meant for it.
        """
        there = [
            (self.touching.distance(side.threshold, one), i)
            for i, one in enumerate(decided)
            if self.touching.side(side.threshold, one) is side.above
        ]
        near = [i for _, i in sorted(there)[:_NEAREST]]
        first = next((i for i in near if self.touching.touches(side, decided[i])), None)
        others = {i for _, i in there if decided[i] in meant and self.touching.touches(side, decided[i])}
        return [decided[i] for i in sorted(others if first is None else others | {first})]

    def _is_meant(self, side: Side, case: Case) -> bool:
        """Whether the case says of the rule that it holds or does not, or what the formula comes to."""
        one = self.touching.thresholds[side.threshold]
        if one.rule is None:
            return one.step in case.values
        return one.rule.id in (case.fired if side.above is one.holds_above else case.not_fired)

    def own(self) -> list[Seen]:
        """The decisions on the baseline and the cases."""
        return [seen for one in self.points.starts if (seen := self.seer.seen(one)) is not None]

    def _beyond(self, side: Side) -> bool:
        """Whether its name never has a value on that side, by what it can be at all."""
        one = self.touching.thresholds[side.threshold]
        if one.name is None or one.low is None or one.high is None:
            return False
        fact = self.ruleset.facts.get(one.name)
        if fact is not None:
            bound = as_number(fact.maximum if side.above else fact.minimum)
            return bound is not None and (bound < one.high if side.above else bound > one.low)
        grid = self.surveyed[one.number].grid if one.condition is not None else None
        columns = [] if grid is None else [each for each in grid.columns if each.name == one.name]
        if not columns:
            return False
        unit = 10 ** columns[0].type.decimals
        spans = [place.span for place in columns[0].places if place.span is not None]
        if side.above:
            return not any(span.high is None or span.high >= one.high * unit for span in spans)
        return not any(span.low is None or span.low <= one.low * unit for span in spans)


def covered(plan: Plan, matcher: Matcher, surveyed: Sequence[Surveyed] | None = None) -> CaseCoverage:
    """What the cases of a ruleset cover."""
    return Covering(plan, matcher, surveyed).of_cases()
