"""The whole chain of a ruleset on symbols: from what the facts can be to what is decided.

It follows ``app.domain.evaluation`` step by step, and must say of any facts what a walk says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.analysis.symbolic import sums
from app.analysis.symbolic.alike import Alike, Point
from app.analysis.symbolic.calendar import FIRST, LAST
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.formulas import Formulas
from app.analysis.symbolic.matching import Effect, Grids, Matched, Matching, effect_of
from app.analysis.symbolic.outputs import aggregated, contributed, misses_total
from app.analysis.symbolic.sums import Ratio
from app.analysis.symbolic.symbols import Number, Symbol, Words, constant, nothing, of_fact
from app.analysis.symbolic.terms import Term
from app.domain.declarations import FactSpec
from app.domain.rules import AS_OF, OUTCOME, Formula, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Encoding:
    """A ruleset in terms of its facts. ``domain`` is what holds of all facts.

    ``steps`` are the match steps in order; ``names`` the values at the end; ``failed`` where rules
    contradict each other; ``outcome`` the decision, the referral where it failed; ``points`` what stands
    after each step, by its id.
    """

    ruleset: Ruleset
    terms: Terms
    facts: Mapping[str, Symbol]
    domain: tuple[Term, ...]
    steps: tuple[Matched, ...]
    names: Mapping[str, Symbol]
    failed: Term
    outcome: Words
    at_least: tuple[Term, ...]
    points: Mapping[str, Point]

    def fires(self, step: int, rule: int) -> Term:
        """Whether a rule of match step number ``step`` is effective, whatever happens below it."""
        one = self.steps[step]
        return self.terms.both(one.alive, self.terms.no(one.conflict), one.effective[rule])


Facts = Mapping[str, Symbol]


def facts_of(terms: Terms, specs: Mapping[str, FactSpec]) -> tuple[dict[str, Symbol], list[Term]]:
    """What the facts and the day of the decision can be, and what holds of them."""
    facts: dict[str, Symbol] = {AS_OF: Number(terms.true, Ratio(terms.number(AS_OF, FIRST, LAST), sums.ONE))}
    domain: list[Term] = []
    for name, spec in specs.items():
        facts[name], holds = of_fact(terms, spec)
        domain += holds
    return facts, domain


def encoded(
    terms: Terms,
    ruleset: Ruleset,
    facts: Facts,
    domain: Sequence[Term],
    grids: Grids,
    alike: Alike | None = None,
) -> Encoding:
    """The ruleset over these facts; ``alike`` takes over what another encoding says in other words."""
    walk = _Walk(terms, ruleset, facts, grids)
    for step in ruleset.steps:
        walk.take(step)
        walk.note(step.id, None if step is ruleset.steps[-1] else alike)  # below the last nothing reads it
    return walk.concluded(facts, tuple(domain))


class _Walk:
    def __init__(self, terms: Terms, ruleset: Ruleset, facts: Facts, grids: Grids) -> None:
        self._terms = terms
        self._ruleset = ruleset
        self._formulas = Formulas(terms)
        self._matching = Matching(terms, ruleset, grids)
        self._names: dict[str, Symbol] = dict(facts)
        for name, parameter in ruleset.parameters.items():
            self._names[name] = constant(terms, parameter.value, parameter.type.kind)
        for name, output in ruleset.outputs.items():
            self._names[name] = nothing(terms, output.type)
        self._at_least = [terms.false for _ in ruleset.outcomes]
        self._failed = terms.false
        self._steps: list[Matched] = []
        self._names[OUTCOME] = self._outcome()
        self._above: Mapping[str, Symbol] = dict(self._names)
        self._points: dict[str, Point] = {}

    def note(self, step: str, alike: Alike | None) -> None:
        """Note what stands after a step."""
        point = Point(dict(self._names), tuple(self._at_least), self._failed)
        if alike is not None:
            point = alike.settled(step, self._above, point)
            self._names, self._at_least, self._failed = dict(point.names), [*point.at_least], point.failed
        self._points[step] = point
        self._above = point.names

    def take(self, step: Formula | Table | RuleList | Scorecard) -> None:
        """Walk one step."""
        if isinstance(step, Formula):
            self._names[step.name] = self._formulas.value(step, self._names)
            if step.output:
                self._contribute(step.output, [(self._terms.true, self._names[step.name])], apart=False)
            return
        types = {name: one.type for name, one in self._ruleset.outputs.items()}
        effects = [effect_of(self._terms, rule, self._names, types) for rule in step.rules]
        number, alive = len(self._steps), self._terms.no(self._failed)
        one = self._matching.matched(step, number, alive, dict(self._names), effects)
        self._steps.append(one)
        self._failed = self._terms.either(self._failed, one.conflict)
        if isinstance(step, Scorecard):
            self._names[step.name] = self._score(step, one)
        else:
            self._follow(step, one, effects)

    def _follow(self, step: Table | RuleList, one: Matched, effects: Sequence[Effect]) -> None:
        terms = self._terms
        for severity in range(len(self._at_least)):
            setting = [
                one.effective[i]
                for i, rule in enumerate(step.rules)
                if self._ruleset.severities[rule.outcome] >= severity
            ]
            self._at_least[severity] = terms.either(self._at_least[severity], *setting)
        self._names[OUTCOME] = self._outcome()
        given: dict[str, list[tuple[Term, Symbol]]] = {}
        for i in one.order:
            for name, symbol in effects[i].items():
                given.setdefault(name, []).append((one.effective[i], symbol))
        if isinstance(step, Table) and step.aggregate:
            (name,) = step.outputs
            whole = aggregated(terms, step.aggregate, given.get(name, []))
            self._contribute(name, [(terms.true, whole)], apart=False)
            return
        for name, several in given.items():
            self._contribute(name, several, apart=one.apart)

    def _contribute(self, name: str, given: Sequence[tuple[Term, Symbol]], *, apart: bool) -> None:
        output = self._ruleset.outputs[name]
        self._names[name], twice = contributed(self._terms, output, self._names[name], given, apart=apart)
        self._failed = self._terms.either(self._failed, twice)

    def _outcome(self) -> Words:
        """The strictest outcome so far."""
        terms, ruleset = self._terms, self._ruleset
        chosen = {}
        for severity, outcome in enumerate(ruleset.outcomes):
            stricter = self._at_least[severity + 1] if severity + 1 < len(self._at_least) else terms.false
            chosen[outcome.id] = terms.both(self._at_least[severity], terms.no(stricter))
            if outcome.id == ruleset.otherwise:
                chosen[outcome.id] = terms.either(chosen[outcome.id], terms.no(self._at_least[0]))
        return Words(terms.true, chosen)

    def _score(self, card: Scorecard, one: Matched) -> Symbol:
        terms = self._terms
        points, present, position, any_present = sums.whole(0), sums.whole(0), 0, terms.false
        unit = 10**12
        for characteristic in card.characteristics:
            best = max(rule.points for rule in characteristic.rules if rule.points is not None)
            bands = [
                (one.effective[position + i], rule.points) for i, rule in enumerate(characteristic.rules)
            ]
            position += len(characteristic.rules)
            counted = [(truth, sums.whole(int((given or 0) * unit))) for truth, given in bands]
            points = sums.plus(points, terms.cases([*counted, (terms.true, sums.whole(0))], apart=True))
            worth = [(truth, sums.whole(0 if given is None else int(best * unit))) for truth, given in bands]
            present = sums.plus(present, terms.cases([*worth, (terms.true, sums.whole(0))], apart=True))
            there = [truth for truth, given in bands if given is not None]
            any_present = terms.either(any_present, *there)
        total, known = sums.reduced(points, sums.whole(unit)), terms.true
        if card.scale is not None:
            known = terms.no(terms.zero(present))
            scale = sums.exact(card.scale)
            total = sums.reduced(
                sums.times(points, scale.over.constant), sums.times(present, scale.under.constant)
            )
        decimals = card.type.decimals
        return Number(known, Ratio(terms.rounded(total, decimals), sums.whole(10**decimals)))

    def concluded(self, facts: Facts, domain: tuple[Term, ...]) -> Encoding:
        """What is decided in the end."""
        terms, ruleset = self._terms, self._ruleset
        for output in ruleset.outputs.values():
            missed = misses_total(terms, output, self._names[output.name])
            self._failed = terms.either(self._failed, missed)
        failed, walked = self._failed, self._outcome()
        referral = ruleset.referral.id
        decided = {word: terms.both(terms.no(failed), one) for word, one in walked.chosen.items()}
        decided[referral] = terms.either(failed, decided[referral])
        at_least = tuple(
            terms.some(decided[one.id] for one in ruleset.outcomes[severity:])
            for severity in range(len(ruleset.outcomes))
        )
        return Encoding(
            ruleset,
            terms,
            facts,
            domain,
            tuple(self._steps),
            dict(self._names),
            failed,
            Words(terms.true, decided),
            at_least,
            self._points,
        )
