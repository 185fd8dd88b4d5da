"""Asking with a key ..."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.people import Role, Scope
from tests import people
from tests.web.service import (
    BATCH,
    EXAMPLE,
    FACTS,
    NOON,
    SIMULATIONS,
    Service,
    faults,
    new_version,
    serving,
    told,
)

DECIDE = {Scope.DECIDE, Scope.READ}


def keyed(service: Service, *more: Scope, role: Role = Role.CREDIT_OFFICER) -> dict[str, str]:
    owner = people.person(service.services, f"owner-{role}", role)
    return people.bearer(people.key(service.services, owner, DECIDE | set(more)))


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in told(answer)["errors"]]


def test_on_behalf_of_somebody_makes_it_theirs_and_names_the_owner(everywhere: Service) -> None:
    rep = people.person(everywhere.services, "rep", Role.SALES)
    made = everywhere.decide(on_behalf_of="rep", customer="C-1")
    assert made.status_code == 201
    whole = told(everywhere.get(made.headers["Location"]))
    assert (whole["requested_by"], whole["role"]) == (str(rep.id), "sales")
    assert whole["asked_by"] == str(everywhere.officer.id)
    (stored,) = everywhere.services.store.finding.search(everywhere_filter()).decisions
    hashes = everywhere.services.recorder._vault.pseudonyms
    assert stored.index.requester == hashes.actor(str(rep.id))
    assert stored.index.asked_by == hashes.actor(str(everywhere.officer.id))
    actor = json.loads(stored.entry.leaf)["clear"]["actor"]
    assert actor == hashes.actor(str(everywhere.officer.id)).hex()
    theirs = everywhere.client.get("/v1/decisions", headers=everywhere.as_role(Role.SALES, "rep"))
    assert [one["id"] for one in told(theirs)["decisions"]] == [whole["id"]]


def everywhere_filter() -> Any:
    from app.domain.sealed import DecisionFilter

    return DecisionFilter()


def test_on_behalf_of_somebody_takes_a_scope_of_its_own(shared: Service) -> None:
    people.person(shared.services, "rep", Role.SALES)
    answer = shared.decide(on_behalf_of="rep", headers=keyed(shared, Scope.FILE))
    assert (answer.status_code, codes(answer)) == (403, ["decide:on-behalf"])
    person = shared.decide(on_behalf_of="rep", headers=shared.as_role(Role.CREDIT_OFFICER))
    assert (person.status_code, codes(person)) == (403, ["decide:on-behalf"])


@pytest.mark.parametrize("nobody", ["nobody", "01a20051-00f2-7152-b6ef-edbc9b86c1d4", "gone"])
def test_on_behalf_of_nobody_is_refused(shared: Service, nobody: str) -> None:
    services = shared.services
    gone = people.person(services, "gone", Role.SALES)
    if gone.active:
        services.people.change(gone.id, gone.revision, active=False, by=None)
    assert set(faults(shared.decide(on_behalf_of=nobody))) == {"/on_behalf_of"}


def test_on_behalf_of_somebody_who_may_not_is_refused(shared: Service) -> None:
    people.person(shared.services, "controller", Role.AUDITOR)
    assert shared.decide(on_behalf_of="controller").status_code == 403


def test_checks_facts_against_the_role_of_the_person(shared: Service) -> None:
    people.person(shared.services, "rep", Role.SALES)
    answer = shared.decide(on_behalf_of="rep", headers=keyed(shared, Scope.ON_BEHALF))
    assert set(faults(answer)) == {"/facts/grade", "/facts/credit_limit", "/facts/exposure"}
    with_file = keyed(shared, Scope.ON_BEHALF, Scope.FILE)
    assert shared.decide(on_behalf_of="rep", headers=with_file).status_code == 201


@pytest.mark.parametrize("role", Role)
def test_lets_each_role_give_its_own_facts_and_the_file_those_of_the_file(
    shared: Service, role: Role
) -> None:
    """Through the service, as not every role may decide: what a role may give is the ruleset's to say."""
    from app.domain.errors import Invalid
    from app.domain.requests import Caller, DecisionRequest

    ruleset = shared.services.policies.in_force("payment-terms", datetime.now(UTC)).ruleset
    closed = {name for name, one in ruleset.facts.items() if one.given_by and role not in one.given_by}
    with_file = {name for name in closed if "file" not in ruleset.facts[name].given_by}
    for caller, refused in (
        (Caller("one", str(role)), closed),
        (Caller("one", str(role), gives_file=True), with_file),
    ):
        found: set[str] = set()
        try:
            shared.services.deciding.decide("payment-terms", DecisionRequest(FACTS), caller)
        except Invalid as error:
            found = {one.pointer.removeprefix("/facts/") for one in error.problems}
        assert found == refused & set(FACTS)


@pytest.mark.parametrize("role", [Role.CREDIT_OFFICER, Role.FINANCE])
def test_as_of_another_day_takes_a_key_with_the_scope(tmp_path: Path, role: Role) -> None:
    with serving(tmp_path, now=lambda: NOON) as service:
        headers = keyed(service, Scope.BACKDATE, role=role)
        facts = {"order_amount": "1.00", "requested_net_days": 30, "prepayment": "0.10"}
        for day in ("2026-11-20", "2026-11-22"):
            for refused in (keyed(service, role=role), service.as_role(role, f"owner-{role}")):
                answer = service.decide(facts, as_of=day, headers=refused)
                assert (answer.status_code, codes(answer)) == (403, ["decide:backdate"])
            assert service.decide(facts, as_of=day, headers=headers).status_code == 422  # facts are missing
        today = service.decide(facts, as_of="2026-11-21", headers=service.as_role(role))
        assert today.status_code == 422
        line = json.dumps({"facts": FACTS, "as_of": "2026-11-20"}).encode()
        answer = service.client.post(
            BATCH, data=line * 1, content_type="application/x-ndjson", headers=keyed(service, role=role)
        )
        assert told(answer)["problem"]["status"] == 403


def test_simulates_the_rules_of_a_day_or_a_version(tmp_path: Path) -> None:
    clock = [NOON]
    with serving(tmp_path, now=lambda: clock[0]) as service:
        clock[0] = NOON.replace(hour=14)
        stricter = new_version(EXAMPLE, "1.1.0", ("value: 90", "value: 45"), ("net_days: 90", "net_days: 45"))
        service.publish(stricter, tmp_path / "rulesets")
        clock[0] = NOON.replace(hour=15)

        def simulated(**envelope: Any) -> Any:
            return service.post(SIMULATIONS, json.dumps({"facts": FACTS, **envelope}).encode())

        versions = {
            at: told(simulated(ruleset_as_of=at))["ruleset"]["version"]
            for at in ("2026-11-21T13:00", "2026-11-21T14:30:00Z", "2026-11-22")
        }
        assert list(versions.values()) == ["1.0.0", "1.1.0", "1.1.0"]
        assert simulated(ruleset_as_of="2026-11-20").status_code == 409
        assert set(faults(simulated(ruleset_as_of="noon"))) == {"/ruleset_as_of"}
        both = simulated(ruleset_as_of="2026-11-22", version="1.0.0")
        assert set(faults(both)) == {"/ruleset_as_of"}
        assert set(faults(service.decide(ruleset_as_of="2026-11-22"))) == {"/ruleset_as_of"}


@pytest.mark.parametrize(
    ("role", "status"), [(Role.CREDIT_OFFICER, 200), (Role.AUDITOR, 200), (Role.SALES, 422)]
)
def test_lets_who_reads_rulesets_try_them_on_any_facts(shared: Service, role: Role, status: int) -> None:
    person = people.person(shared.services, f"trying-{role}", role)
    if role is Role.SALES:
        shared.services.portfolios.assign(person.id, "C-77", by=None)
    who = people.bearer(people.session(shared.services, person))
    body = json.dumps({"facts": FACTS, "customer": "C-77"}).encode()
    answer = shared.client.post(SIMULATIONS, data=body, content_type="application/json", headers=who)
    assert answer.status_code == status
    if status != 200:
        assert {"/facts/exposure"} <= set(faults(answer))


@pytest.mark.parametrize(
    "member", ["role", "requested_by", "asked_by", "outcome", "id", "decided_at", "view"]
)
def test_takes_no_member_that_is_not_asked_for(shared: Service, member: str) -> None:
    assert f"/{member}" in faults(shared.decide(**{member: "x"}))
