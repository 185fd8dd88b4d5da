"""The feed of events ..."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from app.domain.people import Role
from app.domain.requests import Caller, DecisionRequest
from app.services.assembly import Services
from app.services.log.following import Following
from tests import people
from tests.referred import REFERRED, UNGRADED, holder, referred, settle, signed_in
from tests.web.service import FACTS, Service, new_version, serving, told

PATIENCE = 20


def feed(service: Service, headers=None, **query):
    """The feed as somebody reads it, everything that was written having its place."""
    service.services.sequencer.drain()
    answer = service.client.get("/v1/events", query_string=query, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return told(answer)


def ids(found, kind: str) -> list[str]:
    """The ids of the events of one kind."""
    return [one["id"] for one in found["events"] if one["kind"] == kind]


@pytest.fixture
def desk(tmp_path):
    """A service whose every entry gets its place when a test asks for the feed."""
    with serving(tmp_path, REFERRED) as service:
        yield service


def test_tells_decisions_resolutions_and_what_answers_in_order(desk: Service, tmp_path) -> None:
    boss = signed_in(desk, holder(desk, "boss"))
    start = feed(desk)
    assert [(one["kind"], one["state"]) for one in start["events"]] == [("ruleset", "active")]
    decided = told(desk.decide())["id"]
    waiting = referred(desk)
    settled = told(settle(desk, waiting, boss))["id"]
    desk.publish(new_version(REFERRED, "1.1.0"), tmp_path / "rulesets")
    found = feed(desk, after=start["next"])
    assert [(one["kind"], one["id"]) for one in found["events"][:3]] == [
        ("decision", decided),
        ("decision", waiting),
        ("resolution", settled),
    ]
    first, second, third, fourth = found["events"]
    assert (first["outcome"], first["referred"]) == ("counter", False)
    assert (second["outcome"], second["outcome_kind"], second["referred"]) == ("refer", "referral", True)
    assert (third["decision"], third["outcome"], third["version"]) == (waiting, "offer", "1.0.0")
    assert (fourth["kind"], fourth["version"], fourth["state"]) == ("ruleset", "1.1.0", "active")
    positions = [one["position"] for one in found["events"]]
    assert positions == sorted(positions)
    assert feed(desk, after=found["next"]) == {"events": [], "next": found["next"]}


def test_goes_on_where_it_ended(desk: Service) -> None:
    made = [told(desk.decide())["id"] for _ in range(5)]
    after, seen = 0, []
    while (page := feed(desk, after=after, limit=2))["events"]:
        assert len(page["events"]) <= 2
        seen += ids(page, "decision")
        after = page["next"]
    assert seen == made


def test_says_nothing_of_what_has_no_place_yet(desk: Service) -> None:
    start = feed(desk)["next"]
    desk.decide()
    assert told(desk.client.get("/v1/events", query_string={"after": start}))["events"] == []
    assert len(feed(desk, after=start)["events"]) == 1


def test_shows_sales_what_is_theirs(desk: Service) -> None:
    seller = people.person(desk.services, "seller", Role.SALES)
    desk.services.portfolios.assign(seller.id, "C-7", by=None)
    theirs, others = referred(desk, customer="C-7"), referred(desk, customer="C-8")
    boss = signed_in(desk, holder(desk, "boss"))
    settled = told(settle(desk, theirs, boss))["id"]
    settle(desk, others, boss)
    found = feed(desk, signed_in(desk, seller))
    assert (ids(found, "decision"), ids(found, "resolution")) == ([theirs], [settled])
    assert len(ids(found, "ruleset")) == 1
    assert found["next"] == feed(desk)["next"]
    assert desk.client.get("/v1/events", headers=desk.as_role(Role.ADMINISTRATOR)).status_code == 403


@pytest.mark.parametrize(
    "query",
    [{"after": "x"}, {"after": "-1"}, {"limit": "0"}, {"limit": "1001"}, {"wait": "26"}, {"since": "1"}],
)
def test_refuses_what_it_cannot_read(desk: Service, query) -> None:
    assert desk.client.get("/v1/events", query_string=query).status_code == 422


def test_refuses_a_position_that_this_log_has_not_reached(desk: Service) -> None:
    answer = desk.client.get("/v1/events", query_string={"after": 1000})
    assert answer.status_code == 422
    assert "this log has reached" in answer.text


def test_waits_for_the_next_event(desk: Service) -> None:
    start = feed(desk)["next"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(desk.services.following.feed, start, 100, wait=PATIENCE)
        made = told(desk.decide())["id"]
        desk.services.sequencer.drain()
        assert [str(one.id) for one in waiting.result(PATIENCE).events] == [made]


def test_keeps_few_waiting_and_answers_the_others_at_once(desk: Service) -> None:
    following = Following(desk.services.store.events, most_waiting=1)
    start = feed(desk)["next"]
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(following.feed, start, 100, wait=PATIENCE)
        while following._places._value:  # until it has taken the only place
            assert not first.done()
        assert following.feed(start, 100, wait=PATIENCE).events == ()
        assert not first.done()
        following.close()
        assert first.result(PATIENCE).events == ()


def test_never_misses_an_event_whoever_writes_and_whenever_it_is_committed(
    tmp_path, database_url, keys_url
) -> None:
    """Two services on PostgreSQL, one on SQLite; eight threads decide while one follows from the start."""
    on_sqlite = database_url.startswith("sqlite")
    with ExitStack() as stack:
        services = [
            stack.enter_context(serving(tmp_path, REFERRED, database_url=database_url)).services
            for _ in range(1 if on_sqlite else 2)
        ]
        made: list[str] = []
        ended = threading.Event()

        def decide(place: int) -> None:
            mine = services[place % len(services)]
            made.extend(decided(mine, FACTS if step % 3 else UNGRADED) for step in range(12))

        def sequence() -> None:
            while not ended.is_set():
                services[0].sequencer.drain()
            services[0].sequencer.drain()

        def follow() -> list[str]:
            seen, after = [], 0
            while True:
                last = ended.is_set() and sequencing.done()
                found = services[-1].following.feed(after, 7)
                seen += [str(one.id) for one in found.events if one.kind == "decision"]
                if last and not found.events:
                    return seen
                after = found.next

        with ThreadPoolExecutor(10) as pool:
            sequencing = pool.submit(sequence)
            following = pool.submit(follow)
            for one in [pool.submit(decide, place) for place in range(8)]:
                one.result(60)
            ended.set()
            sequencing.result(60)
            seen = following.result(60)
        assert len(made) == 96
        assert sorted(seen) == sorted(made)


def decided(services: Services, facts: Any) -> str:
    """The id of a decision that the shell's operator asked for."""
    caller = Caller("operator", "credit-officer", may_give_any=True)
    return str(services.deciding.decide("payment-terms", DecisionRequest(facts), caller).id)
