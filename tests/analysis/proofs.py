"""Proofs held against brute force: ``python -m tests.analysis.proofs --rulesets 1000`` (``make proofs``).

For each of many small rulesets every set of facts is decided, and what is said of all of
them must be so: what the solver says of rules, outcomes, gaps and conflicts; every claim of
a check, monotonicity included; and how another ruleset, and a version with one damage,
differ from it. Facts that are found must show what they are said to show.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from app.analysis.checking import check
from app.analysis.comparison.cases import Side, told_by
from app.analysis.comparison.meaning import meaning
from app.analysis.comparison.regions import Key, way
from app.analysis.search.chain import Chain, Run
from app.analysis.settled import Status
from app.analysis.symbolic.asking import Questions
from app.analysis.symbolic.terms import Term
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from tests.analysis.chains import every_fact, made
from tests.analysis.damages import damages
from tests.analysis.decided_claims import MONOTONE, wrong_claims


@dataclass
class Tally:
    """How many questions were asked, how many stayed open, and where the answer was wrong."""

    asked: int = 0
    open: int = 0
    wrong: list[str] = field(default_factory=list)


def agree(rnd: Random) -> Tally:
    """One ruleset and another version of it, questioned and decided."""
    tally, ruleset = Tally(), made(rnd, MONOTONE)
    questions, runs = Questions(ruleset), decided(ruleset)
    chain = Chain(Plan(ruleset), DirectMatcher(ruleset))
    for said, term, shows in _questions(ruleset, questions):
        _ask(tally, questions, chain, runs, said, term, shows)
    _claimed(tally, ruleset, runs)
    _compared(tally, ruleset, made(rnd), runs)
    for damage in damages(ruleset, rnd, 1):
        _compared(tally, ruleset, damage.ruleset, runs)
    return tally


def decided(ruleset: Ruleset) -> list[Run]:
    """Every set of facts, decided."""
    chain = Chain(Plan(ruleset), DirectMatcher(ruleset))
    return [chain.run(facts) for facts in every_fact()]


Shows = Callable[[Run], bool]


def _questions(ruleset: Ruleset, questions: Questions) -> list[tuple[str, Term, Shows]]:
    whole, terms = questions.whole, questions.terms
    found: list[tuple[str, Term, Shows]] = [
        ("conflict", whole.failed, lambda run: run.evaluation.failure is not None)
    ]
    for word, term in whole.outcome.chosen.items():
        found.append((f"outcome {word}", term, partial(_ends, word)))
    for step in whole.steps:
        number = step.number
        for i, rule in enumerate(step.step.rules):
            holds, fires = terms.both(step.alive, step.holds[i]), whole.fires(number, i)
            found.append((f"holds {rule.id}", holds, partial(_holds, number, i)))
            counts = terms.both(fires, terms.no(whole.failed))
            found.append((f"fires {rule.id}", counts, partial(_fires, rule.id)))
        none = terms.both(step.alive, terms.no(terms.some(step.holds)))
        found.append((f"gap {step.step.id}", none, partial(_silent, number)))
    return found


def _ends(outcome: str, run: Run) -> bool:
    return run.evaluation.outcome == outcome


def _holds(step: int, rule: int, run: Run) -> bool:
    return run.rows.get(step, 0) >> rule & 1 == 1


def _silent(step: int, run: Run) -> bool:
    return run.rows.get(step) == 0


def _fires(rule: str, run: Run) -> bool:
    return any(one.effective and one.rule.id == rule for one in run.evaluation.fired)


def _ask(
    tally: Tally, questions: Questions, chain: Chain, runs: Sequence[Run], said: str, term: Term, shows: Shows
) -> None:
    tally.asked += 1
    truth = any(map(shows, runs))
    reply = questions.possible(term)
    if reply.never and truth:
        tally.wrong.append(f"{said}: said to be impossible, and it happens")
    elif reply.facts is not None and not shows(chain.run(reply.facts)):
        tally.wrong.append(f"{said}: facts that do not show it, {reply.facts}")
    elif not reply.never and reply.facts is None:
        tally.open += 1


def _claimed(tally: Tally, ruleset: Ruleset, runs: Sequence[Run]) -> None:
    """Everything that a check of the ruleset claims, by geometry, by facts that were tried, or by proof."""
    claims = check(Plan(ruleset), DirectMatcher(ruleset)).claims
    tally.asked += len(claims)
    tally.open += sum(one.status is Status.NOT_SETTLED for one in claims)
    tally.wrong += wrong_claims(ruleset, claims, runs)


def _compared(tally: Tally, one: Ruleset, other: Ruleset, runs: Sequence[Run]) -> None:
    """Two rulesets: the ways in which they differ, found and decided."""
    sides = [Side(Plan(each), DirectMatcher(each), lambda facts: facts) for each in (one, other)]
    found = meaning(*sides)
    twins = decided(other)
    ways: set[Key] = {
        key
        for a, b in zip(runs, twins, strict=True)
        if (key := way(told_by(a.evaluation), told_by(b.evaluation))) is not None
    }
    tally.asked += 1
    tally.open += not found.complete
    shown = {region.key for region in found.regions}
    if found.equal and ways:
        tally.wrong.append(f"compared: said to be equal, and they differ: {sorted(ways)}")
    if not shown <= ways or (found.complete and shown != ways):
        tally.wrong.append(f"compared: {sorted(shown ^ ways)}")


def main() -> int:
    """Run as many as asked; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rulesets", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    asked = still_open = wrong = 0
    for seed in range(given.first, given.first + given.rulesets):
        tally = agree(Random(seed))
        asked, still_open = asked + tally.asked, still_open + tally.open
        for said in tally.wrong:
            wrong += 1
            print(f"seed {seed}: {said}", flush=True)
        if (seed + 1) % 100 == 0:
            print(f"{seed + 1}: {asked:,} questions, {still_open:,} open, {wrong} wrong", flush=True)
    print(f"{given.rulesets:,} rulesets: {asked:,} questions, {still_open:,} open, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
