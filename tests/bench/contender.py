"""One of our engines on the harness's inputs, alone in its process: ``python -m tests.bench.contender WHAT``.

Facts are typed once, as the harness's other engines are given theirs. A timed decision is then
``Plan.evaluate`` and the eight members of the harness's output; its trace is ``Evaluation.fired``: every
rule that held, with the values it read. Prints one line of JSON: ``n`` decisions in ``cpu_s`` seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.values import Values
from app.engine.agreement import Engine
from schemas.facts import FactReader
from schemas.ruleset import load
from tests.bench.machine import ROOT
from tests.bench.peers import PEERS

AS_OF = date(2026, 1, 15)
RULESET = ROOT / "tests" / "bench" / "harness.yaml"
CHOSEN = {"both": "matcher", "direct": "direct"}
_LAST_TABLE = "terms-and-limit"
_BATCH = 50
_TIMED = 5_000  # of the inputs, as many as the harness times zen with


class Harness:
    """The harness's policy as one of our rulesets, and its inputs in JSON's form and typed."""

    def __init__(self, most: int | None = None) -> None:
        self.ruleset = load(RULESET.read_bytes())
        self.plan = Plan(self.ruleset)
        self.engine = Engine(self.ruleset)
        self.reader = FactReader(self.ruleset)
        with (PEERS / "facts.jsonl").open() as lines:
            self.given = [
                in_json(json.loads(line)) for line, _ in zip(lines, range(most or 10_000), strict=False)
            ]
        self.typed = [self.reader.read(one) for one in self.given]


def in_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a request holds them: a float becomes the decimal text that it was written as."""
    return {name: str(value) if isinstance(value, float) else value for name, value in facts.items()}


def output(evaluation: Evaluation) -> dict[str, Any]:
    """The harness's output of a decision; the row that decided is the effective one of the last table."""
    outputs, rule = evaluation.outputs, ""
    for one in reversed(evaluation.fired):
        if one.effective and one.step == _LAST_TABLE:
            rule = one.rule.id
            break
    return {
        "score": int(evaluation.derived["score"]),
        "band": outputs["band"],
        "decision": evaluation.outcome,
        "limit_pct": int(outputs["limit_pct"]),
        "limit": int(outputs["limit"]),
        "terms": outputs["terms"],
        "rule": rule.upper(),
        "reasons": [one.code for one in evaluation.reasons],
    }


class Watching:
    """A matcher that keeps the values of every question, to be asked again of one engine alone."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.questions: list[tuple[int, Values]] = []

    def holding(self, step: int, values: Values) -> int:
        self.questions.append((step, dict(values)))
        return self._matcher.holding(step, values)


def questions(harness: Harness, facts: Sequence[Values]) -> list[list[tuple[int, Values]]]:
    """For each input, what an engine is asked while it is decided."""
    found = []
    for one in facts:
        watching = Watching(harness.engine.direct)
        harness.plan.evaluate(watching, one, AS_OF)
        found.append(watching.questions)
    return found


def asked(matcher: Matcher, questions: Sequence[tuple[int, Values]]) -> None:
    """Ask one engine what it was asked in one decision."""
    for step, values in questions:
        matcher.holding(step, values)


def checked(harness: Harness, what: str) -> dict[str, Any]:
    """How many of the outputs differ from the harness's."""
    matcher: Matcher = getattr(harness.engine, CHOSEN[what])
    with (PEERS / "expected.jsonl").open() as lines:
        expected = [json.loads(line) for line in lines]
    wrong = [
        (got, wanted)
        for facts, wanted in zip(harness.typed, expected, strict=True)
        if (got := output(harness.plan.evaluate(matcher, facts, AS_OF))) != wanted
    ]
    return {"checked": len(expected), "bad": len(wrong), "examples": wrong[:2]}


def timed(work: Callable[[Any], object], inputs: Sequence[Any], seconds: float) -> dict[str, Any]:
    """Work through the inputs, again and again, for at least ``seconds`` of wall time."""
    for one in inputs[:200]:
        work(one)
    count, cpu, began = 0, time.process_time(), time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        start = count % len(inputs)
        batch = inputs[start : start + _BATCH]
        for one in batch:
            work(one)
        count += len(batch)
    return {"n": count, "cpu_s": time.process_time() - cpu, "wall_s": took}


def main() -> None:
    """Check or time one of: both engines, the direct matcher as the only engine, its matching alone."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("what", choices=["both", "direct", "matching"])
    arguments.add_argument("--seconds", type=float, default=2.0)
    arguments.add_argument("--check", action="store_true")
    given = arguments.parse_args()
    if given.check:
        print(json.dumps(checked(Harness(), given.what)))
        return
    if given.what == "matching":
        harness = Harness(2_000)
        direct = harness.engine.direct
        inputs = questions(harness, harness.typed)
        print(json.dumps(timed(lambda one: asked(direct, one), inputs, given.seconds)))
        return
    harness = Harness(_TIMED)
    matcher: Matcher = getattr(harness.engine, CHOSEN[given.what])
    evaluate = harness.plan.evaluate
    print(json.dumps(timed(lambda one: output(evaluate(matcher, one, AS_OF)), harness.typed, given.seconds)))


if __name__ == "__main__":
    main()
