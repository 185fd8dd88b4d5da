"""Decisions in process: both engines and the direct matcher beside GoRules zen and Drools, on one policy.

Every contender runs in a process of its own, round after round, each right after a run of the harness's
plain-Python evaluator. Rates are decisions per second of processor time; what is compared are the ratios
to that evaluator, so that a machine that is busier in one minute than in the next does not decide.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from tests.bench import peers
from tests.bench.machine import NotMeasured, run_json
from tests.bench.report import Report, middle, progress

ROUNDS = 3
Measure = Callable[..., dict[str, Any]]
BOTH, DIRECT, MATCHING = (
    "Termwise, both engines",
    "Termwise, direct matcher as only engine",
    "its matching alone",
)
_UNCHECKED = frozenset({MATCHING})


def ours(what: str) -> Measure:
    """A contender of our own, in a process of its own."""

    def measure(seconds: float, *, check: bool = False) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.bench.contender", what, "--seconds", str(seconds)]
        return run_json([*command, *(["--check"] if check else [])])

    return measure


def contenders(report: Report) -> dict[str, Measure]:
    """Everything that can run on this machine; what cannot is told in the report."""
    found = {BOTH: ours("both"), DIRECT: ours("direct"), MATCHING: ours("matching")}
    for kind in (peers.Zen, peers.Drools):
        try:
            found[kind.name] = kind().measured
        except NotMeasured as reason:
            report.remark(f"Not measured: {kind.name}. {reason}")
    return found


def measure(command: str, seconds: float) -> None:
    """Check all outputs, run the rounds, and report."""
    report = Report("in process", command)
    try:
        peers.prepare()
    except NotMeasured as reason:
        report.remark(f"Not measured: {reason}")
        return
    known = contenders(report)
    same = {name: _same(name, one) for name, one in known.items()}
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in known}
    for number in range(ROUNDS):
        for name, one in known.items():
            progress(f"round {number + 1} of {ROUNDS}: {name}")
            floor = peers.reference()
            found = one(seconds)
            rate, floor_rate = found["n"] / found["cpu_s"], floor["n"] / floor["cpu_s"]
            rounds[name].append({**found, "rate": rate, "floor_rate": floor_rate, "ratio": rate / floor_rate})
    progress("shares of one decision")
    shares = run_json([sys.executable, "-m", "tests.bench.parts", "--seconds", str(2 * seconds)])
    progress("")
    report.keep("rounds", rounds)
    report.keep("microseconds", shares)
    _tell_rates(report, rounds, same)
    _tell_shares(report, shares)
    report.save()


def _same(name: str, one: Measure) -> str:
    if name in _UNCHECKED:
        return ""
    progress(f"checking all outputs: {name}")
    found = one(0, check=True)
    if found["bad"]:
        raise SystemExit(
            f"{name}: {found['bad']} of {found['checked']} outputs differ: {found.get('examples')}"
        )
    return f"{found['checked']:,} of {found['checked']:,}"


def _tell_rates(report: Report, rounds: dict[str, list[dict[str, Any]]], same: dict[str, str]) -> None:
    ratio = {name: middle(runs, "ratio") for name, runs in rounds.items()}
    zen, drools = ratio.get(peers.Zen.name), ratio.get(peers.Drools.name)

    def against(name: str, other: float | None) -> str:
        return "" if other is None else f"{ratio[name] / other:.2f}"

    rows = [
        [
            name,
            f"{middle(runs, 'rate'):,.0f}",
            f"{ratio[name]:.3f}",
            against(name, zen),
            against(name, drools),
            same[name],
        ]
        for name, runs in rounds.items()
    ]
    floor = median(one["floor_rate"] for runs in rounds.values() for one in runs)
    rows.append(["the harness's evaluator in plain Python, no trace", f"{floor:,.0f}", "1", "", "", ""])
    heads = ["engine", "decisions per CPU-second", "to plain Python", "to zen", "to Drools", "same outputs"]
    report.table("Full decisions with every rule that fired and the values it read", heads, rows)
    if zen is None:
        return
    report.target("both engines to zen with trace", ratio[BOTH] / zen, 1.5)
    report.target("direct matcher as only engine to zen with trace", ratio[DIRECT] / zen, 8)
    if drools is not None:
        nearer = (drools / zen) / max(drools / ratio[BOTH], ratio[BOTH] / drools)
        report.target("how much nearer to Drools than zen is, as a factor", nearer, 1)
    report.remark("")


def _tell_shares(report: Report, spent: dict[str, float]) -> None:
    walk = spent["evaluation, both engines"] - spent["durable matcher"] - spent["direct matcher"]
    parts = {
        "typing the facts (marshmallow)": spent["typing"],
        "durable_rules, all steps": spent["durable matcher"],
        "direct matcher, all steps": spent["direct matcher"],
        "walk, agreement and conclusion": walk,
        "document for the record": spent["document"],
        "the document's bytes": spent["document's bytes"],
    }
    whole = sum(parts.values())
    rows = [[name, f"{cost:.1f}", f"{100 * cost / whole:.0f} %"] for name, cost in parts.items()]
    rows.append(["all", f"{whole:.1f}", "100 %"])
    report.table(
        "One decision from JSON values to the bytes to be sealed", ["part", "µs of CPU", "share"], rows
    )
