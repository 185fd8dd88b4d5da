"""Ways forward from twenty refused or referred decisions of the demonstration, asked for as they say ..."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.analysis.alternatives.ladders import Ladder, ladders
from app.analysis.search.reading import Reading
from app.cli import demo
from app.cli.opening import OPERATOR
from app.domain.declarations import OutcomeKind
from app.domain.requests import DecisionRequest
from app.domain.values import Value
from app.domain.ways_forward import Way, WaysForward
from app.services.assembly import Services, open_services
from app.services.decisions.alternatives import changeable
from app.services.decisions.deciding import Answer, Item
from schemas.json_values import json_values
from tests.small_rulesets import LABEL, ruleset
from tests.web.service import NOON, ROOT, settings_for

POLICIES = ("payment-terms", "credit-approval", "insurance-advice")
EACH = demo.DECISIONS // len(POLICIES)
TWENTY = 20
REFUSED = (OutcomeKind.ADVERSE, OutcomeKind.REFERRAL, OutcomeKind.INCOMPLETE)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("ways")
    for policy in POLICIES:
        shutil.copytree(ROOT / "rulesets" / policy, folder / "rulesets" / policy)
    shutil.copy(ROOT / "rulesets" / "PUBLISHED", folder / "rulesets")
    with open_services(settings_for(folder), migrate=True, now=lambda: NOON) as opened:
        opened.publishing.synchronise(folder / "rulesets", OPERATOR.name, bootstrap=True)
        yield opened


@pytest.fixture(scope="module")
def twenty(services: Services) -> list[WaysForward]:
    """What is found for twenty of them, as many of every policy as there are."""
    found: list[list[WaysForward]] = []
    for policy in POLICIES:
        rules = services.policies.in_force(policy, NOON).ruleset
        items = [Item(one) for one in demo.requests(rules, NOON.date(), EACH)]
        made = list(services.deciding.decide_many(policy, items, OPERATOR))
        assert all(isinstance(one, Answer) for one in made)
        refused = [one for one in made if isinstance(one, Answer) and one.body["outcome_kind"] in REFUSED]
        found.append([services.alternatives.of(id_of(one)) for one in refused[:TWENTY]])
    in_turn = [one[place] for place in range(TWENTY) for one in found if place < len(one)]
    assert len(in_turn) >= TWENTY
    return in_turn[:TWENTY]


def id_of(answer: Answer) -> UUID:
    assert answer.id is not None
    return answer.id


def asked(services: Services, found: WaysForward, changes: dict[str, Value]) -> dict[str, Any]:
    """What is decided when the changes are asked for."""
    facts = json_values({**found.unchanged.facts, **changes})
    request = DecisionRequest(
        {name: value for name, value in facts.items() if value is not None}, as_of=found.unchanged.as_of
    )
    return services.deciding.decide(found.ruleset.policy, request, OPERATOR).body


def test_give_the_milder_outcome_and_the_outputs_that_were_told(
    services: Services, twenty: list[WaysForward]
) -> None:
    applied = 0
    for found in twenty:
        severities = found.ruleset.severities
        for way in found.ways:
            body = asked(services, found, {one.fact.name: one.after for one in way.changes})
            assert body["outcome"] == way.evaluation.outcome
            assert body["outputs"] == {**body["outputs"], **json_values(way.evaluation.outputs)}
            assert severities[body["outcome"]] < severities[found.decided]
            applied += 1
    assert applied >= len([one for one in twenty if one.ways]) >= TWENTY // 4


def test_do_not_give_it_with_one_step_less(services: Services, twenty: list[WaysForward]) -> None:
    for found in twenty:
        severities, climb = found.ruleset.severities, climbing(found)
        for way in found.ways:
            for less in one_step_less(way, climb):
                assert (
                    severities[asked(services, found, less)["outcome"]] > severities[way.evaluation.outcome]
                )


def test_are_there_wherever_one_can_be(services: Services, twenty: list[WaysForward]) -> None:
    """Where none is found none is met by chance, either."""
    chance = Random(20260115)
    none = [one for one in twenty if not one.ways]
    assert none
    for found in none:
        assert found.settled
        severities, climb = found.ruleset.severities, climbing(found)
        for _ in range(5):
            changes = {name: one.value(chance.randint(0, min(one.rungs, 50))) for name, one in climb.items()}
            assert severities[asked(services, found, changes)["outcome"]] >= severities[found.decided]


def climbing(found: WaysForward) -> dict[str, Ladder]:
    reading = Reading(found.ruleset)
    return {one.spec.name: one for one in ladders(reading, found.unchanged.facts, found.changeable)}


def one_step_less(way: Way, climb: dict[str, Ladder]) -> Iterator[dict[str, Value]]:
    """The changes of a way with one of them taken back by a rung."""
    changes = {one.fact.name: one.after for one in way.changes}
    for name, after in changes.items():
        ladder = climb[name]
        rung = next(rung for rung in range(1, ladder.rungs + 1) if ladder.value(rung) == after)
        yield {**changes, name: ladder.value(rung - 1)}


def test_are_of_what_the_requester_may_give_and_nobody_looked_up() -> None:
    anyone, up = "changeable: {direction: down, step: 10.00}", "changeable: {direction: up}"
    facts = f"""
      amount: {{type: money, min: 0, {anyone}}}
      secured: {{type: yes_no, given_by: [credit-officer], unknown: allowed, {up}}}
      called: {{type: yes_no, unknown: allowed, {up}, recall: {{output: call, by: reference}}}}
      limit: {{type: money, min: 0}}
    """
    outputs = "call: {type: yes_no, combine: last}"
    steps = "- {formula: limited, type: money, expression: limit, " + LABEL + "}"
    made = ruleset(steps, facts=facts, outputs=outputs, baseline="amount: 1\nlimit: 1")
    assert changeable(made, "sales") == ("amount", "called")
    assert changeable(made, "credit-officer", ["called"]) == ("amount", "secured")
