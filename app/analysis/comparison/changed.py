"""Where anything holds that only one of two versions says: the only place where their answers can differ.

A rule is the same in both where it asks the same of the facts, whatever the words, and gives
the same. While no other rule holds, the same rules hold in the same order in both versions, and
what follows from them is the same. It is much less to look through than all that either decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from app.analysis.symbolic.chain import Encoding
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.matching import Matched, effect_of
from app.analysis.symbolic.terms import Term
from app.domain.rules import Formula, HitPolicy, MatchStep, RuleList, Scorecard, Step, Table
from app.domain.ruleset import Ruleset

_RANKED = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


def changed(terms: Terms, one: Encoding, other: Encoding) -> Term:
    """Where a rule of either version holds that is not in the other.

    True throughout where the versions differ in more than rules: in steps, hit policies, outputs or scores.
    """
    if not _alike(one, other):
        return terms.true
    return terms.some(
        holds for pair in zip(one.steps, other.steps, strict=True) for holds in _unpaired(terms, one, *pair)
    )


def _alike(one: Encoding, other: Encoding) -> bool:
    """Whether all but the rules of tables and lists is the same in both."""
    if _frame(one.ruleset) != _frame(other.ruleset):
        return False
    given = [step.name for step in one.ruleset.steps if isinstance(step, Formula) and step.output]
    if any(one.points[name].names[name] != other.points[name].names[name] for name in given):
        return False
    return all(
        a.holds == b.holds and _points(a.step) == _points(b.step)
        for a, b in zip(one.steps, other.steps, strict=True)
        if isinstance(a.step, Scorecard)
    )


def _frame(ruleset: Ruleset) -> tuple[object, ...]:
    """What makes an answer of the rules that hold, and the steps in which something is given."""
    outcomes = [(one.id, one.kind) for one in ruleset.outcomes]
    outputs = {name: (one.type, one.combine, dict(one.total)) for name, one in ruleset.outputs.items()}
    return outcomes, ruleset.otherwise, outputs, [*filter(None, map(_shape, ruleset.steps))]


def _shape(step: Step) -> tuple[object, ...]:
    match step:
        case Formula(output=None):
            return ()  # gives nothing but what rules ask of it
        case Formula():
            return Formula, step.id, step.output
        case Scorecard():
            return Scorecard, step.id, step.type, step.scale
    return type(step), step.id, step.hit_policy, step.aggregate if isinstance(step, Table) else None


def _points(step: MatchStep) -> object:
    assert isinstance(step, Scorecard)
    return [[(rule.points, rule.skip, rule.reason) for rule in one.rules] for one in step.characteristics]


def _unpaired(terms: Terms, of: Encoding, one: Matched, other: Matched) -> Iterator[Term]:
    """What must hold for a rule of a step to hold that has no equal in the other version."""
    first, second = one.step, other.step
    if isinstance(first, Scorecard) or isinstance(second, Scorecard):
        return
    types = {name: output.type for name, output in of.ruleset.outputs.items()}
    pairs = SequenceMatcher(None, _asked(first, one), _asked(second, other), autojunk=False)
    paired = set()
    for i, j, size in pairs.get_matching_blocks():
        for a, b in zip(range(i, i + size), range(j, j + size), strict=True):
            rule, twin = first.rules[a], second.rules[b]
            same = effect_of(terms, rule, one.names, types) == effect_of(terms, twin, other.names, types)
            if same and (first.hit_policy not in _RANKED or rule.then == twin.then):
                paired.add((0, a))
                paired.add((1, b))
    for version, matched in enumerate((one, other)):
        yield from (holds for i, holds in enumerate(matched.holds) if (version, i) not in paired)


def _asked(step: Table | RuleList, matched: Matched) -> list[tuple[int, str | None, str | None]]:
    return [(one.id, rule.outcome, rule.reason) for one, rule in zip(matched.holds, step.rules, strict=True)]
