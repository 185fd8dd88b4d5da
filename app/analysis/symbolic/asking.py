"""Questions about a whole ruleset: can this be true of any facts, and of which?

What the solver finds comes back as facts. They are a suggestion until they were run
through the real engines: who asks runs them, and shows them only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import partial

from app.analysis.findings import Facts
from app.analysis.geometry.columns import SOMETHING
from app.analysis.geometry.grid import Grid
from app.analysis.survey import Surveyed, survey
from app.analysis.symbolic.alike import Alike
from app.analysis.symbolic.chain import Encoding, encoded, facts_of
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.evaluating import Assigned, below_symbols
from app.analysis.symbolic.solving import ROUNDS, STEPS, Solver
from app.analysis.symbolic.symbols import Symbol, nothing, of_fact
from app.analysis.symbolic.terms import Term, below
from app.domain.declarations import FactSpec
from app.domain.rules import AS_OF, Formula
from app.domain.ruleset import Ruleset
from app.domain.values import WHOLE_KINDS, Kind, Value, ValueType

_SOME_DAY = date(2026, 1, 15).toordinal()
_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class Reply:
    """``never``: proved that no facts do it. ``facts``: these should. Neither: open, for ``too_hard``."""

    never: bool = False
    facts: Facts | None = None
    found: Assigned | None = None
    too_hard: tuple[str, ...] = ()


class Questions:
    """Asks about one ruleset; further rulesets, or the same on other facts, are encoded beside it.

    ``facts`` are the symbols of its facts and of ``as_of``; ``whole`` is its encoding over them. ``specs``
    are its facts unless they are narrowed; a fact that is not among them is unknown.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        surveyed: Sequence[Surveyed] | None = None,
        specs: Mapping[str, FactSpec] | None = None,
    ) -> None:
        self.ruleset = ruleset
        self.terms = Terms()
        self._specs = ruleset.facts if specs is None else specs
        self.facts, domain = facts_of(self.terms, self._specs)
        self._domain = list(domain)
        self._solver: Solver | None = None
        self._grids: dict[int, Grid | None] = {one.number: one.grid for one in surveyed or ()}
        self.whole = self.encoded(ruleset, self.facts)

    @property
    def asked(self) -> int:
        """How often z3 was asked."""
        return self._solver.asked if self._solver else 0

    def encoded(
        self,
        ruleset: Ruleset,
        facts: Mapping[str, Symbol],
        like: Encoding | None = None,
    ) -> Encoding:
        """A ruleset over given facts: what it shares with what was encoded before is the same terms.

        With ``like``, what is proved to be the same as there becomes the same term, too.
        """
        grids = partial(_grid, ruleset, self._grids if ruleset is self.ruleset else {})
        unknown = {name: nothing(self.terms, spec.type) for name, spec in ruleset.facts.items()}
        facts = {**unknown, **{name: one for name, one in facts.items() if name in (*unknown, AS_OF)}}
        alike = None if like is None else Alike(self.terms, like.points, self.never)
        return encoded(self.terms, ruleset, facts, self._domain, grids, alike)

    def never(self, condition: Term) -> bool:
        """Whether it is proved, in few steps, that the condition is never true."""
        return self.possible(condition, STEPS // 30, rounds=4).never

    def other_facts(self, names: Iterable[str], prefix: str = "other ") -> dict[str, Symbol]:
        """The same facts, but those of ``names`` may be anything that such a fact can be, by themselves."""
        facts = dict(self.facts)
        for name in names:
            facts[name], holds = of_fact(self.terms, self.ruleset.facts[name], prefix)
            self._domain += holds
            self._solver = None
        return facts

    def possible(self, condition: Term, steps: int = STEPS, rounds: int = ROUNDS) -> Reply:
        """Whether any facts make the condition true."""
        if condition is self.terms.false:
            return Reply(never=True)
        if self._solver is None:
            self._solver = Solver(self.terms, self._domain)
        answer = self._solver.possible(condition, rounds, steps)
        if answer.found is None:
            return Reply(never=answer.never, too_hard=self._named(answer.too_hard))
        return Reply(facts=self.facts_in(answer.found), found=answer.found)

    def facts_in(self, found: Assigned, prefix: str = "", names: Iterable[str] = ()) -> Facts:
        """The facts that flags and numbers stand for; what was not asked about is as in the baseline.

        ``names`` are those that were made with ``prefix``; none are all.
        """
        ruleset = self.ruleset
        renamed = set(names)
        values: dict[str, Value] = dict.fromkeys(ruleset.facts)
        for name, spec in self._specs.items():
            called = f"{prefix}{name}" if name in renamed else name
            values[name] = _value(called, spec, found, ruleset.baseline.get(name))
        day = found.get(AS_OF)
        return Facts(values, ruleset.baseline_as_of if day is None else date.fromordinal(int(day)))

    def _named(self, hard: Sequence[Term]) -> tuple[str, ...]:
        """The first steps that calculate with the numbers that were too hard."""
        left = {one.id for one in hard}
        found = []
        for step in self.ruleset.steps:
            if left and isinstance(step, Formula):
                here = {one.id for one in below(below_symbols([self.whole.names[step.name]]))}
                if left & here:
                    found.append(step.id)
                    left -= here
        return tuple(found)


def _grid(ruleset: Ruleset, known: dict[int, Grid | None], number: int) -> Grid | None:
    """A step laid out; the ruleset is surveyed when the first is asked for."""
    if not known:
        known.update((one.number, one.grid) for one in survey(ruleset))
    return known[number]


def _value(name: str, spec: FactSpec, found: Assigned, baseline: Value) -> Value:
    """The value of a fact, as far as anything was asked of it."""
    kind = spec.type
    said = {word: found.get(f"{name} is {word}") for word in kind.choices}
    about = (name, f"{name} known", f"{name} yes")
    if not any(one in found for one in about) and all(one is None for one in said.values()):
        return baseline
    if spec.unknown_allowed and not found.get(f"{name} known", baseline is not None):
        return None
    if kind.ordered:
        return _of_ticks(int(found[name]), kind) if name in found else _some(spec, baseline)
    if kind.kind is Kind.YES_NO:
        return bool(found.get(f"{name} yes", baseline))
    if kind.kind is Kind.TEXT:
        return SOMETHING if name not in found else f"{SOMETHING} {found[name]}"
    chosen = tuple(word for word in kind.choices if said[word])
    if kind.kind is Kind.CHOICES:
        return chosen
    free = [word for word in kind.choices if said[word] is not False]
    return chosen[0] if chosen else baseline if baseline in free else free[0]


def _some(spec: FactSpec, baseline: Value) -> Value:
    """Any value of a fact that only was asked whether it is known."""
    if baseline is not None:
        return baseline
    bounds = [one for one in (spec.minimum, spec.maximum) if one is not None]
    return bounds[0] if bounds else _of_ticks(_SOME_DAY if spec.type.kind is Kind.DATE else 0, spec.type)


def _of_ticks(number: int, kind: ValueType) -> Value:
    if kind.kind is Kind.DATE:
        return date.fromordinal(number)
    return number if kind.kind in WHOLE_KINDS else Decimal(number).scaleb(-kind.decimals, _EXACT)
