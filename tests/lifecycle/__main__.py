"""``python -m tests.lifecycle``: random sequences of the lifecycle against a model, and what came of them."""

from __future__ import annotations

import argparse
import sys
import time

from tests.lifecycle.campaign import Outcome, run


def main() -> int:
    """Play, print, and give 1 when anything was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.lifecycle", description=__doc__)
    parser.add_argument("--sequences", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first sequence")
    asked = parser.parse_args()
    began, told, whole = time.monotonic(), 0, Outcome()
    for part in run(asked.sequences, asked.steps, asked.first):
        whole.add(part)
        if whole.sequences - told >= asked.sequences // 10:
            told = whole.sequences
            minutes = (time.monotonic() - began) / 60
            print(f"{whole.sequences:,} sequences, {minutes:.1f} minutes", flush=True)
    for violation in whole.violations[:20]:
        print(violation)
    print(
        f"{whole.sequences:,} sequences of {asked.steps} steps: {len(whole.violations)} violations of four"
        f" eyes, single active version, digest binding or the model, in {(time.monotonic() - began) / 60:.1f}"
        " minutes"
    )
    print(", ".join(f"{deed} {number:,}" for deed, number in sorted(whole.done.items())))
    return 1 if whole.violations else 0


if __name__ == "__main__":
    sys.exit(main())
