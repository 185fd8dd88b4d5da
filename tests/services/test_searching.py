"""The log is searched by what its entries say, whose they are and who did it, and always by an index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, NotFound
from app.domain.keeping import EVERY_POLICY, Reason
from app.domain.people import Role
from app.services.assembly import Services
from app.services.log import searching
from app.services.log.sought import Sought, clear_of
from tests import people
from tests.referred import LONG, POLICY, REFERRED, UNGRADED, WORST, holder, referred, settle, signed_in
from tests.web.service import SIMULATIONS, Service, new_version, serving

OTHER = new_version(REFERRED, "1.0.0", ("policy: payment-terms", "policy: other-terms"))


@pytest.fixture
def filled(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """A service with entries of most kinds, about several customers, by several people."""
    with serving(tmp_path, REFERRED, OTHER, database_url=database_url) as service:
        services = service.services
        second = people.person(services, "second")
        header = people.bearer(people.key(services, second))
        service.decide(customer="C-1", reference="SO-1")
        service.decide(customer="C-1", reference="SO-2", headers=header)
        service.decide(customer="C-2", reference="SO-1", policy="other-terms")
        service.decide(WORST, customer="C-2")
        body = json.dumps({"facts": UNGRADED, "customer": "C-1"}).encode()
        assert service.post(SIMULATIONS, body).status_code == 200
        settler = holder(service, "settler")
        open_one, header_of_settler = referred(service, LONG, customer="C-1"), signed_in(service, settler)
        assert settle(service, open_one, header_of_settler, note="for now").status_code == 201
        services.keeping.holds.place("C-1", "a law suit", by=None)
        services.keeping.retention.set(EVERY_POLICY, 24, "the law", by=None)
        boss = people.person(services, "boss", Role.ADMINISTRATOR)
        assert service.decide(headers=header, on_behalf_of="officer", customer="C-3").status_code == 201
        assert boss.active
        services.sequencer.drain()
        yield service


def every(services: Services) -> list[searching.Listed]:
    """The whole log, in the order in which entries were made."""
    page = services.entries.page(Sought(), 1000)
    return sorted(page.entries, key=lambda one: one.placed.id)


def found(services: Services, sought: Sought, limit: int = 1000, newest: bool = False) -> list[UUID]:
    """What a search finds, page by page."""
    ids: list[UUID] = []
    after = None
    while True:
        page = services.entries.page(sought, limit, after=after, newest=newest)
        ids += [one.placed.id for one in page.entries]
        assert len(page.entries) <= limit
        if page.next is None:
            return ids
        after = page.next


def clear(one: searching.Listed, name: str) -> Any:
    """What a leaf says in the clear."""
    return clear_of(one.placed).get(name)


def of_kind(one: searching.Listed, *kinds: str) -> bool:
    """Whether an entry is of one of these kinds."""
    return one.placed.entry is not None and one.placed.entry.kind in kinds


class Looks:
    """Looks at one entry at a time, sealed part and all: slow, and plainly right."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def says(self, **words: str) -> Callable[[searching.Listed], bool]:
        return lambda one: all(clear(one, name) == word for name, word in words.items())

    def holds(self, rule: str) -> Callable[[searching.Listed], bool]:
        return lambda one: rule in (clear(one, "held") or ())

    def gives(self, reason: str) -> Callable[[searching.Listed], bool]:
        def gives(one: searching.Listed) -> bool:
            if of_kind(one, "decision"):
                return reason in [code for code, _ in self._sealed(one)["reasons"]]
            return bool(clear(one, "reason") == reason)

        return gives

    def about(self, customer: str) -> Callable[[searching.Listed], bool]:
        def about(one: searching.Listed) -> bool:
            if of_kind(one, "decision", "simulation", "hold"):
                return bool(self._sealed(one)["customer"] == customer)
            return of_kind(one, "resolution") and customer == "C-1"

        return about

    def named(self, reference: str) -> Callable[[searching.Listed], bool]:
        return lambda one: of_kind(one, "decision") and self._sealed(one)["reference"] == reference

    def done_by(self, person: str) -> Callable[[searching.Listed], bool]:
        def done(one: searching.Listed) -> bool:
            return one.by == person or (
                of_kind(one, "decision") and self._sealed(one)["requested_by"] == person
            )

        return done

    def between(self, since: datetime, until: datetime) -> Callable[[searching.Listed], bool]:
        return lambda one: one.placed.entry is not None and since <= one.placed.entry.at < until

    def placed(self, first: int, end: int) -> Callable[[searching.Listed], bool]:
        return lambda one: first <= one.placed.place < end

    def kind(self, kind: str) -> Callable[[searching.Listed], bool]:
        return lambda one: of_kind(one, kind)

    def _sealed(self, one: searching.Listed) -> Any:
        entry = one.placed.entry
        assert entry is not None
        return json.loads(self._services.recorder.unsealed(entry))


def test_each_filter_finds_what_a_look_at_every_entry_finds(filled, monkeypatch):
    monkeypatch.setattr(searching, "AT_ONCE", 7)
    services, log = filled.services, every(filled.services)
    looks, ids = Looks(services), [str(services.people.find(one).id) for one in ("officer", "second")]
    officer, second = ids
    times = [one.placed.entry.at for one in log if one.placed.entry is not None]
    begin, middle, end = (times[place] for place in (0, len(log) // 2, -1))
    rule = next(clear(one, "held")[0] for one in log if clear(one, "held"))
    of_policy, late = looks.says(policy=POLICY), end + timedelta(days=1)
    for sought, *tests in (
        (Sought(),),
        (Sought(policy=POLICY), of_policy),
        (Sought(policy=POLICY, version="1.0.0"), of_policy, looks.says(version="1.0.0")),
        (Sought(policy=POLICY, outcome="refuse"), of_policy, looks.says(outcome="refuse")),
        (Sought(policy=POLICY, rule=rule), of_policy, looks.holds(rule)),
        (Sought(policy=POLICY, reason="WORST_GRADE"), of_policy, looks.gives("WORST_GRADE")),
        (Sought(policy=POLICY, reason="RISK_TAKEN"), of_policy, looks.gives("RISK_TAKEN")),
        (Sought(customer="C-1"), looks.about("C-1")),
        (Sought(customer="C-2", policy="other-terms"), looks.about("C-2"), looks.says(policy="other-terms")),
        (Sought(reference="SO-1"), looks.named("SO-1")),
        (Sought(person=officer), looks.done_by(officer)),
        (Sought(person=second), looks.done_by(second)),
        (
            Sought(person="operator", kind=EntryKind.RULESET_STATE),
            looks.done_by("operator"),
            looks.kind("ruleset-state"),
        ),
        (Sought(kind=EntryKind.DECISION), looks.kind("decision")),
        (Sought(kind=EntryKind.DECISION, customer="C-1"), looks.kind("decision"), looks.about("C-1")),
        (
            Sought(kind=EntryKind.SIMULATION, outcome="refer"),
            looks.kind("simulation"),
            looks.says(outcome="refer"),
        ),
        (Sought(since=middle), looks.between(middle, late)),
        (Sought(until=end, outcome="counter"), looks.between(begin, end), looks.says(outcome="counter")),
        (Sought(until=end, person=second), looks.between(begin, end), looks.done_by(second)),
        (Sought(first=3, end=9), looks.placed(3, 9)),
        (Sought(first=3, policy=POLICY), looks.placed(3, 999), of_policy),
        (Sought(end=99, outcome="counter"), looks.placed(0, 99), looks.says(outcome="counter")),
        (Sought(id=log[5].placed.id), lambda one: one is log[5]),
    ):
        expected = [one.placed.id for one in log if all(test(one) for test in tests)]
        assert expected, sought
        for limit, newest in ((3, False), (2, True), (1000, False)):
            assert found(services, sought, limit, newest) == expected[:: -1 if newest else 1], (sought, limit)
    for sought in (
        Sought(id=log[5].placed.id, kind=EntryKind.LOG_KEY),
        Sought(policy="nothing"),
        Sought(customer="nobody"),
        Sought(person="nobody"),
    ):
        assert found(services, sought) == []


def test_an_erased_customer_is_found_by_decisions_only(filled):
    services = filled.services
    services.keeping.holds.release("C-1", "it ended", by=None)
    services.sequencer.drain()
    before = found(services, Sought(customer="C-1"))
    decided = found(services, Sought(customer="C-1", kind=EntryKind.DECISION))
    services.keeping.erasing.erase("C-1", Reason.SUBJECT_REQUEST, None, by=None)
    services.sequencer.drain()
    assert found(services, Sought(customer="C-1")) == decided
    assert set(decided) < set(before)


@pytest.mark.parametrize("name", ["version", "outcome", "rule", "reason"])
def test_a_word_of_a_policy_alone_is_refused_by_its_name(name):
    word: dict[str, Any] = {name: "x"}
    further: tuple[dict[str, Any], ...] = ({"kind": EntryKind.RESOLUTION}, {"policy": "y"}, {"first": 0})
    for kind in (None, EntryKind.DECISION):
        with pytest.raises(Invalid) as refused:
            Sought(kind=kind, **word).check()
        assert f"`{name}` alone would read the whole log" in refused.value.problems[0].message
    for more in further:
        Sought(**word, **more).check()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_entry_that_is_gone_is_told(filled, database_url):
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("DROP TRIGGER entry_no_delete")
        connection.execute("DELETE FROM entry WHERE id = (SELECT id FROM place WHERE place = 2)")
    with pytest.raises(NotFound, match="audit verify"):
        filled.services.entries.page(Sought(), 100)


FILTERS = [
    Sought(),
    Sought(id=UUID(int=7)),
    Sought(kind=EntryKind.DECISION),
    Sought(kind=EntryKind.SIGN_IN),
    Sought(policy=POLICY),
    Sought(policy=POLICY, version="1.0.0"),
    Sought(policy=POLICY, outcome="refuse"),
    Sought(policy=POLICY, rule="a/b"),
    Sought(policy=POLICY, reason="X"),
    Sought(customer="C-1"),
    Sought(reference="SO-1"),
    Sought(person="operator"),
    Sought(first=3, end=9),
]


def test_every_search_goes_by_an_index(filled, database_url, monkeypatch):
    """On a log that is long enough for a plan to matter; asked for the oldest and for the newest."""
    monkeypatch.setattr(searching, "AT_ONCE", 20)
    services = filled.services
    _lengthen(database_url)
    (first, *_), last = every(services), services.deciding.now()
    timed = [Sought(since=last - timedelta(days=1)), Sought(until=last, policy=POLICY)]
    looked_at = 0
    for sought, newest in product([*FILTERS, *timed], (False, True)):
        asked = partial(services.entries.page, sought, 5, after=3 if newest else None, newest=newest)
        plans = _plans(services, database_url, asked)
        looked_at += len(plans)
        for plan in plans:
            assert not _reads_a_table(plan), (sought, newest, plan)
    assert first.placed.place == 0
    assert looked_at > 2 * len(FILTERS)


COPIES = 5_000
_MORE_ENTRIES = """
INSERT INTO entry SELECT {id}, CASE i % 10 WHEN 0 THEN 'sign-in' ELSE 'decision' END, at, leaf, sealed, key_id
FROM {numbers}, (SELECT * FROM entry WHERE kind = 'sign-in' LIMIT 1) AS e
"""
_MORE_DECISIONS = """
INSERT INTO decision SELECT e.id,
    CASE row_number() OVER () % 20 WHEN 0 THEN 'payment-terms' ELSE 'another' END, d.version, d.digest,
    d.outcome, d.outcome_kind, d.as_of, d.decided_at, {hash}, {hash}, {hash}, NULL, d.reasons, d.rules
FROM entry AS e, (SELECT * FROM decision LIMIT 1) AS d
WHERE e.kind = 'decision' AND e.id NOT IN (SELECT id FROM decision)
"""
_MORE_PLACES = """
INSERT INTO place SELECT 1000000 + row_number() OVER (), id, {hash} FROM entry
WHERE id NOT IN (SELECT id FROM place)
"""


def _lengthen(url: str) -> None:
    """Many more decisions and sign-ins, far behind the head: only the databases' planners look at them."""
    statements = (_MORE_ENTRIES, _MORE_DECISIONS, _MORE_PLACES, "ANALYZE")
    if url.startswith("sqlite"):
        counted = f"SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COPIES}"
        numbers = f"(WITH RECURSIVE n(i) AS ({counted}) SELECT i FROM n)"
        id = "CAST(x'01a1' || randomblob(14) AS BLOB)"
        words = {"id": id, "hash": "randomblob(16)", "numbers": numbers}
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            for one in statements:
                connection.execute(one.format(**words))
        return
    numbers = f"generate_series(1, {COPIES}) AS i"
    words = {"id": "gen_random_uuid()", "hash": "uuid_send(gen_random_uuid())", "numbers": numbers}
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        for one in statements:
            server.execute(one.format(**words).encode())


def _plans(services: Services, url: str, work: Any) -> list[str]:
    """How the database goes about each statement that ``work`` runs, but for the head of the tree."""
    seen: list[tuple[str, Any]] = []
    engine = services.store.tree._reader.engine

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    asked = [(one, given) for one, given in seen if "FROM tree_head" not in one and "FROM person" not in one]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            rows = [connection.execute(f"EXPLAIN QUERY PLAN {one}", given).fetchall() for one, given in asked]
        return ["\n".join(row[-1] for row in plan) for plan in rows]
    with psycopg.connect(url.replace("+psycopg", "")) as server:
        plans = [server.execute(f"EXPLAIN {one}".encode(), given).fetchall() for one, given in asked]
    return ["\n".join(row[0] for row in plan) for plan in plans]


def _reads_a_table(plan: str) -> bool:
    """Whether a table is read from end to end; on SQLite, also whether anything is sorted.

    A walk of an index alone, in its order and up to a limit, passes over nothing. PostgreSQL sorts what an
    index led to where it expects a few rows.
    """
    scans = [line for line in plan.splitlines() if line.startswith("SCAN") and "COVERING INDEX" not in line]
    return bool(scans) or "TEMP B-TREE" in plan or "Seq Scan" in plan
