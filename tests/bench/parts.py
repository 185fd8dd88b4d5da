"""What one decision of the harness's policy is made of, in microseconds: ``python -m tests.bench.parts``.

All parts are timed in one process, in turn over the same slices of the inputs, so that a machine that
slows down slows them alike. Prints one line of JSON: microseconds a decision, by part.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from app.engine.direct import DirectMatcher
from app.engine.durable import DurableMatcher
from schemas.decisions import evaluation_document, sealed_bytes
from tests.bench.contender import AS_OF, Harness, asked, questions

SLICE = 100
_INPUTS = 2_000


def parts_of(harness: Harness) -> dict[str, tuple[Callable[[Any], object], list[Any]]]:
    """Each part as work on its own kind of input. Walk and conclusion are what remains of the evaluations."""
    evaluate, both, direct = harness.plan.evaluate, harness.engine.matcher, harness.engine.direct
    alone, durable = DirectMatcher(harness.ruleset), DurableMatcher(harness.ruleset)
    asks = questions(harness, harness.typed)
    made = [evaluate(both, one, AS_OF) for one in harness.typed]
    return {
        "typing": (harness.reader.read, harness.given),
        "durable matcher": (lambda one: asked(durable, one), asks),
        "direct matcher": (lambda one: asked(alone, one), asks),
        "evaluation, both engines": (lambda one: evaluate(both, one, AS_OF), harness.typed),
        "evaluation, direct matcher": (lambda one: evaluate(direct, one, AS_OF), harness.typed),
        "document": (evaluation_document, made),
        "document's bytes": (sealed_bytes, [evaluation_document(one) for one in made]),
    }


def measured(seconds: float) -> dict[str, float]:
    """Microseconds of processor time a decision, for each part, over about ``seconds`` in all."""
    harness = Harness(_INPUTS)
    parts = parts_of(harness)
    spent, count, start = dict.fromkeys(parts, 0.0), 0, 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, (work, inputs) in parts.items():
            piece = inputs[start : start + SLICE]
            before = time.process_time()
            for one in piece:
                work(one)
            spent[name] += time.process_time() - before
        count += SLICE
        start = count % _INPUTS
    return {name: 1e6 * cpu / count for name, cpu in spent.items()}


def main() -> None:
    """Measure for ``--seconds``."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=6.0)
    print(json.dumps(measured(arguments.parse_args().seconds)))


if __name__ == "__main__":
    main()
