"""The people and the key of the demonstration: known to everybody, and so on loopback in development only."""

from __future__ import annotations

import shutil

import pytest

from app.cli import demo, demo_people
from app.cli.opening import OPERATOR
from app.domain.access import TABLE, Action, Reach
from app.domain.errors import Unauthenticated
from app.domain.people import Role, Scope
from app.services.assembly import Services
from tests.cli.shell import Shell, environment


@pytest.fixture(scope="module")
def demonstration(prepared, tmp_path_factory) -> Shell:
    """A shell whose store holds the demo people and the demo key."""

    folder = tmp_path_factory.mktemp("demo") / "shell"
    shutil.copytree(prepared, folder)
    shell = Shell(folder, environment(folder, folder / "rulesets"))
    with shell.services(writing=True) as services:
        list(made(services))
        assert demo_people.key(services) is not None
    return shell


def made(services: Services) -> list[str]:
    return list(demo_people.load(services, demo.active(services), demo.customers()[:3]))


def test_there_is_somebody_in_each_role_who_can_sign_in(demonstration) -> None:
    with demonstration.services(writing=True) as services:
        roles = set()
        for one in demo_people.PEOPLE:
            signed_in = services.signing_in.sign_in(one.login, demo_people.PASSWORD, address="127.0.0.1")
            roles.add(services.signing_in.principal(signed_in.token).role)
        assert roles == set(Role)


def test_two_officers_may_release_a_ruleset_and_settle_within_their_limits(demonstration) -> None:
    with demonstration.services(writing=True) as services:
        (policy,) = services.policies.names()
        held = {person.login: authority for person, authority in services.people.holders(policy)}
        assert held["demo-officer"].amount is not None
        assert held["demo-officer-2"].amount is None
        assert "demo-sales" not in held


def test_the_representative_looks_after_some_of_the_customers(demonstration) -> None:
    with demonstration.services(writing=True) as services:
        sales = services.people.find("demo-sales")
        assert sales is not None
        assert [one.name for one in services.portfolios.of(sales.id)] == ["C-1001", "C-1002", "C-1003"]


def test_the_key_is_the_same_at_the_second_start_and_another_when_it_was_revoked(demonstration) -> None:
    path = demonstration.folder / "demo.key"
    with demonstration.services(writing=True) as services:
        first = demo_people.key(services)
        assert path.read_text() == f"{first}\n"
        assert path.stat().st_mode & 0o777 == 0o600
        assert made(services) == []
        principal = services.signing_in.principal_of_key(str(first))
        assert principal.key is not None
        assert principal.key.scopes == set(Scope)
        services.api_keys.revoke(principal.key.id, by=None)
        path.chmod(0o644)
        second = demo_people.key(services)
        assert second not in (None, first)
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_bytes(b"\xff rubbish")
        assert demo_people.key(services) not in (None, first, second)


def test_the_key_may_do_what_the_readme_does_with_it(demonstration) -> None:
    with demonstration.services(writing=True) as services:
        principal = services.signing_in.principal_of_key(str(demo_people.key(services)))
        for action in (Action.DECIDE, Action.SEARCH_DECISIONS, Action.EXPLAIN, Action.REPLAY):
            assert TABLE[action][principal.role] is Reach.ALL


def test_they_are_told_with_their_password_and_the_key_on_a_line_of_its_own(demonstration) -> None:
    with demonstration.services(writing=True) as services:
        key = demo_people.key(services)
        told = demo.suggestion(services, "http://127.0.0.1:8000", key)
    assert f"\nTERMWISE_KEY={key}\n" in told
    assert all(f"  {one.login} " in told for one in demo_people.PEOPLE)
    assert demo_people.PASSWORD in told


@pytest.mark.parametrize("elsewhere", ["0.0.0.0", "192.0.2.1"])
def test_they_are_neither_made_nor_let_in_where_others_may_listen(demonstration, elsewhere) -> None:
    key = (demonstration.folder / "demo.key").read_text().strip()
    shell = Shell(demonstration.folder, {**demonstration.environment, "HOST": elsewhere})
    with shell.services(writing=True) as services:
        assert made(services) == ["Demo people: none, they stand in development on loopback only"]
        assert demo_people.key(services) is None
        with pytest.raises(Unauthenticated):
            services.signing_in.principal_of_key(key)
        with pytest.raises(Unauthenticated):
            services.signing_in.sign_in("demo-admin", demo_people.PASSWORD, address="127.0.0.1")


def test_a_store_that_has_people_gets_none(shell) -> None:
    with shell.services(writing=True) as services:
        services.people.create("root", "First", Role.ADMINISTRATOR, "a long enough password", by=None)
        assert made(services) == []
        assert demo_people.key(services) is None
        told, _ = list(demo.load(services, OPERATOR))
        assert told.startswith("Demo portfolio")
