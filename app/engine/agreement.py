"""Two engines, one answer: no rule counts as holding unless both say so.

A disagreement is never resolved here, in favour of either. It becomes a
referral with its own reason, an audit entry and a metric.
"""

from __future__ import annotations

from types import TracebackType

from app.domain.matching import ENGINE_DISAGREEMENT, ENGINE_FAILED, Matcher, NoAnswer, rule_numbers
from app.domain.messages import joined, told
from app.domain.rules import MatchStep
from app.domain.ruleset import Ruleset
from app.domain.values import Values
from app.engine.direct import DirectMatcher
from app.engine.durable import DurableMatcher

MOST_NAMED = 10  # rules that a disagreement lists


class AgreeingMatcher:
    """Asks both engines at every step; ``NoAnswer`` when they differ, or when one fails, however it fails."""

    __slots__ = ("_first", "_second", "_steps")

    def __init__(self, first: Matcher, second: Matcher, steps: tuple[MatchStep, ...]) -> None:
        self._first = first
        self._second = second
        self._steps = [(step, len(step.rules)) for step in steps]

    def holding(self, step: int, values: Values) -> int:
        """The mask that both engines give; it has no bit beyond the rules of the step."""
        matched, rules = self._steps[step]
        try:
            first = self._first.holding(step, values)
            second = self._second.holding(step, values)
        except NoAnswer as doubt:
            raise NoAnswer(doubt.code, joined(": ", (matched.id, doubt.detail))) from doubt
        except Exception as error:
            raise NoAnswer(ENGINE_FAILED, f"{matched.id}: {type(error).__name__}: {error}") from error
        if first != second or first >> rules:
            difference = _difference(matched, first, second)
            raise NoAnswer(
                ENGINE_DISAGREEMENT,
                told("{step}: the engines differ about {difference}", step=matched.id, difference=difference),
            )
        return first


def _difference(step: MatchStep, first: int, second: int) -> str:
    """The rules that one engine alone takes to hold; of more than ten, the first ten."""
    every = (1 << len(step.rules)) - 1
    names = [step.rules[number].id for number in rule_numbers((first ^ second) & every)]
    if not names:
        return "rules that the step does not have"
    rest = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + rest


class Engine:
    """Both engines compiled for one ruleset.

    ``matcher`` is the one to decide with; ``direct`` alone does for
    explanations, which repeat what was decided. Raises ``Invalid`` when a
    rule is more than durable_rules can be given. A ``with`` block closes it.
    """

    __slots__ = ("matcher", "direct", "size", "_durable")

    def __init__(self, ruleset: Ruleset) -> None:
        self._durable = DurableMatcher(ruleset)
        self.size = self._durable.size
        self.direct: Matcher = DirectMatcher(ruleset)
        self.matcher: Matcher = AgreeingMatcher(self._durable, self.direct, ruleset.match_steps)

    def close(self) -> None:
        """Free the memory of durable_rules now; a question that comes after this gets no answer."""
        self._durable.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
