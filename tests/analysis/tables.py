"""Small tables for tests, and what is found in them."""

from __future__ import annotations

from dataclasses import replace

from app.analysis.checking import check
from app.analysis.claims import Claim, Verdict
from app.analysis.dead_rules import dead_rules
from app.analysis.findings import Finding
from app.analysis.gaps import gaps
from app.analysis.overlaps import overlaps
from app.analysis.survey import survey
from app.domain.evaluation import Plan
from app.domain.rules import Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from tests import small_rulesets

FACTS = """
days: {type: days, min: 0, max: 365}
late: {type: days, min: 0, max: 365, unknown: allowed}
amount: {type: money, min: 0.00}
rate: {type: percent, decimals: 2}
due: {type: date}
signed: {type: yes_no}
insured: {type: yes_no, unknown: allowed}
grade: {type: choice, values: [A, B, C]}
tier: {type: choice, values: [X, Y, Z], unknown: allowed}
flags: {type: list of choice, values: [P, Q, R]}
note: {type: text, unknown: allowed}
"""
BASELINE = """
days: 10
amount: 100.00
rate: 10%
due: 2026-02-01
signed: "yes"
grade: A
flags: []
"""
OUTPUTS = """
mark: {type: number, decimals: 0, combine: sum}
band: {type: choice, values: [LOW, HIGH], combine: last}
"""


def table(policy: str, inputs: str, *rows: str, name: str = "table", outputs: str = "mark") -> str:
    """A table; each row is its cells and, behind ``=>``, what it gives (1 if nothing is said).

    Cells are separated by ``|``. Rows are called row-1, row-2 and so on, after the table.
    """
    lines = [
        f"- table: {name}",
        f"  hit_policy: {policy}",
        f"  inputs: [{inputs}]",
        f"  outputs: [{outputs}]",
        "  rows:",
    ]
    for number, row in enumerate(rows, 1):
        cells, _, given = row.partition("=>")
        when = ", ".join(f'"{cell.strip()}"' for cell in cells.split("|"))
        then = ", ".join(one.strip() for one in given.split("|")) or "1"
        identifier = f"row-{number}" if name == "table" else f"{name}-{number}"
        lines.append(f"  - {{id: {identifier}, when: [{when}], then: [{then}], source: x}}")
    return "\n".join(lines)


def ruleset(*steps: str, **parts: str) -> Ruleset:
    """A ruleset of these steps over the facts above."""
    given = {"facts": FACTS, "outputs": OUTPUTS, "baseline": BASELINE, **parts}
    return small_rulesets.ruleset("\n".join(steps), **given)


def claimed(made: Ruleset) -> list[Claim | Verdict]:
    """What geometry says, without any search."""
    found: list[Claim | Verdict] = []
    for one in survey(made):
        assert one.grid is not None
        for ask in (overlaps, gaps, dead_rules):
            found += ask(made, one.grid)
    return found


def said(made: Ruleset, about: str) -> list[str]:
    """The messages of geometry about one check, without the example that follows."""
    return [one.message.split("; for example")[0] for one in claimed(made) if one.check == about]


def findings(made: Ruleset, about: str) -> list[Finding]:
    """What is found about one check, decided by both engines."""
    with Engine(made) as engine:
        return [one for one in check(Plan(made), engine.matcher).findings if one.check == about]


def with_rules(made: Ruleset, step: Table | RuleList | Scorecard, rules: tuple[Rule, ...]) -> Ruleset:
    """The same ruleset with other rules in one step; known by another digest."""
    assert not isinstance(step, Scorecard)
    damaged = replace(step, rules=rules)
    steps = tuple(damaged if one is step else one for one in made.steps)
    return replace(made, steps=steps, digest=f"{made.digest}:damaged")
