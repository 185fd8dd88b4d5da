"""The differential campaign: ``python -m tests.engine.campaign --evaluations 1000000``.

An evaluation is one match step asked for one set of values. Three judges
answer it: durable_rules, the direct matcher, and ``holds``, the plain meaning of
each cell. All three must name the same rules.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from app.domain.matching import NoAnswer, rule_numbers
from app.domain.rules import MatchStep
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import holds
from app.domain.values import Values
from app.engine.direct import DirectMatcher
from app.engine.durable import DurableMatcher
from tests.engine import generate

PER_RULESET = 50


@dataclass
class Tally:
    """What a campaign saw; ``differences`` are ready to be read and repeated."""

    evaluations: int = 0
    rulesets: int = 0
    rules: int = 0
    held: int = 0
    differences: list[str] = field(default_factory=list)


class PlainMatcher:
    """The third judge: every cell of every rule by its plain meaning."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._steps = ruleset.match_steps

    def holding(self, step: int, values: Values) -> int:
        """The rules of which every condition holds."""
        return plainly(self._steps[step], values)


def plainly(step: MatchStep, values: Values) -> int:
    """The rules of the step of which every condition holds, as a mask."""
    mask = 0
    for number, rule in enumerate(step.rules):
        if all(holds(one.test, values[one.name]) for one in rule.when):
            mask |= 1 << number
    return mask


def run(evaluations: int, seed: int) -> Tally:
    """That many evaluations over as many random rulesets as it takes; the same seed repeats them."""
    tally = Tally()
    while tally.evaluations < evaluations:
        ruleset_seed = f"{seed}/{tally.rulesets}"
        rnd = Random(ruleset_seed)
        ruleset = generate.ruleset(rnd)
        step = ruleset.match_steps[0]
        tally.rulesets += 1
        tally.rules += len(step.rules)
        durable, direct = DurableMatcher(ruleset), DirectMatcher(ruleset)
        thresholds = generate.thresholds_of(ruleset)
        for _ in range(min(PER_RULESET, evaluations - tally.evaluations)):
            values = generate.values_for(rnd, ruleset, thresholds)
            expected = plainly(step, values)
            tally.evaluations += 1
            tally.held += expected.bit_count()
            for difference in _differences(step, expected, durable, direct, values):
                tally.differences.append(f"seed {ruleset_seed}: {difference}")
    return tally


def _differences(
    step: MatchStep, expected: int, durable: DurableMatcher, direct: DirectMatcher, values: Values
) -> Iterator[str]:
    for name, matcher in (("durable_rules", durable), ("direct", direct)):
        try:
            found = matcher.holding(0, values)
        except NoAnswer as doubt:
            yield f"{name} gave no answer for {dict(values)}: {doubt}"
            continue
        for number in rule_numbers((found ^ expected) & ((1 << len(step.rules)) - 1)):
            cells = {one.name: one.test for one in step.rules[number].when}
            yield f"{name} is wrong about rule {number} for {dict(values)}: {cells}"
        if found >> len(step.rules):
            yield f"{name} names rules that do not exist"


def main() -> int:
    """Run as a program: prints count, differences and seconds; exit code 1 when there are differences."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.campaign", description=__doc__)
    parser.add_argument("--evaluations", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    start = time.monotonic()
    tally = run(asked.evaluations, asked.seed)
    seconds = time.monotonic() - start
    for difference in tally.differences[:20]:
        print(difference, file=sys.stderr)
    print(
        f"{tally.evaluations:,} evaluations of {tally.rulesets:,} rulesets ({tally.rules:,} rules,"
        f" {tally.held:,} held): {len(tally.differences):,} differences, {seconds:.0f} seconds"
    )
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
