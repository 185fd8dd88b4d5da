"""Thresholds that no example and no case touches: moved by one step, nothing that anybody wrote would tell.

A threshold is touched where its step reads the last value on either side of it. What reads is
watched while examples and cases are run, so that it costs no decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.analysis.cases.thresholds import Threshold, thresholds
from app.analysis.findings import Finding, Severity
from app.analysis.settled import Result, Settled, Status
from app.analysis.wording import in_step, label_of
from app.domain.matching import Matcher
from app.domain.messages import joined, told
from app.domain.ruleset import Ruleset
from app.domain.values import Values

THRESHOLDS = "thresholds"
MOST_NAMED = 6
Place = tuple[str | None, Fraction | None]
"""Where thresholds of one step are the same: the name, and the last value below."""


class Watching:
    """A matcher that notes which thresholds are touched by what the steps read."""

    def __init__(self, ruleset: Ruleset, matcher: Matcher) -> None:
        self._matcher = matcher
        self.places: dict[int, dict[Place, Threshold]] = {}
        for one in thresholds(ruleset):
            if one.condition is not None:
                self.places.setdefault(one.number, {}).setdefault((one.name, one.low), one)
        self._left = {step: dict(several) for step, several in self.places.items()}

    def holding(self, step: int, values: Values) -> int:
        """What the matcher says; before, what is read is noted."""
        left = self._left.get(step, {})
        for place, one in list(left.items()):
            position = one.position(values)
            if position is not None and one.at_edge(position):
                del left[place]
        return self._matcher.holding(step, values)

    @property
    def untouched(self) -> dict[int, Sequence[Threshold]]:
        """By the number of their step, those that nothing has touched."""
        return {step: list(several.values()) for step, several in self._left.items() if several}


def untouched(ruleset: Ruleset, watched: Watching) -> Iterator[Result]:
    """Whether an example or case stands at every threshold; told step by step, by default to be looked at."""
    asked = ruleset.checks.get(THRESHOLDS, Severity.WARN)
    if asked == "off" or not watched.places:
        return
    claim = "At every threshold of a cell an example or case stands"
    found = [
        _told(ruleset, several, len(watched.places[step]), Severity(asked))
        for step, several in watched.untouched.items()
    ]
    status = Status.REFUTED if found else Status.PROVEN
    yield Settled(THRESHOLDS, THRESHOLDS, claim, 1, status), found


def _told(ruleset: Ruleset, several: Sequence[Threshold], among: int, severity: Severity) -> Finding:
    named = [
        told(
            "{label} `{test}` (line {line})",
            label=label_of(ruleset, str(one.name)),
            test=one.text,
            line=one.line,
        )
        for one in several
    ]
    more = told(" and {number} more", number=len(named) - MOST_NAMED) if len(named) > MOST_NAMED else ""
    said = in_step(
        several[0].step,
        told(
            "no example or case stands at {number} of its {among} thresholds: {thresholds}{more}",
            number=len(several),
            among=among,
            thresholds=joined(", ", named[:MOST_NAMED]),
            more=more,
        ),
    )
    return Finding(THRESHOLDS, said, several[0].line, severity)
