"""Cases proposed for a ruleset: on both sides of every threshold, with what is decided there today."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.analysis.cases.asking import MOST_ASKED, Asking
from app.analysis.cases.choosing import chosen
from app.analysis.cases.coverage import CaseCoverage, Covering
from app.analysis.cases.finding import Finder, Unreached, Why
from app.analysis.cases.narrowing import differing
from app.analysis.cases.seeing import Seen
from app.analysis.cases.threshold import Side, Threshold
from app.analysis.cases.wording import case_name
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.ruleset import Case, Ruleset
from app.domain.values import Text, Value


@dataclass(frozen=True, slots=True)
class Proposed:
    """A case for an officer to accept or correct. ``case`` says the present answer, under its English name.

    ``base`` is the case that it is nearest to, None for the baseline, and ``changes`` are the facts in which
    it differs from that. ``sides`` are what it is there for.
    """

    name: Text
    case: Case
    base: str | None
    changes: tuple[str, ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the ruleset's own cases cover, what is proposed, and the sides without a case."""

    coverage: CaseCoverage
    proposed: tuple[Proposed, ...]
    unreached: tuple[Unreached, ...]
    runs: int


def propose(plan: Plan, matcher: Matcher, *, missing: bool = False) -> Proposal:
    """Cases for every threshold; with ``missing`` for those sides alone that no case of it touches."""
    covering = Covering(plan, matcher)
    coverage = covering.of_cases()
    wanted = dict.fromkeys(coverage.missing if missing else coverage.sides)
    touched, unreached = _found(covering, wanted)
    own, taken = covering.own(), {case.name for case in plan.ruleset.cases}
    proposed = []
    for seen, sides in chosen(touched).items():
        one = _proposed(covering, seen, sides, own, taken)
        taken.add(one.case.name)
        proposed.append(one)
    return Proposal(coverage, tuple(proposed), tuple(unreached), covering.seer.chain.runs)


def _found(covering: Covering, wanted: Mapping[Side, None]) -> tuple[dict[Seen, list[Side]], list[Unreached]]:
    """Decisions with the sides that they touch, and the sides that none does."""
    several, touching = covering.touching.thresholds, covering.touching
    finder = Finder(covering, Asking(covering.ruleset, covering.surveyed, several, MOST_ASKED))
    touched: dict[Seen, dict[Side, None]] = {}
    left: dict[Side, Unreached] = {one: Unreached(one, Why.BEYOND) for one in covering.beyond}
    done: set[Side] = set()
    for number in range(len(several)):
        sides = [one for above in (False, True) if (one := Side(number, above)) in wanted]
        if done.issuperset(sides):
            continue
        found, unreached = finder.both(number)
        left.update((one.side, one) for one in unreached)
        for facts in found:
            seen = covering.seer.seen(facts)
            if seen is None or seen.evaluation.failure is not None:
                continue
            by_value = [one for one in touching.exactly(seen, wanted) if one.threshold != number]
            by_step = [one for one in sides if touching.touches(one, seen)]
            touched.setdefault(seen, {}).update(dict.fromkeys((*by_step, *by_value)))
            done.update(touched[seen])
    for side in wanted:
        if side not in done:
            for seen in covering.nearest(side, list(touched)):
                touched[seen][side] = None
                done.add(side)
    open_sides = [one for one in wanted if one not in done]
    unreached = [*map(left.__getitem__, sorted(covering.beyond, key=_in_order))]
    unreached += [left.get(one, Unreached(one, Why.APART)) for one in open_sides]
    unreached.sort(key=lambda one: _in_order(one.side))
    return {seen: list(sides) for seen, sides in touched.items()}, unreached


def _in_order(side: Side) -> tuple[int, bool]:
    return side.threshold, side.above


def _proposed(
    covering: Covering, seen: Seen, sides: Sequence[Side], own: Sequence[Seen], taken: Collection[str]
) -> Proposed:
    ruleset, several = covering.ruleset, covering.touching.thresholds
    nearest = min(range(len(own)), key=lambda i: len(list(differing(own[i].facts, seen.facts))))
    base = None if nearest == 0 else ruleset.cases[nearest - 1].name
    changes = tuple(differing(own[nearest].facts, seen.facts))
    name = _untaken(case_name(ruleset, several, sides, seen, base, changes), taken)
    case = Case(
        name=name.en,
        given={one: value for one, value in seen.facts.values.items() if value != ruleset.baseline[one]},
        as_of=seen.facts.as_of,
        outcome=seen.evaluation.outcome,
        reasons=tuple(one.code for one in seen.evaluation.reasons),
        fired=_rules(several, sides, holding=True),
        not_fired=_rules(several, sides, holding=False),
        values=_values(
            ruleset, seen.evaluation, own[nearest].evaluation, [several[one.threshold].step for one in sides]
        ),
    )
    return Proposed(name, case, base, changes, tuple(sides))


def _rules(several: Sequence[Threshold], sides: Sequence[Side], *, holding: bool) -> tuple[str, ...]:
    """The rules that the case is there for and that hold, or do not."""
    told = ((several[one.threshold], one.above) for one in sides)
    named = [one.rule.id for one, above in told if one.rule and (above is one.holds_above) is holding]
    return tuple(dict.fromkeys(named))


def _values(
    ruleset: Ruleset, seen: Evaluation, base: Evaluation, formulas: Collection[str]
) -> dict[str, Value]:
    """The outputs that matter, those that the base has otherwise, and the formulas that turn here."""
    found = {name: value for name, value in seen.outputs.items() if value != base.outputs.get(name)}
    return found | {name: seen.derived[name] for name in ruleset.derived if name in formulas}


def _untaken(name: Text, taken: Collection[str]) -> Text:
    """The name, with a number where it is taken: cases have names of their own."""
    number, found = 1, name
    while found.en in taken:
        number += 1
        found = replace(name, en=f"{name.en} ({number})", zh=f"{name.zh} ({number})")
    return found
