"""Who may do what: every role at every call, with what is theirs, another's, and not there at all ..."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.access import FRESH, FRESH_MINUTES, SCOPES, TABLE
from app.domain.people import SCOPES_OF, Person, Role, Scope
from app.domain.requests import Caller, DecisionRequest
from app.factory import create_app
from app.web.api.operations import OPERATIONS, Operation
from app.web.guard import calls
from app.web.limits import Limits
from tests import people
from tests.web.service import FACTS, ROOT, Service, serving, told

RIGHTS = Path(__file__).with_name("rights.txt").read_text("utf-8")
COLUMNS = (Role.SALES, Role.CREDIT_OFFICER, Role.FINANCE, Role.LEGAL, Role.AUDITOR, Role.ADMINISTRATOR)
NOWHERE = UUID("01a20051-00f2-7152-b6ef-edbc9b86c1d4")
OWNERSHIP = ("own", "assigned", "another's", "not there")
FROM_ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}
NEVER_ONESELF = ("changePerson", "setAuthority", "removeAuthority")
"""Nobody changes their own role or authority, whoever may change others'."""
UNREAD = (415, 422, 428)
"""What a call with a body answers before it looks for what the path names; it tells nothing of it."""


def by_hand() -> dict[str, tuple[dict[Role, str], str]]:
    """The table of rights as it was written by hand: reach by role, and the scope of a key."""
    lines = [line.split() for line in RIGHTS.splitlines() if line and not line.startswith("#")]
    return {name: (dict(zip(COLUMNS, reaches, strict=True)), key) for name, *reaches, key in lines}


GUARDED = [one for one in OPERATIONS if not one.open]


@dataclass
class Company:
    """A service with somebody in each role, and a decision of every ownership for each of them."""

    service: Service
    limits: Limits
    clock: list[datetime]
    staff: dict[Role, Person]
    decisions: dict[Role, dict[str, str]]
    keys: dict[str, str]

    def headers(self, role: Role) -> dict[str, str]:
        token = people.session(self.service.services, self.staff[role])
        return {**people.bearer(token), **FROM_ELSEWHERE, "Request-Id": "same"}

    def things(self, one: Operation, role: Role) -> dict[str, str]:
        """What may stand for ``{id}`` in a path, by ownership; ``nothing`` where it names no such thing."""
        if one.path.startswith("/v1/decisions/"):
            return {**self.decisions[role], "not there": str(NOWHERE)}
        if one.path.startswith("/v1/people/{id}") and one.path.count("{") == 1:
            another = self.staff[Role.LEGAL if role is not Role.LEGAL else Role.FINANCE]
            return {"own": str(self.staff[role].id), "another's": str(another.id), "not there": str(NOWHERE)}
        if one.path.startswith("/v1/keys/{id}"):
            return {"another's": self.keys["another's"], "not there": str(NOWHERE)}
        return {"nothing": str(self.staff[Role.SALES].id)}

    def ask(self, one: Operation, thing: str, headers: dict[str, str]) -> TestResponse:
        path = one.path.replace("{policy}", "payment-terms").replace("{id}", thing)
        path = re.sub(r"{[a-z]+}", "1.0.0", path)
        return self.service.client.open(path, method=one.method, headers=headers)


@pytest.fixture
def company(tmp_path: Path, database_url: str) -> Iterator[Company]:
    with at_work(tmp_path, database_url) as opened:
        yield opened


@contextmanager
def at_work(folder: Path, database_url: str | None = None) -> Iterator[Company]:
    clock = [datetime(2026, 11, 21, 12, tzinfo=UTC)]
    hours = count(0, 3600)
    limits = Limits(lambda: next(hours))  # so that nobody ever asks too often
    with serving(folder, database_url=database_url, now=lambda: clock[0], limits=limits) as service:
        services = service.services
        staff = {role: people.person(services, f"the-{role}", role) for role in Role}
        services.portfolios.assign(staff[Role.SALES].id, "C-assigned", by=None)

        def decided(by: Person, customer: str) -> str:
            request = DecisionRequest(FACTS, customer=customer, reference="SO-1")
            caller = Caller(str(by.id), str(by.role), may_give_any=True)
            return str(services.deciding.decide("payment-terms", request, caller).id)

        stranger = people.person(services, "a-stranger", Role.SALES)
        key = services.api_keys.create(stranger.id, "theirs", {Scope.READ}, by=None).key
        assigned, another = decided(stranger, "C-assigned"), decided(stranger, "C-other")
        decisions = {
            role: {"own": decided(one, "C-own"), "assigned": assigned, "another's": another}
            for role, one in staff.items()
        }
        for role in set(Role) - {Role.SALES}:  # nobody else has customers
            del decisions[role]["assigned"]
        yield Company(service, limits, clock, staff, decisions, {"another's": str(key.id)})


def told_apart(answer: TestResponse, thing: str) -> tuple[Any, ...]:
    """All that an answer tells, but for the name of the thing that was asked for."""
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, answer.text.replace(thing, "THING"), headers


def seen(answer: TestResponse) -> str:
    """What an answer comes to: not known, refused, absent or allowed."""
    return {401: "not known", 403: "refused", 404: "absent"}.get(answer.status_code, "allowed")


def test_is_written_down_by_hand_for_every_call() -> None:
    written = {
        str(action): ({role: str(reach) for role, reach in TABLE[action].items()}, str(SCOPES[action] or "-"))
        for action in TABLE
    }
    assert by_hand() == written
    assert set(by_hand()) == {one.id for one in GUARDED}


def test_is_as_written_for_every_role_at_every_call_and_every_ownership(company: Company) -> None:
    rights, combinations, wrong = by_hand(), 0, []
    for one in GUARDED:
        for role in Role:
            things, headers = company.things(one, role), company.headers(role)
            reach = rights[one.id][0][role]
            answers = {owner: company.ask(one, thing, headers) for owner, thing in things.items()}
            for owner, answer in answers.items():
                combinations += 1
                oneself = owner == "own" and one.id in NEVER_ONESELF and seen(answer) == "refused"
                fault = "" if oneself else _fault(reach, owner, answer, answers, things)
                if fault:
                    wrong.append(f"{role} {one.id} {owner}: {answer.status}, {fault}")
    assert "\n".join(wrong) == ""
    assert combinations >= 500


def _fault(
    reach: str, owner: str, answer: TestResponse, answers: dict[str, TestResponse], things: dict[str, str]
) -> str:
    """What is wrong with an answer; nothing where it is as the table says."""
    if reach == "none":
        return "" if seen(answer) == "refused" else "should be refused"
    if owner == "nothing":
        return "" if seen(answer) in ("allowed", "absent") else "should be allowed"
    if owner == "not there" or (reach == "own" and owner == "another's"):
        if seen(answer) != "absent" and answer.status_code not in UNREAD:
            return "should be absent"
        same = told_apart(answer, things[owner]) == told_apart(answers["not there"], things["not there"])
        return "" if same else "differs from what is not there"
    return "" if seen(answer) == "allowed" else "should be allowed"


def test_is_as_written_for_the_key_of_every_role_with_every_scope_at_every_call(tmp_path: Path) -> None:
    """On one database: what a key may is settled before anything but the key is read."""
    rights, combinations, wrong = by_hand(), 0, []
    with at_work(tmp_path) as company:
        services = company.service.services
        for role, owner in company.staff.items():
            for scope in sorted(SCOPES_OF[role]):
                headers = {**people.bearer(people.key(services, owner, [scope])), **FROM_ELSEWHERE}
                for one in GUARDED:
                    combinations += 1
                    reaches, needed = rights[one.id]
                    may = needed == scope and reaches[role] != "none"
                    answer = company.ask(one, str(NOWHERE), headers)
                    if (seen(answer) == "refused") == may or seen(answer) == "not known":
                        wrong.append(f"{role} with {scope} at {one.id}: {answer.status_code}")
    assert wrong == []
    assert combinations >= 500


def test_reaches_into_the_search_and_no_further(company: Company) -> None:
    def found(role: Role, **query: str) -> set[str]:
        answer = company.service.client.get(
            "/v1/decisions", query_string=query, headers=company.headers(role)
        )
        return {one["id"] for one in told(answer)["decisions"]}

    theirs = company.decisions[Role.SALES]
    assert found(Role.SALES) == {theirs["own"], theirs["assigned"]}
    assert found(Role.SALES, customer="C-other") == set()
    assert found(Role.SALES, requested_by="a-stranger") == {theirs["assigned"]}
    for role in (Role.CREDIT_OFFICER, Role.FINANCE, Role.LEGAL, Role.AUDITOR):
        assert found(role) == {id for some in company.decisions.values() for id in some.values()}


def test_is_checked_for_customers_before_a_simulation_of_sales(company: Company) -> None:
    asked = {"order_amount": "10000.00", "requested_net_days": 120, "prepayment": "0.10"}

    def simulated(role: Role, **envelope: Any) -> TestResponse:
        body = json.dumps({"facts": asked, **envelope}).encode()
        path = "/v1/policies/payment-terms/simulations"
        return company.service.post(path, body, headers=company.headers(role))

    assert simulated(Role.SALES).status_code == 422
    answers = [simulated(Role.SALES, customer=one) for one in ("C-other", "C-own", "C-nobody")]
    assert [one.status_code for one in answers] == [403, 403, 403]
    assert len({one.data for one in answers}) == 1
    assert simulated(Role.SALES, customer="C-assigned").status_code == 422  # facts are missing
    for member in ({"version": "1.0.0"}, {"ruleset_as_of": "2026-11-21"}):
        assert simulated(Role.SALES, customer="C-assigned", **member).status_code == 403
        assert simulated(Role.AUDITOR, **member).status_code in (404, 409, 422)


def test_asks_for_a_fresh_sign_in_where_much_is_at_stake(company: Company) -> None:
    fresh = [one for one in GUARDED if one.id in FRESH]
    sessions = {role: company.headers(role) for role in Role}
    company.clock[0] += timedelta(minutes=FRESH_MINUTES, seconds=1)
    for one in fresh:
        for role in Role:
            if by_hand()[one.id][0][role] == "none":
                continue
            answer = company.ask(one, str(NOWHERE), sessions[role])
            assert answer.status_code == 403, one.id
            assert told(answer)["errors"][0]["code"] == "sign-in-again"


def test_stops_a_route_that_nobody_spoke_of() -> None:
    app = Flask("strange", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.add_url_rule("/v1/strange", "strange", lambda: "")
    with pytest.raises(RuntimeError, match="/v1/strange has no operation"):
        calls(app, OPERATIONS)
    (known,) = (one for one in OPERATIONS if one.id == "listPolicies")
    with pytest.raises(RuntimeError, match="strange is no action"):
        calls(app, [replace(known, id="strange", call="GET /v1/strange")])


def test_says_nothing_to_strangers(company: Company) -> None:
    client = company.service.client
    nobody = {"Authorization": ""}
    for method, path, status in (
        ("OPTIONS", "/v1/decisions", 405),
        ("HEAD", f"/v1/decisions/{NOWHERE}", 401),
        ("HEAD", f"/v1/decisions/{company.decisions[Role.SALES]['own']}", 401),
        ("GET", "/v1/strange", 404),
        ("PUT", "/v1/decisions", 405),
    ):
        assert client.open(path, method=method, headers=nobody).status_code == status
    mine, none = (
        told_apart(client.get(f"/v1/decisions/{id}", headers={**nobody, "Request-Id": "same"}), id)
        for id in (company.decisions[Role.SALES]["own"], str(NOWHERE))
    )
    assert mine == none


def test_is_switched_off_by_no_setting_and_no_command() -> None:
    speaking = {
        str(path.relative_to(ROOT))
        for folder in ("app", "schemas")
        for path in (ROOT / folder).rglob("*.py")
        if "everyone_is" in path.read_text("utf-8")
    }
    assert speaking == {"app/factory.py", "app/web/guard.py"}
    assert "everyone_is" not in inspect.getsource(create_app)
