"""The way of a decision through its steps as a picture: downwards by steps, to the right by strictness.

Each row is a step that holds rules. The line stands in the column of the strictest outcome so far, and moves
where a step brings a stricter one. Coordinates are whole numbers; the same stands in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.domain.explanation import Explanation, StepExplanation
from app.domain.values import Text

ROW, TOP, LEFT, LANES, WIDTH = 24, 16, 330, 190, 660


class Stop(NamedTuple):
    """A step on the way: how many of its rules held, and the outcome that it brought, if a stricter one."""

    id: str
    label: Text
    held: int
    rules: int
    x: int
    y: int
    outcome: Text | None
    kind: str


class Way(NamedTuple):
    """The stops, the line through them, and where it ends."""

    stops: Sequence[Stop]
    path: str
    height: int
    outcome: Text
    kind: str
    x: int
    y: int


def way(explanation: Explanation) -> Way:
    """The picture of a decision."""
    evaluation = explanation.evaluation
    ruleset = evaluation.ruleset
    severities, apart = ruleset.severities, LANES // max(len(ruleset.outcomes) - 1, 1)
    so_far, y, stops = -1, TOP, []
    for one in explanation.steps:
        if not isinstance(one, StepExplanation):
            continue
        fired = [rule.fired for rule in one.rules if rule.fired is not None]
        brought = max((severities[each.rule.outcome] for each in fired if each.effective), default=-1)
        stricter = brought > so_far
        so_far = max(so_far, brought)
        outcome = ruleset.outcomes[so_far] if stricter else None
        x = LEFT + max(so_far, 0) * apart
        label, kind = (outcome.label, str(outcome.kind)) if outcome else (None, "")
        stops.append(Stop(one.step.id, one.step.label, len(fired), len(one.rules), x, y, label, kind))
        y += ROW
    last = ruleset.outcome(evaluation.outcome)
    x = LEFT + severities[last.id] * apart
    points = [(stop.x, stop.y) for stop in stops] + [(x, y)]
    path = "M" + "L".join(f"{a} {b}" for a, b in points)
    return Way(stops, path, y + ROW, last.label, str(last.kind), x, y)
