"""What a way forward would tell of what is sensitive: a number that works says where a hidden threshold lies.

It tells a sensitive reason where the rule that gave it no longer holds. And it tells a
calculated value made from something sensitive where a test of it turns out otherwise
than before, unless it does so just the same with the sensitive facts unknown, or the
decision tells the number anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from app.domain.decision import Evaluation
from app.domain.rules import Rule
from app.domain.unary_tests import holds
from app.domain.values import Values
from app.domain.ways_forward import Way


class Telling:
    """Says it of ways from one evaluation. ``evaluate`` runs other facts, ``sensitive`` are names.

    Sensitive are facts and outputs that say so, and whatever is calculated from them.
    """

    def __init__(
        self, unchanged: Evaluation, evaluate: Callable[[Values], Evaluation], sensitive: Collection[str]
    ) -> None:
        self._unchanged = unchanged
        self._evaluate = evaluate
        self._sensitive = sensitive
        self._hidden = {name: None for name in unchanged.ruleset.facts if name in sensitive}

    def of(self, way: Way) -> frozenset[str]:
        """The sensitive names and reason codes of which a reader would learn."""
        if not self._sensitive and not self._unchanged.ruleset.sensitive_reasons:
            return frozenset()
        told = {name: value for name, value in self._unchanged.outputs.items() if name not in self._sensitive}
        if all(change.after in told.values() for change in way.changes):
            return frozenset()
        return frozenset(self._told(way))

    def _told(self, way: Way) -> Iterator[str]:
        codes = self._unchanged.ruleset.sensitive_reasons
        turned: set[str] = set()
        for rule in self._silenced(way.evaluation):
            if rule.reason in codes:
                yield rule.reason
            turned.update(self._turned(rule, way.evaluation))
        if turned:
            before = self._evaluate({**self._unchanged.facts, **self._hidden})
            after = self._evaluate({**way.evaluation.facts, **self._hidden})
            for name in turned:
                if (before.value(name), after.value(name)) != (
                    self._unchanged.value(name),
                    way.evaluation.value(name),
                ):
                    yield name

    def _silenced(self, found: Evaluation) -> Iterator[Rule]:
        """The rules that counted before and do not hold any more."""
        held = {one.id for one in found.fired}
        return (one.rule for one in self._unchanged.fired if one.effective and one.id not in held)

    def _turned(self, rule: Rule, found: Evaluation) -> Iterator[str]:
        """The sensitive names whose tests keep the rule from holding now."""
        return (
            one.name
            for one in rule.when
            if one.name in self._sensitive and not holds(one.test, found.value(one.name))
        )
