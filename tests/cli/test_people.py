"""``termwise people`` and ``termwise keys``."""

from __future__ import annotations

import re
import shutil

import pytest

from app.domain.people import Role
from tests.cli.shell import Shell, environment

PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def shared(prepared, tmp_path_factory) -> Shell:
    """One shell for the tests that mind nobody else's people."""

    folder = tmp_path_factory.mktemp("people") / "shell"
    shutil.copytree(prepared, folder)
    (folder / "password").write_text(f"{PASSWORD}\nand what nobody reads\n")
    return Shell(folder, environment(folder, folder / "rulesets"))


def created(shell: Shell, login: str, role: str = "sales") -> None:
    done = shell.run(
        "people", "create", login, "--name", login.title(), "--role", role, "--password-file", "password"
    )
    assert done.code == 0, done.err


def test_the_first_administrator_comes_from_here_and_can_sign_in(empty_shell) -> None:
    done = empty_shell.run(
        "people", "create", "Root", "--name", "First", "--role", "administrator", "--generate"
    )
    assert done.code == 0
    told = re.fullmatch(r"password: (\S+)\ncreated: root \(administrator\), \S+\n", done.out)
    assert told is not None
    with empty_shell.services(writing=True) as services:
        signed_in = services.signing_in.sign_in("root", told[1], address="127.0.0.1")
        assert services.signing_in.principal(signed_in.token).role is Role.ADMINISTRATOR


def test_a_password_is_the_first_line_of_a_file_and_never_an_argument(shared) -> None:
    created(shared, "filed")
    with shared.services(writing=True) as services:
        assert services.signing_in.sign_in("filed", PASSWORD, address="127.0.0.1").token
    assert shared.run("people", "create", "x", "--name", "X", "--role", "sales", "--password", "y").code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--name", "X", "--role", "sales"), "give --password-file FILE or --generate"),
        (("--name", "X", "--role", "boss", "--generate"), "'boss' is not one of"),
        (("--name", "X", "--role", "sales", "--password-file", "nowhere"), "nowhere: No such file"),
        (("--name", "X", "--role", "sales", "--password-file", "short"), "12 to 256 characters"),
        (("--name", "X", "--role", "sales", "--password-file", "password", "--generate"), "not both"),
    ],
)
def test_what_cannot_be_used_is_said_in_words_and_makes_nobody(shared, words, said) -> None:
    (shared.folder / "short").write_text("too short\n")
    done = shared.run("people", "create", "not-made", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "not-made" not in shared.run("people", "list").out


def test_people_are_listed_and_changed(shared) -> None:
    created(shared, "changing")
    (before,) = [one for one in shared.run("people", "list", "--json").json if one["login"] == "changing"]
    assert (before["role"], before["active"]) == ("sales", True)
    done = shared.run("people", "change", "changing", "--role", "auditor", "--name", "Other", "--inactive")
    assert done.out == "changing: Other, auditor, inactive\n"
    (after,) = [one for one in shared.run("people", "list", "--json").json if one["login"] == "changing"]
    assert (after["name"], after["role"], after["active"]) == ("Other", "auditor", False)
    assert "changing" in shared.run("people", "list").out
    assert "nobody with the login or id who" in shared.run("people", "change", "who", "--active").err


def test_another_password_signs_out_and_in(shared) -> None:
    created(shared, "forgetful")
    with shared.services(writing=True) as services:
        token = services.signing_in.sign_in("forgetful", PASSWORD, address="127.0.0.1").token
    done = shared.run("people", "password", "forgetful", "--generate")
    password = done.out.splitlines()[0].removeprefix("password: ")
    with shared.services(writing=True) as services:
        with pytest.raises(Exception, match="Sign in"):
            services.signing_in.principal(token)
        assert services.signing_in.sign_in("forgetful", password, address="127.0.0.1").token


def test_authority_is_given_in_place_of_what_stood_and_taken_away(shared) -> None:
    created(shared, "settling", "finance")
    ask = ("people", "authority", "settling", "reminders")
    done = shared.run(*ask, "--amount", "50000.00", "--days", "30", "--outcomes", "act, none")
    assert done.out == "settling: reminders up to 50,000.00 30 days act/none\n"
    assert shared.run(*ask).out == "settling: reminders\n"
    assert shared.run(*ask, "--none").out == "settling settles nothing in reminders any more\n"
    for words, said in (
        (("--amount", "lots"), "takes an amount such as"),
        (("--amount", "-1"), "takes an amount such as"),
        (("--outcomes", "maybe"), "no outcome of this policy"),
        (("--none",), "no authority in reminders"),
    ):
        done = shared.run(*ask, *words)
        assert done.code == 2
        assert said in done.err


def test_customers_are_assigned_and_taken_away(shared) -> None:
    created(shared, "travelling")
    ask = ("people", "assign", "travelling")
    assert shared.run(*ask, "C-1").out == "travelling looks after 1 customer\n"
    assert shared.run(*ask, "C-2").out == "travelling looks after 2 customers\n"
    assert "already" in shared.run(*ask, "C-2").err
    assert shared.run(*ask, "C-1", "--remove").out == "travelling looks after 1 customer\n"
    assert shared.run(*ask, "C-1", "--remove").code == 2


def test_a_key_is_printed_once_on_a_line_for_a_shell(shared) -> None:
    created(shared, "keyed", "credit-officer")
    made = shared.run("keys", "create", "keyed", "--scopes", "decide,decide:backdate", "--days", "7")
    key = made.out.strip().removeprefix("TERMWISE_KEY=")
    with shared.services(writing=True) as services:
        principal = services.signing_in.principal_of_key(key)
        assert principal.person.login == "keyed"
    (listed,) = shared.run("keys", "list", "keyed", "--json").json
    assert (listed["scopes"], listed["revoked"]) == ("decide decide:backdate", "")
    assert key not in shared.run("keys", "list").out
    assert shared.run("keys", "revoke", listed["id"]).out == f"revoked: {listed['id']}\n"
    with shared.services(writing=True) as services, pytest.raises(Exception, match="key that stands"):
        services.signing_in.principal_of_key(key)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "nobody"), "nobody with the login or id nobody"),
        (("create", "keyless", "--scopes", "approve"), "--scopes approve: takes decide, read"),
        (("create", "keyless", "--scopes", "decide:file"), "beyond the role sales"),
        (("create", "keyless", "--days", "400"), "1<=x<=366"),
        (("revoke", "x"), "takes a key's id"),
        (("revoke", "01a200f3-314b-7228-bdba-9c38a8a8d3ec"), "There is no key"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(shared, words, said) -> None:
    if "keyless" in words and not any(
        one["login"] == "keyless" for one in shared.run("people", "list", "--json").json
    ):
        created(shared, "keyless")
    done = shared.run("keys", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_while_a_server_writes_to_the_file_nobody_is_made(shared) -> None:
    with shared.services(writing=True):
        done = shared.run("people", "create", "late", "--name", "Late", "--role", "sales", "--generate")
    assert (done.code, done.out) == (2, "")
    assert "is in use" in done.err
