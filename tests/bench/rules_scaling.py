"""Ten times the rules in one table, as many of them firing: how much longer does a decision take?

Both tables have five groups of rows; in each group the rows part the plane of two facts into tiles, so
that every input meets exactly one row a group, five in all, whether the group has 10 tiles or 100.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.evaluation import Plan
from app.domain.matching import Matcher, rule_numbers
from app.domain.values import Values
from app.engine.agreement import Engine
from app.engine.durable import DurableMatcher
from schemas.ruleset import load
from tests.bench.report import Report, progress

GROUPS = 5
WIDTH = 1000
FACTS = tuple("abcdefgh")
SMALL, LARGE = (5, 2), (10, 10)
_AS_OF = date(2026, 1, 15)
_INPUTS, _SLICE = 1_000, 100


def ruleset_text(across: int, down: int) -> str:
    """A policy with one table of 5 x ``across`` x ``down`` rows over eight facts."""
    words = "{{en: {0}, zh: {0}}}"
    rows = []
    for group in range(GROUPS):
        for tile in range(across * down):
            cells = ["-"] * len(FACTS)
            cells[group] = _stretch(tile // down, across)
            cells[group + 3] = _stretch(tile % down, down)
            quoted = ", ".join(f'"{cell}"' for cell in cells)
            rows.append(
                f"  - {{id: r{group}-{tile}, when: [{quoted}], then: [{tile % 7}.0000], source: bench}}"
            )
    lines = [
        "language: 1",
        "policy: bench-scaling",
        "version: 1.0.0",
        f"title: {words.format('Tiles')}",
        "currency: USD",
        "outcomes:",
        f"- {{id: done, kind: favourable, label: {words.format('Done')}}}",
        f"- {{id: ask, kind: referral, label: {words.format('Asked')}}}",
        "otherwise: done",
        "facts:",
        *(f"  {one}: {{type: number, min: 0, max: {WIDTH}, label: {words.format(one)}}}" for one in FACTS),
        "outputs:",
        f"  points: {{type: number, combine: sum, label: {words.format('Points')}}}",
        "steps:",
        "- table: tiles",
        "  hit_policy: COLLECT",
        f"  inputs: [{', '.join(FACTS)}]",
        "  outputs: [points]",
        "  rows:",
        *rows,
        f"baseline: {{{', '.join(f'{one}: 1' for one in FACTS)}}}",
    ]
    return "\n".join(lines) + "\n"


def _stretch(place: int, parts: int) -> str:
    """One of ``parts`` equal stretches of 0 to 1000, the last with its end."""
    low, high = WIDTH * place // parts, WIDTH * (place + 1) // parts
    return f"[{low}..{high}{']' if place == parts - 1 else ')'}"


class Subject:
    """One of the two tables, ready, and the work to be timed on it."""

    def __init__(self, across: int, down: int) -> None:
        ruleset = load(ruleset_text(across, down).encode())
        engine, plan = Engine(ruleset), Plan(ruleset)
        self.rules = ruleset.rule_count
        durable = DurableMatcher(ruleset)
        self.work: dict[str, Callable[[Values], object]] = {
            "direct matcher": lambda facts: engine.direct.holding(0, facts),
            "durable_rules": lambda facts: durable.holding(0, facts),
            "whole decision, both engines": lambda facts: plan.evaluate(engine.matcher, facts, _AS_OF),
        }
        self._matcher: Matcher = engine.matcher

    def firing(self, facts: Values) -> int:
        """How many rules hold, by both engines."""
        return len(list(rule_numbers(self._matcher.holding(0, facts))))


def measured(seconds: float) -> tuple[list[Subject], dict[str, list[float]]]:
    """Microseconds of processor time for the small and the large table, slice after slice in turn."""
    subjects = [Subject(*SMALL), Subject(*LARGE)]
    chance = random.Random(20261121)
    inputs: Sequence[dict[str, Any]] = [
        {one: Decimal(chance.randrange(WIDTH * 100)) / 100 for one in FACTS} for _ in range(_INPUTS)
    ]
    for subject in subjects:
        counts = {subject.firing(facts) for facts in inputs}
        assert counts == {GROUPS}, f"{subject.rules} rules: {counts} of them fire"
    spent = {name: [0.0, 0.0] for name in subjects[0].work}
    slices, end = 0, time.perf_counter() + 3 * seconds
    while time.perf_counter() < end:
        start = slices * _SLICE % _INPUTS
        piece = inputs[start : start + _SLICE]
        for name, both in spent.items():
            for which, subject in enumerate(subjects):
                work, before = subject.work[name], time.process_time()
                for facts in piece:
                    work(facts)
                both[which] += time.process_time() - before
        slices += 1
    return subjects, {name: [1e6 * cpu / (slices * _SLICE) for cpu in both] for name, both in spent.items()}


def measure(command: str, seconds: float) -> None:
    """Run and report."""
    report = Report("scaling", command)
    progress("50 and 500 rules")
    (small, large), costs = measured(seconds)
    progress("")
    heads = ["µs of CPU", f"{small.rules} rules", f"{large.rules} rules", "ratio"]
    rows = [[name, f"{a:.1f}", f"{b:.1f}", f"{b / a:.2f}"] for name, (a, b) in costs.items()]
    report.table(f"One table, {GROUPS} rules firing in either", heads, rows)
    for name, wanted in (("direct matcher", 3.0), ("whole decision, both engines", 6.0)):
        few, many = costs[name]
        report.target(name, many / few, wanted, at_most=True)
    report.keep("microseconds", costs)
    report.save()
