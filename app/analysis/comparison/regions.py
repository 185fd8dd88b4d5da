"""Regions: the ways in which two versions differ, each with facts on which they do.

A region is an outcome that becomes another one; or an outcome that stays, with outputs
that differ, or with reasons alone. Each is asked for by itself, until it is proved that
there are no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.analysis.comparison.cases import Side, Told, told_by
from app.analysis.comparison.changed import changed
from app.analysis.comparison.reasons import reasons_differ
from app.analysis.findings import Facts
from app.analysis.nearer import nearer
from app.analysis.symbolic.asking import Questions
from app.analysis.symbolic.chain import Encoding
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.symbols import Symbol, Words, equal, nothing
from app.analysis.symbolic.terms import Term
from app.domain.decision import Evaluation

OUTCOME, OUTPUTS, REASONS = "outcome", "outputs", "reasons"
Key = tuple[str, str, str]
"""Both outcomes, and what differs first: the outcome, outputs, or reasons alone."""


@dataclass(frozen=True, slots=True)
class Region:
    """One way to differ, with a sample that was decided by both versions and what each answers.

    ``outputs`` are those that differ on the sample; ``gone`` and ``new`` the rules that count on it in one
    version alone; ``clashing`` those that contradict each other there, if any do.
    """

    key: Key
    facts: Facts
    before: Told
    after: Told
    outputs: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    clashing: tuple[str, ...]


def way(before: Told, after: Told) -> Key | None:
    """How two answers differ; None where they do not."""
    outcomes = before.outcome, after.outcome
    if before.outcome != after.outcome:
        return (*outcomes, OUTCOME)
    if before.outputs != after.outputs:
        return (*outcomes, OUTPUTS)
    return None if before.reasons == after.reasons else (*outcomes, REASONS)


class Search:
    """Looks for regions; ``complete`` once it is proved that there are no more."""

    def __init__(self, questions: Questions, before: Side, after: Side) -> None:
        self.complete = False
        self.too_hard: tuple[str, ...] = ()
        self._questions = questions
        self._sides = before, after
        self._twin = questions.encoded(after.plan.ruleset, questions.facts, like=questions.whole)
        self._differ = _Differ(questions.terms, questions.whole, self._twin)

    def regions(self) -> Iterator[Region]:
        """Those with another outcome first, then with other outputs, then with other reasons."""
        proved = True
        for kind, condition in self._differ.ways.items():
            yield from self._of_kind(kind, condition)
            proved = proved and self.complete
        self.complete = proved and not self._differ.unsure
        self.too_hard = self.too_hard or self._differ.unsure

    def _of_kind(self, kind: str, condition: Term) -> Iterator[Region]:
        terms = self._questions.terms
        self.complete = False
        while True:
            reply = self._questions.possible(condition)
            if reply.facts is None:
                self.complete = reply.never
                self.too_hard += reply.too_hard
                return
            region = self._shown(reply.facts)
            if region is None or region.key[2] != kind:
                return
            yield region
            condition = terms.both(condition, terms.no(self._outcomes(region)))

    def _shown(self, facts: Facts) -> Region | None:
        """The sample, nearer to the baseline where it shows the same there."""
        region = self._decided(facts)
        if region is None:
            return None
        key = region.key

        def shows(one: Facts) -> bool:
            found = self._decided(one)
            return found is not None and found.key == key

        return self._decided(nearer(self._sides[0].plan.ruleset, facts, shows))

    def _decided(self, facts: Facts) -> Region | None:
        """Both answers, where they differ and both versions read the facts."""
        found = []
        for side in self._sides:
            given = side.carry(facts.values)
            if isinstance(given, str):
                return None
            found.append(side.plan.evaluate(side.matcher, given, facts.as_of))
        before, after = map(told_by, found)
        key = way(before, after)
        if key is None:
            return None
        names = dict.fromkeys((*before.outputs, *after.outputs))
        outputs = tuple(one for one in names if before.outputs.get(one) != after.outputs.get(one))
        rules = [_counting(one) for one in found]
        gone, new = (tuple(one for one in a if one not in b) for a, b in (rules, rules[::-1]))
        clashing = tuple(dict.fromkeys(rule for one in found for rule in _clashing(one)))
        return Region(key, facts, before, after, outputs, gone, new, clashing)

    def _outcomes(self, region: Region) -> Term:
        """Where the outcomes are those of this region."""
        terms, (first, second, _) = self._questions.terms, region.key
        return terms.both(self._questions.whole.outcome.chosen[first], self._twin.outcome.chosen[second])


def _counting(evaluation: Evaluation) -> list[str]:
    return [one.id for one in evaluation.fired if one.effective]


def _clashing(evaluation: Evaluation) -> list[str]:
    """The rules of the step at which the walk stopped."""
    if evaluation.failure is None or not evaluation.fired:
        return []
    return [one.id for one in evaluation.fired if one.step == evaluation.fired[-1].step]


class _Differ:
    """Where two versions differ: ``ways`` by what differs first. ``unsure`` are steps beyond comparison."""

    def __init__(self, terms: Terms, one: Encoding, other: Encoding) -> None:
        same = _same(terms, one.outcome, other.outcome)
        decided = terms.both(same, terms.no(one.failed), terms.no(other.failed))
        names = dict.fromkeys((*one.ruleset.outputs, *other.ruleset.outputs))
        pairs = [(_output(terms, one, name, other), _output(terms, other, name, one)) for name in names]
        outputs = terms.some(terms.no(_same(terms, *pair)) for pair in pairs)
        reasons, self.unsure = reasons_differ(terms, one, other)
        stopped = terms.both(
            same, terms.no(terms.same(one.failed, other.failed))
        )  # one only: it gives nothing
        gives = terms.chosen(one.failed, _gives(terms, other), _gives(terms, one))
        ways = {
            OUTCOME: terms.no(same),
            OUTPUTS: terms.either(terms.both(decided, outputs), terms.both(stopped, gives)),
            REASONS: terms.either(
                terms.both(decided, terms.no(outputs), reasons), terms.both(stopped, terms.no(gives))
            ),
        }
        where = changed(terms, one, other)
        self.ways = {kind: terms.both(where, way) for kind, way in ways.items()}


def _gives(terms: Terms, encoding: Encoding) -> Term:
    """Whether any output is told."""
    symbols = (encoding.names[name] for name in encoding.ruleset.outputs)
    return terms.some(
        one
        for symbol in symbols
        for one in (symbol.chosen.values() if isinstance(symbol, Words) else (symbol.known,))
    )


def _output(terms: Terms, of: Encoding, name: str, other: Encoding) -> Symbol:
    if name in of.ruleset.outputs:
        return of.names[name]
    return nothing(terms, other.ruleset.outputs[name].type)


def _same(terms: Terms, one: Symbol, other: Symbol) -> Term:
    """Whether they are told alike: an empty list is as good as none."""
    if not isinstance(one, Words) or not isinstance(other, Words):
        return equal(terms, one, other)
    words = dict.fromkeys((*one.chosen, *other.chosen))
    sides = [[side.chosen.get(word, terms.false) for word in words] for side in (one, other)]
    return terms.every(terms.same(*pair) for pair in zip(*sides, strict=True))
