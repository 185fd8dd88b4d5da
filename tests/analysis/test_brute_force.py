"""Geometry, beside every combination of values tried one by one, ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from itertools import combinations, product
from random import Random

import pytest

from app.analysis.claims import Claim, Verdict
from app.analysis.dead_rules import dead_rules
from app.analysis.gaps import gaps
from app.analysis.geometry.grid import Grid
from app.analysis.geometry.samples import sample
from app.analysis.overlaps import overlaps
from app.analysis.survey import survey
from app.domain.matching import rule_numbers
from app.domain.rules import Condition, HitPolicy, Rule, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import ANYTHING, holds
from app.domain.values import Kind, Value, ValueType
from tests.engine import generate

Masks = set[int]


def made(rnd: Random, policy: HitPolicy) -> Ruleset:
    """A ruleset of one small table; the line of a row is its number and one."""
    types = {f"column_{i}": generate._type(rnd) for i in range(rnd.randint(1, 3))}
    pools = {name: [ANYTHING, *(generate._test(rnd, kind) for _ in range(5))] for name, kind in types.items()}
    rows = tuple(
        Rule(
            f"row-{i}",
            generate.SOME_TEXT,
            "S1:L1",
            tuple(Condition(name, rnd.choice(pools[name])) for name in types),
            line=i + 1,
        )
        for i in range(rnd.randint(1, 9))
    )
    return generate.ruleset_of([Table("table", generate.SOME_TEXT, policy, tuple(types), (), rows)], types)


def values(kind: ValueType, constants: set[Value]) -> Iterator[Value]:
    """Every value that a test could tell from another, and the unknown."""
    yield None
    if kind.kind is Kind.YES_NO:
        yield from (True, False)
    elif kind.kind is Kind.CHOICE:
        yield from kind.choices
    elif kind.kind is Kind.CHOICES:
        for size in range(len(kind.choices) + 1):
            yield from combinations(kind.choices, size)
    else:
        somewhere = generate.TODAY if kind.kind is Kind.DATE else Decimal(0)
        for one in constants or {somewhere}:
            yield from (neighbour(one, by, kind) for by in (-1, 0, 1))


def neighbour(value: Value, by: int, kind: ValueType) -> Value:
    """The value so many of the smallest steps of its type away."""
    if kind.kind is Kind.DATE:
        return value + timedelta(days=by)
    return value + by * (Decimal(1).scaleb(-kind.decimals) if kind.decimals else 1)


def tried(ruleset: Ruleset) -> dict[str, dict[int, Value]]:
    """For each column the sets of rows whose cell holds, each with one value that makes it so."""
    (table,) = ruleset.match_steps
    found: dict[str, dict[int, Value]] = {}
    for i, name in enumerate(table.inputs):  # type: ignore[union-attr]
        tests = [rule.when[i].test for rule in table.rules]
        constants = {end.value for test in tests for end in test.endpoints()}
        found[name] = {}
        for value in values(ruleset.types[name], constants):
            rows = sum(1 << row for row, test in enumerate(tests) if holds(test, value))
            found[name].setdefault(rows, value)
    return found


def combined(ruleset: Ruleset) -> Masks:
    """The rows that hold together, for every combination of values."""
    return {reduce(int.__and__, rows) for rows in product(*tried(ruleset).values())}


@pytest.fixture(params=range(120))
def rnd(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)


def grid_of(ruleset: Ruleset) -> Grid:
    (one,) = survey(ruleset)
    assert one.grid is not None
    return one.grid


def test_finds_the_same_overlaps(rnd: Random) -> None:
    ruleset = made(rnd, HitPolicy.UNIQUE)
    expected = {pair for mask in combined(ruleset) for pair in combinations(rule_numbers(mask), 2)}
    claims = list(overlaps(ruleset, grid_of(ruleset)))
    assert {tuple(rule_numbers(claim.holding)) for claim in claims} == expected
    (table,) = ruleset.match_steps
    for claim in claims:
        shown = sample(claim.grid, claim.box, ruleset.baseline)
        for number in rule_numbers(claim.holding):
            assert all(holds(one.test, shown[one.name]) for one in table.rules[number].when)


def test_finds_the_same_gaps(rnd: Random) -> None:
    ruleset = made(rnd, HitPolicy.FIRST)
    grid, columns = grid_of(ruleset), tried(ruleset)
    claims = list(gaps(ruleset, grid))
    for chosen in product(*(rows.items() for rows in columns.values())):
        covered = reduce(int.__and__, [rows for rows, _ in chosen])
        point = dict(zip(columns, [value for _, value in chosen], strict=True))
        inside = [one for one in claims if isinstance(one, Claim) and grid.holds_in(one.box, point)]
        assert len(inside) == (0 if covered else 1), point


def test_finds_the_same_dead_rows(rnd: Random) -> None:
    ruleset = made(rnd, HitPolicy.FIRST)
    first = {mask & -mask for mask in combined(ruleset)}
    (table,) = ruleset.match_steps
    expected = [i + 1 for i in range(len(table.rules)) if 1 << i not in first]
    found: list[Verdict] = list(dead_rules(ruleset, grid_of(ruleset)))
    assert sorted(one.line for one in found) == expected
    assert all(one.proven for one in found)


def test_takes_a_row_for_impossible_when_no_value_meets_it(rnd: Random) -> None:
    ruleset = made(rnd, HitPolicy.COLLECT)
    possible = reduce(int.__or__, combined(ruleset))
    grid = grid_of(ruleset)
    assert [grid.impossible(i) for i in range(len(grid.step.rules))] == [
        not possible >> i & 1 for i in range(len(grid.step.rules))
    ]
