"""An example of a rule that shows something else ..."""

from __future__ import annotations

from app.analysis.rule_examples import ExampleResult, run_examples
from app.domain.evaluation import Plan
from app.domain.values import Value
from app.engine.agreement import Engine
from schemas.interchange.places import rewritten
from schemas.ruleset import load
from tests.pages.drafts import small
from tests.shipped import BY_POLICY


def failing(text: bytes, **parameters: str) -> list[ExampleResult]:
    """The examples that fail once the parameters are these."""
    changed = rewritten(text, {f"/parameters/{name}/value": value for name, value in parameters.items()})
    ruleset = load(changed)
    with Engine(ruleset) as engine:
        return [one for one in run_examples(Plan(ruleset), engine.matcher) if not one.holds]


def mends(several: list[ExampleResult]) -> dict[tuple[str, bool], tuple[str, Value] | None]:
    return {(one.rule.id, one.fires): one.mend for one in several}


def test_is_none_of_a_published_text() -> None:
    assert [failing(one.text) for one in BY_POLICY.values()] == [[]] * len(BY_POLICY)


def test_is_mended_by_the_nearest_value_that_shows_what_it_is_there_for() -> None:
    assert mends(failing(small("small"), longest="60")) == {("too-long", False): ("days", 60)}
    assert mends(failing(small("small"), longest="120")) == {("too-long", True): ("days", 121)}
    raised = failing(BY_POLICY["payment-terms"].text, min_prepayment="40%")
    assert {one.rule.id: str(one.mend and one.mend[1]) for one in raised} == {
        "prepayment-too-low": "0.4000",
        "high-risk-unsecured": "0.4000",
    }


def test_says_which_condition_is_not_met() -> None:
    [one] = failing(small("small"), longest="120")
    assert one.failing is not None
    assert (one.failing.name, one.actual) == ("days", 91)
