"""Signing in ..."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.credentials import passwords, tokens
from app.domain.errors import Refused, TooManyAttempts, Unauthenticated, Unavailable
from app.domain.people import Person, Principal, Role, Scope
from app.services.assembly import Services, open_services
from app.services.people import signing_in
from app.services.people.attempts import MOST_PER_LOGIN, MOST_PER_SOURCE
from app.services.people.signing_in import ABSOLUTE, IDLE, WRONG, SignedIn
from tests.clock import Clock
from tests.web.service import settings_for

PASSWORD, OTHER = "a long enough password", "another long password"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
LOGIN = "someone"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def everywhere(tmp_path: Path, database_url: str, keys_url: str, clock: Clock) -> Iterator[Services]:
    """Services on either database, with one person."""
    with open_services(settings_for(tmp_path, database_url), now=clock) as services:
        services.people.create(LOGIN, "Some one", Role.CREDIT_OFFICER, PASSWORD, by=None)
        yield services


@pytest.fixture
def services(tmp_path: Path, migrated: Path, clock: Clock) -> Iterator[Services]:
    """Services on SQLite, with one person."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    with open_services(settings_for(tmp_path), now=clock) as opened:
        opened.people.create(LOGIN, "Some one", Role.CREDIT_OFFICER, PASSWORD, by=None)
        yield opened


def sign_in(services: Services, password: str = PASSWORD, address: str = HOME, **more: Any) -> SignedIn:
    return services.signing_in.sign_in(more.pop("login", LOGIN), password, address=address, **more)


def person(services: Services) -> Person:
    found = services.people.find(LOGIN)
    assert found is not None
    return found


def principal(services: Services, token: str) -> Principal | None:
    try:
        return services.signing_in.principal(token)
    except Unauthenticated:
        return None


def entries(services: Services, kind: str) -> list[dict[str, Any]]:
    """The leaves of a kind, oldest first."""
    rows = services.store.decisions._reader.all(
        text("SELECT leaf FROM entry WHERE kind = :kind ORDER BY id").bindparams(kind=kind)
    )
    return [json.loads(bytes(row.leaf)) for row in rows]


def test_opens_a_session_that_stands_for_the_person(everywhere: Services) -> None:
    signed_in = sign_in(everywhere, login=" SomeOne ")
    found = everywhere.signing_in.principal(signed_in.token)
    assert (found.person, found.key) == (person(everywhere), None)
    assert found.signed_in_at == everywhere.signing_in._now()
    assert found.session == tokens.digest(signed_in.token)
    assert everywhere.signing_in.csrf_matches(signed_in.token, signed_in.csrf)
    (entry,) = entries(everywhere, "sign-in")
    assert entry["clear"]["person"] == found.id
    assert LOGIN not in json.dumps(entry)
    assert HOME not in json.dumps(entry)


def test_keeps_no_token_that_could_be_used_in_the_database(everywhere: Services) -> None:
    signed_in = sign_in(everywhere)
    rows = everywhere.store.decisions._reader.all(text("SELECT * FROM session"))
    assert [bytes(row.token) for row in rows] == [tokens.digest(signed_in.token)]
    assert principal(everywhere, tokens.digest(signed_in.token).hex()) is None


def test_ends_after_half_an_hour_without_a_request_and_after_twelve_hours_in_any_case(
    everywhere: Services, clock: Clock
) -> None:
    idle, busy = sign_in(everywhere), sign_in(everywhere)
    for _ in range(ABSOLUTE // timedelta(minutes=29)):
        clock.forward(timedelta(minutes=29))
        assert principal(everywhere, busy.token) is not None
    assert principal(everywhere, idle.token) is None
    clock.at = busy.expires_at - timedelta(seconds=1)
    assert principal(everywhere, busy.token) is not None
    clock.at = busy.expires_at
    assert principal(everywhere, busy.token) is None


def test_again_replaces_the_session_that_was_there(everywhere: Services) -> None:
    first = sign_in(everywhere)
    elsewhere = sign_in(everywhere)
    second = sign_in(everywhere, instead_of=first.token)
    assert first.token != second.token
    assert principal(everywhere, first.token) is None
    assert principal(everywhere, elsewhere.token) is not None


def test_out_ends_that_session_at_once(everywhere: Services) -> None:
    one, other = sign_in(everywhere), sign_in(everywhere)
    everywhere.signing_in.sign_out(everywhere.signing_in.principal(one.token))
    assert principal(everywhere, one.token) is None
    assert principal(everywhere, other.token) is not None


def test_counts_for_nothing_from_the_next_request_on_when_the_person_leaves(everywhere: Services) -> None:
    signed_in, who = sign_in(everywhere), person(everywhere)
    key = everywhere.api_keys.create(who.id, "batch", [Scope.DECIDE], by=None)
    assert principal(everywhere, signed_in.token) is not None
    assert principal(everywhere, key.text) is not None
    changed = everywhere.people.change(who.id, 1, by=None, role=Role.AUDITOR)
    for token in (signed_in.token, key.text):
        found = principal(everywhere, token)
        assert found is not None
        assert found.role is Role.AUDITOR
    gone = everywhere.people.change(who.id, changed.revision, by=None, active=False)
    assert principal(everywhere, signed_in.token) is None
    assert principal(everywhere, key.text) is None
    with pytest.raises(Unauthenticated, match=WRONG):
        sign_in(everywhere)
    everywhere.people.change(who.id, gone.revision, by=None, active=True)
    assert principal(everywhere, signed_in.token) is None


def test_with_a_key_ends_with_its_days_and_when_it_is_revoked(everywhere: Services, clock: Clock) -> None:
    who = person(everywhere)
    short, revoked = (
        everywhere.api_keys.create(who.id, "batch", [Scope.READ], by=None, days=1) for _ in range(2)
    )
    found = principal(everywhere, short.text)
    assert found is not None
    assert (found.person, found.signed_in_at, found.session) == (who, None, None)
    assert found.key is not None
    assert found.key.scopes == {Scope.READ}
    everywhere.api_keys.revoke(revoked.key.id, by=None)
    assert principal(everywhere, revoked.text) is None
    clock.forward(timedelta(days=1, microseconds=-1))
    assert principal(everywhere, short.text) is not None
    clock.forward(timedelta(microseconds=1))
    assert principal(everywhere, short.text) is None


def test_notes_the_use_of_a_key_once_a_minute(everywhere: Services, clock: Clock) -> None:
    made = everywhere.api_keys.create(person(everywhere).id, "batch", [Scope.READ], by=None)
    began = clock.at
    for _ in range(5):
        everywhere.signing_in.principal(made.text)
        clock.forward(timedelta(seconds=15))
    assert everywhere.api_keys.get(made.key.id).last_used_at == began + timedelta(minutes=1)


@pytest.mark.parametrize("change", [0, 9, 41, 42, -1])
def test_takes_no_key_of_which_one_character_is_another(services: Services, change: int) -> None:
    text_of = services.api_keys.create(person(services).id, "batch", [Scope.READ], by=None).text
    wrong = text_of[:change] + ("0" if text_of[change] != "0" else "1") + text_of[change:][1:]
    assert principal(services, text_of) is not None
    assert principal(services, wrong) is None


@pytest.mark.parametrize("rubbish", ["", "x", "termwise_", "é" * 43, "\x00", "a" * 43, "Bearer " * 100])
def test_takes_rubbish_for_what_it_is(services: Services, rubbish: str) -> None:
    assert principal(services, rubbish) is None


def test_says_the_same_for_another_password_an_unknown_login_and_somebody_who_left(
    services: Services,
) -> None:
    services.people.create("left", "Gone", Role.SALES, PASSWORD, by=None)
    gone = services.people.find("left")
    assert gone is not None
    services.people.change(gone.id, 1, by=None, active=False)
    for login, password in ((LOGIN, OTHER), ("nobody", PASSWORD), ("left", PASSWORD), ("\x00 '", PASSWORD)):
        with pytest.raises(Unauthenticated) as caught:
            sign_in(services, password, login=login)
        assert (caught.value.message, caught.value.problems) == (WRONG, ())


def test_costs_one_hash_whether_the_login_is_known_or_not(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str | None] = []
    really = passwords.matches

    def matches(password: str, phc: str | None, *, known: bool = False) -> bool:
        held.append(phc)
        return really(password, phc, known=known)

    monkeypatch.setattr(passwords, "matches", matches)
    for login in (LOGIN, "nobody"):
        with pytest.raises(Unauthenticated):
            sign_in(services, OTHER, login=login)
    assert [phc is None for phc in held] == [False, True]


def test_ten_thousand_times_hashes_the_few_that_are_let_through_and_locks_nobody_else_out(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home = sign_in(services)
    hashed = 0
    really = passwords.matches

    def matches(password: str, phc: str | None, *, known: bool = False) -> bool:
        nonlocal hashed
        hashed += 1
        return really(password, phc, known=known)

    monkeypatch.setattr(passwords, "matches", matches)
    began = time.monotonic()
    for number in range(10_000):
        login = LOGIN if number % 2 else f"guess-{number % 50}"
        with pytest.raises((Unauthenticated, TooManyAttempts)):
            sign_in(services, OTHER, ELSEWHERE, login=login)
    assert hashed == MOST_PER_SOURCE
    assert time.monotonic() - began < 60
    monkeypatch.undo()
    assert principal(services, sign_in(services, address=HOME).token) is not None
    with pytest.raises(TooManyAttempts):
        sign_in(services, address=ELSEWHERE)
    known = sign_in(services, address=ELSEWHERE, device=at_home.device)
    assert principal(services, known.token) is not None
    clock.forward(timedelta(minutes=1))
    services.signing_in.refusals.flush()
    told = [entry["clear"] for entry in entries(services, "sign-in-refused")]
    assert len(told) <= 2
    assert {one["person"] for one in told} == {str(person(services).id)}
    assert sum(one["count"] for one in told) == 5001
    assert sum(one.get("password", 0) for one in told) == MOST_PER_LOGIN
    assert ELSEWHERE not in json.dumps(entries(services, "sign-in-refused"))


def test_from_a_known_device_is_no_help_to_another_login_nor_for_ever(
    services: Services, clock: Clock
) -> None:
    services.people.create("victim", "Another", Role.SALES, PASSWORD, by=None)
    device = sign_in(services).device
    for _ in range(MOST_PER_LOGIN):
        with pytest.raises(Unauthenticated):
            sign_in(services, OTHER, login="victim", device=device)
    with pytest.raises(TooManyAttempts):
        sign_in(services, OTHER, login="victim", device=device)
    for _ in range(MOST_PER_LOGIN):
        with pytest.raises(Unauthenticated):
            sign_in(services, OTHER)
    clock.forward(signing_in.DEVICE + timedelta(seconds=1))
    with pytest.raises(TooManyAttempts):
        sign_in(services, device=device)


def test_that_was_turned_away_for_want_of_a_turn_is_no_failure(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = passwords._Turns()
    monkeypatch.setattr(passwords, "_turns", busy)
    taken = [busy._line.acquire(blocking=False) for _ in range(passwords.AT_ONCE + passwords.WAITING)]
    assert all(taken)
    for _ in range(MOST_PER_LOGIN * 2):
        with pytest.raises(Unavailable, match="Too many people"):
            sign_in(services)
    for _ in taken:
        busy._line.release()
    assert principal(services, sign_in(services).token) is not None


def test_that_cannot_be_recorded_opens_no_session(services: Services) -> None:
    services.store.close()
    with pytest.raises(Unavailable):
        sign_in(services)


def test_in_many_threads_gives_each_a_session_of_its_own(services: Services) -> None:
    found: list[str] = []

    def work() -> None:
        found.append(sign_in(services).token)

    threads = [threading.Thread(target=work) for _ in range(MOST_PER_LOGIN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(found)) == MOST_PER_LOGIN
    assert all(principal(services, one) is not None for one in found)


def test_sweeps_away_sessions_that_nobody_can_use(services: Services, clock: Clock) -> None:
    for _ in range(3):
        sign_in(services)
    clock.forward(IDLE)
    sign_in(services)
    rows = services.store.decisions._reader.all(text("SELECT * FROM session"))
    assert len(rows) == 1


def test_with_another_password_of_ones_own_needs_the_old_one_and_ends_the_other_sessions(
    everywhere: Services,
) -> None:
    here, there = sign_in(everywhere), sign_in(everywhere)
    asking = everywhere.signing_in.principal(here.token)
    with pytest.raises(Refused, match="old password"):
        everywhere.signing_in.change_password(asking, OTHER, OTHER)
    everywhere.signing_in.change_password(asking, PASSWORD, OTHER)
    assert principal(everywhere, here.token) is not None
    assert principal(everywhere, there.token) is None
    with pytest.raises(Unauthenticated):
        sign_in(everywhere)
    assert principal(everywhere, sign_in(everywhere, OTHER).token) is not None


def test_does_not_let_a_stolen_session_try_out_old_passwords(services: Services) -> None:
    asking = services.signing_in.principal(sign_in(services).token)
    for number in range(30):
        with pytest.raises(Refused if number < 15 else TooManyAttempts):
            services.signing_in.change_password(asking, OTHER, OTHER)
    assert principal(services, sign_in(services).token) is not None


def test_is_for_people_of_the_demonstration_in_development_on_loopback_only(
    tmp_path: Path, clock: Clock
) -> None:
    with open_services(settings_for(tmp_path), migrate=True, now=clock) as services:
        made = services.people.create("demo-x", "Demo", Role.SALES, PASSWORD, by=None, demo=True)
        key = services.api_keys.create(made.id, "demo", [Scope.READ], by=None)
        token = sign_in(services, login="demo-x").token
        assert principal(services, token) is not None
    for elsewhere in (
        {"HOST": "192.0.2.7"},
        {"TERMWISE_ENVIRONMENT": "production", "TERMWISE_LOG_ORIGIN": "termwise.local/log"},
    ):
        with open_services(settings_for(tmp_path, None, **elsewhere), now=clock) as services:
            assert principal(services, token) is None
            assert principal(services, key.text) is None
            with pytest.raises(Unauthenticated, match=WRONG):
                sign_in(services, login="demo-x")
