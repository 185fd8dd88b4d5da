"""A table of 500 rows and ten columns ..."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from app.analysis.claims import Claim, Verdict
from app.analysis.dead_rules import dead_rules
from app.analysis.gaps import gaps
from app.analysis.overlaps import overlaps
from app.analysis.survey import survey
from app.domain.rules import Condition, HitPolicy, Rule, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import ANYTHING
from app.domain.values import Kind, ValueType
from tests.analysis.pieces import Piece, cell, divided
from tests.engine import generate

ROWS, COLUMNS = 500, 10


def made(pieces: list[Piece], policy: HitPolicy) -> Ruleset:
    types = {f"column_{i}": ValueType(Kind.MONEY, 2) for i in range(COLUMNS)}
    rows = tuple(
        Rule(
            f"row-{i}",
            generate.SOME_TEXT,
            "S1:L1",
            tuple(Condition(name, cell(piece, name)) for name in types),
            line=i + 1,
        )
        for i, piece in enumerate(pieces)
    )
    table = Table("table", generate.SOME_TEXT, policy, tuple(types), (), rows)
    ruleset = generate.ruleset_of([table], types)
    known = {name: replace(fact, unknown_allowed=False) for name, fact in ruleset.facts.items()}
    return replace(ruleset, facts=known)


def claimed(ruleset: Ruleset) -> list[Claim | Verdict]:
    """What is found; the work is bounded, so this comes to an end whatever the table."""
    (one,) = survey(ruleset)
    assert one.grid is not None
    return [*overlaps(ruleset, one.grid), *gaps(ruleset, one.grid), *dead_rules(ruleset, one.grid)]


@pytest.mark.parametrize("policy", [HitPolicy.UNIQUE, HitPolicy.FIRST])
@pytest.mark.parametrize("seed", range(3))
def test_is_proved_complete_and_free_of_overlaps(policy: HitPolicy, seed: int) -> None:
    assert claimed(made(divided(Random(seed), ROWS, COLUMNS), policy)) == []


@pytest.mark.parametrize("seed", range(3))
def test_shows_the_one_row_that_is_missing(seed: int) -> None:
    pieces = divided(Random(seed), ROWS, COLUMNS)
    missing = pieces.pop(77)
    (gap,) = claimed(made(pieces, HitPolicy.UNIQUE))
    assert isinstance(gap, Claim)
    narrowed = sum(places != every for places, every in zip(gap.box, gap.grid.whole, strict=True))
    assert narrowed == len(missing)


def test_shows_the_one_row_that_is_too_wide() -> None:
    pieces = divided(Random(4), ROWS, COLUMNS)
    name, (low, high) = next(iter(pieces[99].items()))
    pieces[99] = {**pieces[99], name: (max(low - 1, 0), min(high + 1, 10_000))}
    found = claimed(made(pieces, HitPolicy.UNIQUE))
    assert found
    assert all(isinstance(one, Claim) and one.holding >> 99 & 1 for one in found)


def test_shows_the_row_that_others_hide() -> None:
    pieces = divided(Random(5), ROWS, COLUMNS)
    pieces.append(dict(pieces[3]))
    (dead,) = claimed(made(pieces, HitPolicy.FIRST))
    assert isinstance(dead, Verdict)
    assert dead.line == ROWS + 1
    assert "`row-3` (line 4) holds wherever it does" in dead.message


@pytest.mark.parametrize("policy", [HitPolicy.UNIQUE, HitPolicy.FIRST])
def test_is_left_unsettled_rather_than_worked_at_for_ever(policy: HitPolicy) -> None:
    """Rows made at random have no structure to follow: what was seen is told, and that there may be more."""
    rnd = Random(1)
    types = {f"column_{i}": generate._type(rnd) for i in range(COLUMNS)}
    pools = {
        name: [ANYTHING, *(generate._test(rnd, kind) for _ in range(40))] for name, kind in types.items()
    }
    rows = tuple(
        Rule(
            f"row-{i}",
            generate.SOME_TEXT,
            "S1:L1",
            tuple(Condition(name, rnd.choice(pools[name])) for name in types),
        )
        for i in range(ROWS)
    )
    table = Table("table", generate.SOME_TEXT, policy, tuple(types), (), rows)
    ruleset = generate.ruleset_of([table], types)
    (one,) = survey(ruleset)
    assert one.grid is not None
    found = list(gaps(ruleset, one.grid))
    list(dead_rules(ruleset, one.grid))
    assert any("not settled" in one.message for one in found)
    assert any(isinstance(one, Claim) for one in found)
