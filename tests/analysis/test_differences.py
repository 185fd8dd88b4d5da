"""Two matchers asked about the same made-up facts ..."""

from __future__ import annotations

import pytest

from app.analysis.differences import differences
from app.domain.evaluation import Plan
from app.domain.matching import NoAnswer
from app.domain.ruleset import Ruleset
from app.domain.values import Values
from app.engine import direct
from app.engine.agreement import Engine
from app.engine.direct import DirectMatcher
from tests.analysis.tables import ruleset, table


@pytest.fixture
def made() -> Ruleset:
    return ruleset(table("COLLECT", "amount, tier", "<= 250.00 | X, unknown", "(99.99..100.01) | -"))


def test_agree_where_they_are_right(made: Ruleset) -> None:
    with Engine(made) as engine:
        assert differences(Plan(made), engine.matcher, engine.direct, 200) == []


def test_differ_at_a_threshold_that_one_has_wrong(made: Ruleset) -> None:
    class Short(DirectMatcher):
        """Takes ``<= 250.00`` for ``< 250.00``."""

        def holding(self, step: int, values: Values) -> int:
            return super().holding(step, values) & ~int(values["amount"] == 250)

    (found,) = differences(Plan(made), DirectMatcher(made), Short(made), 300)
    assert found.severity == "error"
    assert found.message.startswith("`table`: the engines differ about `row-1` (line ")
    assert found.facts is not None
    assert found.facts.values["amount"] == 250
    assert "of 300 decisions; on the baseline with amount 250.00 CNY" in found.message


def test_differ_whenever_one_reads_a_cell_wrong(made: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    right = DirectMatcher(made)
    monkeypatch.setattr(direct, "_spans", lambda test: [])
    assert differences(Plan(made), right, DirectMatcher(made), 50)


def test_are_told_apart_when_one_gives_no_answer(made: Ruleset) -> None:
    class Silent(DirectMatcher):
        def holding(self, step: int, values: Values) -> int:
            raise NoAnswer("ENGINE_FAILED", f"out of order at {step}, {len(values)} values")

    (found,) = differences(Plan(made), DirectMatcher(made), Silent(made), 20)
    assert "an engine gave no answer: out of order at 0" in found.message
    assert "(20 of 20 decisions" in found.message


def test_are_asked_the_same_again_for_the_same_seed(made: Ruleset) -> None:
    class Odd(DirectMatcher):
        def holding(self, step: int, values: Values) -> int:
            return super().holding(step, values) ^ int(values["tier"] is None)

    plan, right, odd = Plan(made), DirectMatcher(made), Odd(made)
    assert differences(plan, right, odd, 100, seed=3) == differences(plan, right, odd, 100, seed=3)
