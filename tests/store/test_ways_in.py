"""Sessions and keys are read ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.credentials import tokens
from app.domain.people import Person, Role
from app.services.assembly import Services, open_services
from app.store.store import Store
from tests import people
from tests.postgresql import Server
from tests.web.service import settings_for

SECOND = timedelta(seconds=1)


@pytest.fixture
def services(tmp_path: Path, database_url: str, keys_url: str) -> Iterator[Services]:
    with open_services(settings_for(tmp_path, database_url)) as opened:
        yield opened


@pytest.fixture
def officer(services: Services) -> Person:
    return people.person(services, "officer")


def behind_its_back(services: Services, statement: str) -> None:
    engine = create_engine(services.settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_once_where_one_process_alone_writes_and_each_time_elsewhere(
    services: Services, officer: Person
) -> None:
    token, key = people.session(services, officer), people.key(services, officer)
    for one in (token, key, key):  # the first use of a key is marked, and read anew
        assert services.signing_in.principal(one).role is Role.CREDIT_OFFICER
    behind_its_back(services, "UPDATE person SET role = 'auditor'")
    alone = services.settings.database_url.startswith("sqlite")
    expected = Role.CREDIT_OFFICER if alone else Role.AUDITOR
    for one in (token, key):
        assert services.signing_in.principal(one).role is expected
    services.people.change(officer.id, 1, by=None, name="Another")
    for one in (token, key):
        assert services.signing_in.principal(one).person.name == "Another"


def test_in_another_process_as_they_are_at_that_request(
    migrated_postgres: Server, keys_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, migrated_postgres.copy("migrated", "two_processes"))
    with open_services(settings) as here, open_services(settings) as there:
        officer = people.person(here, "officer")
        token, key = people.session(here, officer), people.key(here, officer)
        for one in (token, key):
            assert there.signing_in.principal(one).person == officer
        changed = here.people.change(officer.id, 1, by=None, role=Role.AUDITOR)
        for one in (token, key):
            assert there.signing_in.principal(one).person == changed


def test_though_nothing_can_be_written(services: Services, officer: Person) -> None:
    token, key = people.session(services, officer), people.key(services, officer)
    settings = services.settings
    with Store.open(settings.database_url, settings.keys_url, writing=False) as store:
        session = store.ways_in.session(tokens.digest(token))
        assert session is not None
        store.ways_in.seen(session, session.seen_at + timedelta(hours=1))
        parts = tokens.key_parts(key)
        assert parts is not None
        stored = store.ways_in.key(parts.id)
        assert stored is not None
        assert stored.owner == officer
        store.ways_in.used(stored.key, session.seen_at)
        again = store.ways_in.session(tokens.digest(token))
        assert again is not None
        assert again.seen_at == session.seen_at


def test_and_marked_as_seen_by_one_of_many_requests(services: Services, officer: Person) -> None:
    token = tokens.digest(people.session(services, officer))
    session = services.store.ways_in.session(token)
    assert session is not None
    late = session.seen_at + timedelta(minutes=2)
    for later in range(5):
        services.store.ways_in.seen(session, late + later * SECOND)
    again = services.store.ways_in.session(token)
    assert again is not None
    assert again.seen_at == late
    services.store.ways_in.seen(again, late + 59 * SECOND)
    assert services.store.ways_in.session(token) == again
