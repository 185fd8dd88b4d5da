"""How long it takes to prove things of tables and whole rulesets: ``python -m tests.bench.analysis``.

Tables are whole spaces cut in pieces at random, of 10 to 500 rows by 8 columns: complete,
free of overlaps, and with an output in each row. The comparison is with the same table of
which one bound was moved, and is proved to differ in nothing else. Seconds are of a core;
those of a clock, which hang on what else the machine does, are told for the whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random

from app.analysis.checking import check
from app.analysis.comparison.cases import Side
from app.analysis.comparison.meaning import Meaning, meaning
from app.analysis.dead_rules import dead_rules
from app.analysis.gaps import gaps
from app.analysis.geometry.grid import Grid
from app.analysis.overlaps import overlaps
from app.analysis.survey import survey
from app.domain.declarations import Output
from app.domain.evaluation import Plan
from app.domain.rules import Condition, Contribution, HitPolicy, Rule, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, ValueType
from app.engine.agreement import Engine
from app.services.rulesets.publishing import read_folder
from app.settings import SHIPPED_RULESETS
from tests.analysis.pieces import Piece, cell, divided
from tests.engine import generate

SIZES, COLUMNS = (10, 50, 200, 500), 8
LIMITS = {
    "gaps": (0.1, 0.1, 0.5, 1),
    "overlaps": (0.1, 0.1, 0.3, 1),
    "dead rows": (0.1, 0.2, 2, 6),
    "comparison": (0.1, 0.2, 1.5, 3),
}
WHOLE_LIMIT = 5.0
MONEY = ValueType(Kind.MONEY, 2)


def made(several: list[Piece], policy: HitPolicy) -> Ruleset:
    """A ruleset of one table; each row gives a number of its own and one of the outcomes."""
    types = {f"column_{i}": MONEY for i in range(COLUMNS)}
    rows = tuple(
        Rule(
            f"row-{i}",
            generate.SOME_TEXT,
            "S1:L1",
            tuple(Condition(name, cell(piece, name)) for name in types),
            (Contribution("limit", Decimal(i % 7 * 100)),),
            outcome=generate.OUTCOMES[i % 3].id,
            line=i + 1,
        )
        for i, piece in enumerate(several)
    )
    table = Table("table", generate.SOME_TEXT, policy, tuple(types), ("limit", "outcome"), rows)
    ruleset = generate.ruleset_of([table], types)
    known = {name: replace(fact, unknown_allowed=False) for name, fact in ruleset.facts.items()}
    baseline = {name: Decimal("1.00") for name in types}
    outputs = {"limit": Output("limit", MONEY, generate.SOME_TEXT)}
    return replace(ruleset, facts=known, baseline=baseline, outputs=outputs)


def damaged(several: list[Piece], rnd: Random) -> list[Piece]:
    """The same with one bound moved."""
    place = rnd.randrange(len(several))
    name, (low, high) = next(iter(several[place].items()))
    moved = {**several[place], name: (low, high - 1 if high > low + 1 else high + 1)}
    return [*several[:place], moved, *several[place + 1 :]]


def side(ruleset: Ruleset, engine: Engine) -> Side:
    """A version, ready to decide."""
    return Side(Plan(ruleset), engine.matcher, lambda facts: facts)


def compared(one: Ruleset, other: Ruleset) -> tuple[float, Meaning]:
    """How long it takes to tell all ways in which two tables differ; engines are made before."""
    with Engine(one) as first, Engine(other) as second:
        sides = side(one, first), side(other, second)
        started = time.process_time()
        found = meaning(*sides)
        return time.process_time() - started, found


def timed(ask: Callable[[], object]) -> float:
    """Seconds that a question takes."""
    started = time.process_time()
    ask()
    return time.process_time() - started


def asked(ask: Callable[[Ruleset, Grid], Iterable[object]], ruleset: Ruleset) -> float:
    """Seconds that a question about the only table takes, laying it out included."""

    def question() -> None:
        (one,) = survey(ruleset)
        assert one.grid is not None
        list(ask(ruleset, one.grid))

    return timed(question)


def tables() -> None:
    """Every size, every question; each includes laying the table out."""
    import z3  # noqa: F401  (loaded once a process; not part of a question)

    print(f"{'rows':>5}  " + "  ".join(f"{name:>18}" for name in LIMITS))
    for i, size in enumerate(SIZES):
        rnd = Random(size)
        several = divided(rnd, size, COLUMNS)
        unique, first = made(several, HitPolicy.UNIQUE), made(several, HitPolicy.FIRST)
        took = {
            "gaps": asked(gaps, unique),
            "overlaps": asked(overlaps, unique),
            "dead rows": asked(dead_rules, first),
        }
        took["comparison"], found = compared(first, made(damaged(several, rnd), HitPolicy.FIRST))
        assert found.complete
        print(
            f"{size:>5}  "
            + "  ".join(f"{took[name]:>8.3f} of {limits[i]:>4} s" for name, limits in LIMITS.items())
        )


def shipped() -> None:
    """Every shipped ruleset, checked whole."""
    for one in read_folder(SHIPPED_RULESETS):
        with Engine(one.ruleset) as engine:
            plan = Plan(one.ruleset)
            took = timed(partial(check, plan, engine.matcher))
        print(f"{one.ruleset.policy:>24}  {took:>6.2f} of {WHOLE_LIMIT} s")


if __name__ == "__main__":
    began, worked = time.perf_counter(), time.process_time()
    tables()
    shipped()
    clock, core = time.perf_counter() - began, time.process_time() - worked
    print(f"all of it: {core:.1f} s of a core, {clock:.1f} s by the clock")
