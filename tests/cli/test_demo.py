"""The demonstration that ``make run`` serves: made from the rulesets alone, loaded once."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from app.analysis.variations import Variations
from app.cli import demo
from app.cli.opening import OPERATOR
from app.domain.evaluation import Plan
from app.engine.agreement import Engine
from app.services.recording import Wanted
from schemas.facts import FactReader
from schemas.json_values import json_values
from schemas.ruleset import load
from tests.cli.shell import RULESETS

TODAY = date(2026, 11, 21)
RULESET = load((RULESETS / "reminders" / "1.0.0.yaml").read_bytes())


def test_a_fresh_store_gets_rulesets_and_a_portfolio_and_a_second_start_adds_nothing(empty_shell) -> None:
    assert empty_shell.run("rulesets", "list").code == 2
    empty_shell.run("rulesets", "sync", "--bootstrap")
    with empty_shell.services(writing=True) as services:
        people, told, books, work = list(demo.load(services, OPERATOR))
        assert people == "Demo people: 7, one in each role and a second officer"
        assert told == "Demo portfolio: 240 made-up decisions on customers C-1001 to C-1080"
        assert books.startswith("Demo books: 24 customers on file, ")
        assert "waits for approval" in work
        today = services.customers.filing.today()
        report = services.receivables.reporting.report(today)
        assert report.customers == 24
        assert {one.name for one in report.figures if one.value is None} == set()
        found = services.auditing.search(Wanted(), after=None, limit=1000).decisions
        assert len(found) == 240
        assert {one["outcome"] for one in found} == {"none", "act", "refer"}
        today = services.deciding.now().date()
        days = {date.fromisoformat(one["as_of"]) for one in found}
        assert today - timedelta(92) < min(days) <= max(days) <= today
        assert list(demo.load(services, OPERATOR)) == []
        suggested = demo.suggestion(services, "http://127.0.0.1:8000")
    assert '"due_date":' in suggested
    assert "http://127.0.0.1:8000/v1/policies/reminders/decisions" in suggested
    assert "TERMWISE_KEY=" not in suggested


def test_equal_days_give_equal_requests_within_the_bounds_of_the_facts() -> None:
    first, second = (demo.requests(RULESET, TODAY, 200) for _ in range(2))
    assert first == second
    reader = FactReader(RULESET)
    for request in first:
        reader.read(request.facts)
    assert [one.as_of for one in first] == sorted(one.as_of for one in first if one.as_of)
    assert len({one.customer for one in first}) > 40


def test_variations_come_to_both_sides_of_every_threshold() -> None:
    variations = Variations(RULESET, Random(1))
    plan = Plan(RULESET)
    effective: set[str] = set()
    with Engine(RULESET) as engine:
        for _ in range(400):
            facts = variations.far(TODAY)
            FactReader(RULESET).read(
                {name: one for name, one in json_values(facts).items() if one is not None}
            )
            evaluation = plan.evaluate(engine.matcher, facts, TODAY)
            effective |= {one.rule.id for one in evaluation.fired if one.effective}
    assert len(effective) == RULESET.rule_count
