"""The extent of a formula ..."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from app.analysis.geometry.columns import Column
from app.analysis.possible.context import Context, Known
from app.analysis.possible.extents import Extent, as_number, of_type
from app.analysis.possible.formulas import extent
from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.analysis.survey import survey
from app.domain import expressions as tree
from app.domain.arithmetic import compiled
from app.domain.evaluation import Plan
from app.domain.rules import Formula, MatchStep
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, Values, ValueType
from app.domain.values import of_type as rounded
from app.engine.direct import DirectMatcher
from tests.analysis.tables import ruleset, table
from tests.shipped import RULESETS as SHIPPED
from tests.small_rulesets import LABEL

NUMBERS, TRUTHS, DAYS = ("days", "late", "amount", "rate"), ("signed", "insured"), ("due",)


def holds(found: Extent, value: Value) -> bool:
    """Whether a value lies in an extent."""
    if value is None:
        return found.unknown
    number = value if isinstance(value, Fraction) else as_number(value)
    if not found.known or (found.words is not None and value not in found.words):
        return False
    if found.never_zero and number == 0:
        return False
    if number is None:
        return True
    above = found.low is None or found.low <= number
    return above and (found.high is None or number <= found.high)


def number(rnd: Random, depth: int) -> tree.Expression:
    if depth == 0 or rnd.random() < 0.15:
        constant = tree.Constant(Decimal(rnd.choice((-2, 0, 1, 3, 30))))
        return tree.Name(rnd.choice(NUMBERS)) if rnd.random() < 0.7 else constant

    def some() -> tree.Expression:
        return number(rnd, depth - 1)

    made: list[Callable[[], tree.Expression]] = [
        lambda: tree.Negative(some()),
        lambda: tree.Arithmetic(rnd.choice("+-*/"), some(), some()),
        lambda: tree.Arithmetic(rnd.choice("+-*/"), some(), some()),
        lambda: tree.Arithmetic("**", some(), tree.Constant(Decimal(rnd.randint(0, 3)))),
        lambda: tree.Conditional(truth(rnd, depth - 1), some(), some()),
        lambda: tree.Conditional(truth(rnd, depth - 1), some(), some()),
        lambda: tree.Call(rnd.choice(("min", "max", "least_known", "greatest_known")), (some(), some())),
        lambda: tree.Call(rnd.choice(("abs", "floor", "ceiling")), (some(),)),
        lambda: tree.Call("round", (some(), tree.Constant(Decimal(rnd.randint(0, 2))))),
        lambda: tree.Call("days_between", (day(rnd, depth - 1), day(rnd, depth - 1))),
    ]
    return rnd.choice(made)()


def truth(rnd: Random, depth: int) -> tree.Expression:
    if depth == 0 or rnd.random() < 0.1:
        return tree.Name(rnd.choice(TRUTHS))

    def some() -> tree.Expression:
        return truth(rnd, depth - 1)

    def compared(symbols: str, left: tree.Expression, right: tree.Expression) -> tree.Expression:
        return tree.Comparison(rnd.choice(symbols.split()), left, right)

    name = tree.Name(rnd.choice((*NUMBERS, *TRUTHS, *DAYS, "tier")))
    size = rnd.randint(2, 3)
    made: list[Callable[[], tree.Expression]] = [
        lambda: compared("= != < <= > >=", number(rnd, depth - 1), number(rnd, depth - 1)),
        lambda: compared("< >=", tree.Name(rnd.choice(NUMBERS)), tree.Constant(Decimal(rnd.choice((0, 5))))),
        lambda: compared("= !=", tree.Name("tier"), tree.Constant(rnd.choice("XYZ"))),
        lambda: tree.Junction("and", tuple(some() for _ in range(size))),
        lambda: tree.Junction("or", tuple(some() for _ in range(size))),
        lambda: tree.Call("known", (name,)),
        lambda: tree.Call("known", (name,)),
        lambda: tree.Call("not", (some(),)),
        lambda: tree.Conditional(some(), some(), some()),
    ]
    return rnd.choice(made)()


def day(rnd: Random, depth: int) -> tree.Expression:
    if depth == 0 or rnd.random() < 0.4:
        return tree.Name("due")
    function = rnd.choice(("add_days", "add_months"))
    return tree.Call(function, (day(rnd, depth - 1), number(rnd, 0)))


def some_facts(rnd: Random) -> Values:
    def known_or_not(value: Value) -> Value:
        return None if rnd.random() < 0.3 else value

    few = (0, 0, 1, 2, 5, 30, 365)
    return {
        "days": rnd.choice(few),
        "late": known_or_not(rnd.choice(few)),
        "amount": Decimal(rnd.choice((0, 0, 1, 5, 100))) + Decimal("0.01") * rnd.randint(0, 1),
        "rate": Decimal(rnd.choice((-200, -1, 0, 1, 50, 300))) / 100,
        "due": date(2026, 1, 15) + timedelta(days=rnd.randint(-400, 400)),
        "signed": rnd.random() < 0.5,
        "insured": known_or_not(rnd.random() < 0.5),
        "tier": known_or_not(rnd.choice("XYZ")),
    }


@pytest.fixture(scope="module")
def made() -> Ruleset:
    return ruleset("- {formula: one, type: days, expression: days, label: {en: One, zh: 一}}")


def over_the_facts(made: Ruleset) -> Known:
    """What is known of the facts of a ruleset."""
    known = Known(made)
    for name, fact in made.facts.items():
        bounds = Extent(as_number(fact.minimum), as_number(fact.maximum), unknown=fact.unknown_allowed)
        known.extents[name] = of_type(fact.type, bounds)
    return known


def guarded(rnd: Random, kind: ValueType) -> tree.Expression:
    """A formula that asks something, of the formula ``one`` among others, before it goes on."""
    names = (*TRUTHS, "one") if kind.kind is Kind.YES_NO else TRUTHS
    guard: tree.Expression = tree.Name(rnd.choice(names))
    if rnd.random() < 0.5:
        guard = tree.Call("known", (tree.Name("one"),))
    if rnd.random() < 0.3:
        guard = tree.Junction(rnd.choice(("and", "or")), (guard, truth(rnd, 2)))
    if rnd.random() < 0.3:
        guard = tree.Call("not", (guard,))
    some = rnd.choice((truth, number))
    return tree.Conditional(guard, some(rnd, 3), some(rnd, 3))


@pytest.mark.parametrize("seed", range(150))
def test_holds_every_value_that_the_formula_yields(made: Ruleset, seed: int) -> None:
    """Of two formulas made at random, the second of which reads the first."""
    rnd = Random(seed)
    kind = rnd.choice((ValueType(Kind.YES_NO), ValueType(Kind.NUMBER, rnd.choice((0, 4)))))
    inner = number(rnd, 3) if kind.numeric else truth(rnd, 3)
    known = over_the_facts(made)
    known.extents["one"] = of_type(kind, extent(inner, Context(known)))
    known.formulas["one"] = Formula("one", kind, "", inner, made.title)
    outer = guarded(rnd, kind)
    found = extent(outer, Context(known))
    for _ in range(12):
        values = dict(some_facts(rnd))
        values["one"] = compiled(inner)(values)
        if kind.numeric and values["one"] is not None:
            values["one"] = rounded(kind, values["one"])
        assert holds(known.extents["one"], values["one"]), (inner, values)
        assert holds(found, compiled(outer)(values)), (inner, outer, values)


@pytest.mark.parametrize(
    ("expression", "low", "high", "unknown"),
    [
        ("days + 1", 1, 366, False),
        ("days * 2 - days", -365, 730, False),
        ("late + 1", 1, 366, True),
        ("if known(late) then late else 7", 0, 365, False),
        ("if late > 5 then late else 0", 0, 365, True),
        ("if known(late) and late > 5 then late else 10", 6, 365, False),
        ("if not(known(late)) or late < 5 then 9 else late", 5, 365, False),
        ("if amount > 0 then days / amount else 0", 0, 36500, False),
        ("if days != 0 then 1 / days else 0", 0, None, False),
        ("1 / days", 0, None, True),
        ("if amount != rate then 1 / (amount - rate) else 0", None, None, False),
        ("greatest_known(late, days)", 0, 365, False),
        ("least_known(late, 30)", 0, 30, False),
        ("max(0, min(100, amount))", 0, 100, False),
        ("days ** 2", 0, 133225, False),
        ("if signed then 1 else 2", 1, 2, False),
        ("if insured then 1 else 2", 1, 2, True),
        ("days_between(due, as_of)", None, None, False),
        ("if due < as_of then days_between(due, as_of) else 1", -401765, None, False),
    ],
)
def test_follows_what_was_asked_before(
    expression: str, low: int | None, high: int | None, unknown: bool
) -> None:
    step = f'- {{formula: one, type: number, decimals: 2, expression: "{expression}", {LABEL}}}'
    (column,) = column_of(ruleset(step, table("COLLECT", "one", "-")))
    spans = [place.span for place in column.places if place.span is not None]
    ends = (spans[0].low, spans[-1].high)
    assert ends == tuple(None if bound is None else bound * 100 for bound in (low, high))
    assert any(place.unknown for place in column.places) is unknown


def column_of(made: Ruleset) -> tuple[Column, ...]:
    """The columns of the last step."""
    grid = survey(made)[-1].grid
    assert grid is not None
    return grid.columns


@pytest.mark.parametrize(
    ("rows", "unknown"),
    [
        (["- => LOW"], False),
        (["A => LOW", "B, C => HIGH"], False),
        (["A => LOW", "B => HIGH"], True),
        (['A => ""', "B, C => HIGH"], True),
    ],
)
def test_knows_an_output_that_every_way_through_a_table_sets(rows: list[str], unknown: bool) -> None:
    bands = table("UNIQUE", "grade", *rows, name="bands", outputs="band")
    (column,) = column_of(ruleset(bands, table("COLLECT", "band", "-")))
    assert any(place.unknown for place in column.places) is unknown
    assert {place.value for place in column.places if not place.unknown} == {
        value for value in ("LOW", "HIGH") if any(value in row for row in rows)
    }


@pytest.mark.parametrize("policy", SHIPPED)
def test_holds_every_value_that_a_shipped_policy_meets(policy: str) -> None:
    made = SHIPPED[policy]
    plan, matcher, rnd = Plan(made), DirectMatcher(made), Random(7)
    points = Points(Reading(made))
    grids = {one.step.id: one.grid for one in survey(made)}
    strange: list[tuple[str, str, Value]] = []

    def watch(step: MatchStep, values: Values) -> None:
        grid = grids[step.id]
        assert grid is not None
        for column in grid.columns:
            if not column.place_of(values[column.name]):
                strange.append((step.id, column.name, values[column.name]))

    for facts in (*points.starts, *(points.near(rnd) for _ in range(60))):
        plan.evaluate(matcher, facts.values, facts.as_of, watcher=watch)
    assert strange == []
