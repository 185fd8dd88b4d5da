"""The search beside every change tried one by one: ``python -m tests.analysis.alternatives --rulesets N``.

The random rulesets of the normal test run are the first 200; a number that fails says which one again.
"""

from __future__ import annotations

import argparse
import sys
from random import Random

from tests.analysis.alternatives.comparing import compared


def main() -> int:
    """Compare so many rulesets, from the one numbered ``--first``; 1 where any differs."""
    arguments = argparse.ArgumentParser(prog="python -m tests.analysis.alternatives", description=__doc__)
    arguments.add_argument("--rulesets", type=int, default=10_000)
    arguments.add_argument("--first", type=int, default=0)
    given = arguments.parse_args()
    with_ways = ways = 0
    different = []
    for number in range(given.first, given.first + given.rulesets):
        try:
            found = compared(Random(f"alternatives {number}"))
        except AssertionError:
            different.append(number)
            continue
        ways, with_ways = ways + found, with_ways + bool(found)
    print(
        f"{given.rulesets:,} rulesets, {with_ways:,} with ways forward, {ways:,} ways,"
        f" {len(different)} different"
    )
    for number in different:
        print(f"  --first {number} --rulesets 1")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
