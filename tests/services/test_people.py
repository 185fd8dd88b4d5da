"""People ..."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from app.domain.errors import Invalid, NotFound, Refused, Stale
from app.domain.keeping import Reason
from app.domain.people import SCOPES_OF, Authority, Person, Principal, Role, Scope
from app.domain.people_changes import LAST_ADMINISTRATOR
from app.services.assembly import Services, open_services
from app.services.people.managing import OWN
from tests import people
from tests.clock import Clock
from tests.postgresql import Server
from tests.web.service import EXAMPLE, settings_for

PASSWORD = "a long enough password"
POLICY = "payment-terms"


@pytest.fixture
def everywhere(tmp_path: Path, database_url: str, keys_url: str) -> Iterator[Services]:
    """Services on either database, without anybody."""
    with open_services(settings_for(tmp_path, database_url), now=Clock()) as services:
        yield services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One service on SQLite for all tests that mind nobody else's people; it knows one policy."""
    folder = tmp_path_factory.mktemp("people")
    with open_services(settings_for(folder), migrate=True, now=Clock()) as opened:
        path = folder / "rulesets" / POLICY / "1.0.0.yaml"
        path.parent.mkdir(parents=True)
        path.write_bytes(EXAMPLE)
        (folder / "rulesets" / "PUBLISHED").write_text("")
        opened.publishing.synchronise(folder / "rulesets", "operator")
        yield opened


@pytest.fixture(scope="module")
def administrator(services: Services) -> Principal:
    return signed_in(services, people.person(services, "administrator", Role.ADMINISTRATOR))


def signed_in(services: Services, person: Person) -> Principal:
    return services.signing_in.principal(people.session(services, person))


def someone(services: Services, role: Role = Role.SALES) -> Person:
    return people.person(services, f"p-{uuid4().hex}", role)


def last_entry(services: Services, kind: str = "person-state") -> tuple[dict[str, Any], dict[str, Any]]:
    """The clear and the sealed part of the latest entry of a kind."""
    rows = services.store.decisions._reader.all(
        text("SELECT id FROM entry WHERE kind = :kind ORDER BY id DESC LIMIT 1").bindparams(kind=kind)
    )
    (row,) = services.store.decisions._reader.all(
        text("SELECT leaf, sealed, key_id FROM entry WHERE id = :id").bindparams(id=rows[0].id)
    )
    leaf = json.loads(bytes(row.leaf))
    return leaf["clear"], leaf


def test_are_created_with_a_login_that_is_theirs_alone(everywhere: Services) -> None:
    made = everywhere.people.create(
        " Jo.Doe+1@Example ", "Jo", Role.FINANCE, PASSWORD, by=None, language="zh"
    )
    assert (made.login, made.role, made.active, made.language) == (
        "jo.doe+1@example",
        Role.FINANCE,
        True,
        "zh",
    )
    assert everywhere.people.find("JO.DOE+1@example") == made == everywhere.people.find(str(made.id))
    with pytest.raises(Refused, match="somebody with the login"):
        everywhere.people.create("jo.doe+1@example", "Jo", Role.SALES, PASSWORD, by=None)
    clear, leaf = last_entry(everywhere)
    assert clear["person"] == str(made.id)
    assert "jo.doe" not in json.dumps(leaf)


@pytest.mark.parametrize("login", ["", "ä", "two words", "-x", "x" * 65, "a\nb", "demo-officer"])
def test_have_logins_of_plain_letters_and_none_of_the_demonstration(services: Services, login: str) -> None:
    with pytest.raises(Invalid, match="login cannot be used"):
        services.people.create(login, "Jo", Role.SALES, PASSWORD, by=None)


def test_of_one_login_are_created_once_however_many_try(everywhere: Services) -> None:
    outcomes: list[object] = []

    def create() -> None:
        try:
            outcomes.append(everywhere.people.create("jo", "Jo", Role.SALES, PASSWORD, by=None))
        except Refused as error:
            outcomes.append(error.conflict)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len([one for one in outcomes if isinstance(one, Person)]) == 1
    assert outcomes.count(True) == 3


def test_are_changed_by_who_has_read_them_as_they_are(everywhere: Services) -> None:
    first = someone(everywhere)
    second = everywhere.people.change(first.id, 1, by=None, name="Another", language="zh")
    assert (second.name, second.language, second.role, second.revision) == ("Another", "zh", first.role, 2)
    assert everywhere.people.get(first.id) == second
    with pytest.raises(Stale):
        everywhere.people.change(first.id, 1, by=None, name="A third")
    with pytest.raises(NotFound):
        everywhere.people.change(uuid4(), 1, by=None, name="Nobody")
    assert everywhere.people.change(first.id, 2, by=None, name="Another") == second


def test_that_two_change_at_once_are_changed_by_one(everywhere: Services) -> None:
    who = someone(everywhere)
    outcomes = together(
        lambda name: everywhere.people.change(who.id, 1, by=None, name=name), ["a", "b", "c", "d"]
    )
    assert len([one for one in outcomes if isinstance(one, Person)]) == 1
    assert everywhere.people.get(who.id).revision == 2


def test_never_all_cease_to_be_administrators(everywhere: Services) -> None:
    team = [someone(everywhere, Role.ADMINISTRATOR) for _ in range(3)]
    idle = someone(everywhere, Role.ADMINISTRATOR)
    everywhere.people.change(idle.id, 1, by=None, active=False)
    outcomes = together(lambda one: everywhere.people.change(one.id, 1, by=None, active=False), team)
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert len(refused) == 1
    assert "last active administrator" in refused[0].message
    left = [one for one in everywhere.people.page() if one.active and one.role is Role.ADMINISTRATOR]
    assert len(left) == 1
    with pytest.raises(Refused, match="last active administrator"):
        everywhere.people.change(left[0].id, 1, by=None, role=Role.SALES)
    everywhere.people.change(left[0].id, 1, by=None, name="Still one")


def test_never_all_cease_to_be_administrators_in_two_processes_either(
    migrated_postgres: Server, keys_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, migrated_postgres.copy("migrated", "two_administrators"))
    with open_services(settings) as here, open_services(settings) as there:
        team = [someone(here, Role.ADMINISTRATOR) for _ in range(2)]
        engine = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
        outcomes: list[object] = []

        def leave(services: Services, who: Person) -> None:
            try:
                outcomes.append(services.people.change(who.id, 1, by=None, active=False))
            except Refused as error:
                outcomes.append(error.message)

        threads = [
            threading.Thread(target=leave, args=pair) for pair in zip((here, there), team, strict=True)
        ]
        with engine.connect() as holding, engine.connect() as looking:
            holding.execute(text("BEGIN"))
            holding.execute(text("SELECT 1 FROM person FOR UPDATE"))
            for thread in threads:
                thread.start()
            until = time.monotonic() + 30
            while looking.execute(text(WAITING)).scalar_one() < 2:
                assert time.monotonic() < until, "both wait for a row that is held"
            holding.execute(text("COMMIT"))
        for thread in threads:
            thread.join(60)
        engine.dispose()
    assert sorted(isinstance(one, Person) for one in outcomes) == [False, True]
    assert LAST_ADMINISTRATOR in outcomes


WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def together(work: Any, things: list[Any]) -> list[object]:
    """What ``work`` gives or raises for each thing, all begun at once."""
    outcomes: list[object] = []
    at_once = threading.Barrier(len(things))

    def run(thing: Any) -> None:
        at_once.wait(30)
        try:
            outcomes.append(work(thing))
        except Refused as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.parametrize("change", [{"role": Role.AUDITOR}, {"active": False}])
def test_do_not_change_what_they_are_themselves(
    services: Services, administrator: Principal, change: dict[str, Any]
) -> None:
    own = services.people.get(administrator.person.id)
    people.person(services, "second-administrator", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match=OWN):
        services.people.change(own.id, own.revision, by=administrator, **change)
    with pytest.raises(Refused, match=OWN):
        services.people.set_authority(own.id, Authority(POLICY), by=administrator)
    with pytest.raises(Refused, match=OWN):
        services.people.remove_authority(own.id, POLICY, by=administrator)
    with pytest.raises(Refused, match="old one"):
        services.people.reset_password(own.id, PASSWORD, by=administrator)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_are_managed_by_administrators_only(services: Services, role: Role) -> None:
    by, whom = signed_in(services, someone(services, role)), someone(services)
    for attempt in (
        lambda: services.people.create("x", "X", Role.ADMINISTRATOR, PASSWORD, by=by),
        lambda: services.people.change(whom.id, 1, by=by, role=Role.ADMINISTRATOR),
        lambda: services.people.reset_password(whom.id, PASSWORD, by=by),
        lambda: services.people.set_authority(whom.id, Authority(POLICY), by=by),
        lambda: services.people.remove_authority(whom.id, POLICY, by=by),
        lambda: services.portfolios.assign(whom.id, "C-1", by=by),
        lambda: services.portfolios.unassign(whom.id, "x", by=by),
        lambda: services.api_keys.create(by.person.id, "own", [Scope.READ], by=by),
    ):
        with pytest.raises(Refused, match="managed by administrators"):
            attempt()


def test_are_not_managed_with_a_key_not_even_an_administrators(
    services: Services, administrator: Principal
) -> None:
    key = services.signing_in.principal(people.key(services, administrator.person))
    with pytest.raises(Refused, match="managed by administrators"):
        services.people.create("x", "X", Role.SALES, PASSWORD, by=key)


def test_settle_what_an_administrator_says_policy_by_policy(everywhere: Services, tmp_path: Path) -> None:
    path = tmp_path / "rulesets" / POLICY / "1.0.0.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(EXAMPLE)
    (tmp_path / "rulesets" / "PUBLISHED").write_text("")
    everywhere.publishing.synchronise(tmp_path / "rulesets", "operator")
    who = someone(everywhere, Role.FINANCE)
    limited = Authority(POLICY, Decimal("50000.50"), 30, frozenset({"approve", "counter"}))
    assert everywhere.people.set_authority(who.id, limited, by=None) == {POLICY: limited}
    assert everywhere.people.holders(POLICY) == [(who, limited)]
    free = Authority(POLICY)
    assert everywhere.people.set_authority(who.id, free, by=None) == {POLICY: free}
    assert everywhere.people.standing(who.id).authority == {POLICY: free}
    everywhere.people.change(who.id, 1, by=None, active=False)
    assert everywhere.people.holders(POLICY) == []
    assert everywhere.people.remove_authority(who.id, POLICY, by=None) == {}
    with pytest.raises(NotFound, match="no authority"):
        everywhere.people.remove_authority(who.id, POLICY, by=None)
    with pytest.raises(NotFound, match="no policy"):
        everywhere.people.set_authority(who.id, Authority("nothing"), by=None)


def test_look_after_customers_whose_names_stand_sealed(everywhere: Services) -> None:
    one, other = someone(everywhere), someone(everywhere)
    everywhere.portfolios.assign(one.id, "Zeta & Sons", by=None)
    held = everywhere.portfolios.assign(one.id, "Acme", by=None)
    everywhere.portfolios.assign(other.id, "Acme", by=None)
    assert [customer.name for customer in held] == ["Acme", "Zeta & Sons"]
    (also,) = everywhere.portfolios.of(other.id)
    assert also == held[0]
    with pytest.raises(Refused, match="already"):
        everywhere.portfolios.assign(one.id, "Acme", by=None)
    rows = everywhere.store.decisions._reader.all(text("SELECT * FROM assignment"))
    assert not any(b"Acme" in bytes(row.sealed) for row in rows)
    assert "Acme" not in json.dumps(last_entry(everywhere)[1])
    left = everywhere.portfolios.unassign(one.id, held[0].id, by=None)
    assert [customer.name for customer in left] == ["Zeta & Sons"]
    with pytest.raises(NotFound):
        everywhere.portfolios.unassign(one.id, held[0].id, by=None)
    assert everywhere.portfolios.of(other.id) == (also,)


def test_look_after_an_erased_customer_without_the_name(tmp_path: Path) -> None:
    with open_services(settings_for(tmp_path), migrate=True) as services:
        who = someone(services)
        services.portfolios.assign(who.id, "Acme", by=None)
        services.keeping.erasing.erase("Acme", Reason.SUBJECT_REQUEST, None, by=None)
        (erased,) = services.portfolios.of(who.id)
        assert erased.name is None
        assert services.portfolios.unassign(who.id, erased.id, by=None) == ()


def test_look_after_customers_in_sales_only(services: Services) -> None:
    with pytest.raises(Refused, match="assigned to sales"):
        services.portfolios.assign(someone(services, Role.AUDITOR).id, "C-1", by=None)


@pytest.mark.parametrize("role", list(Role))
def test_own_keys_within_their_role(services: Services, administrator: Principal, role: Role) -> None:
    owner = someone(services, role)
    for scope in Scope:
        if scope in SCOPES_OF[role]:
            key = services.api_keys.create(owner.id, "batch", [scope], by=administrator).key
            assert key.scopes == {scope}
        else:
            with pytest.raises(Invalid) as caught:
                services.api_keys.create(owner.id, "batch", [scope], by=administrator)
            assert f"{scope}: beyond the role {role}" in caught.value.problems[0].message


@pytest.mark.parametrize(("days", "made"), [(0, False), (1, True), (366, True), (367, False)])
def test_own_keys_for_a_year_at_most(services: Services, days: int, made: bool) -> None:
    owner = someone(services)
    if made:
        key = services.api_keys.create(owner.id, "batch", [Scope.READ], by=None, days=days).key
        assert key.expires_at - key.created_at == timedelta(days)
    else:
        with pytest.raises(Invalid):
            services.api_keys.create(owner.id, "batch", [Scope.READ], by=None, days=days)


def test_that_are_not_active_get_no_key(services: Services) -> None:
    owner = someone(services)
    services.people.change(owner.id, 1, by=None, active=False)
    with pytest.raises(Refused, match="not active"):
        services.api_keys.create(owner.id, "batch", [Scope.READ], by=None)


def test_revoke_their_own_keys_and_find_nobody_elses(services: Services, administrator: Principal) -> None:
    owner = someone(services)
    first, second, third = (
        services.api_keys.create(owner.id, "batch", [Scope.READ], by=administrator) for _ in range(3)
    )
    own, other = signed_in(services, owner), signed_in(services, someone(services))
    with_key = services.signing_in.principal(third.text)
    assert services.api_keys.page(owner.id) == (first.key, second.key, services.api_keys.get(third.key.id))
    for by in (other, with_key):
        with pytest.raises(NotFound, match="no key"):
            services.api_keys.revoke(first.key.id, by=by)
    assert services.api_keys.revoke(first.key.id, by=own).revoked_at is not None
    assert services.api_keys.revoke(second.key.id, by=administrator).revoked_at is not None
    with pytest.raises(Refused, match="revoked before"):
        services.api_keys.revoke(first.key.id, by=own)
    clear, leaf = last_entry(services, "key-state")
    assert clear["change"] == "revoked"
    assert first.text not in json.dumps(leaf)
