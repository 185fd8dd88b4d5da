"""People and keys over HTTP ..."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from app.domain.people import Person, Role
from app.web.api.operations.operation import Operation
from app.web.api.operations.people import OPERATIONS
from tests import people
from tests.web.documented import check
from tests.web.service import Service, serving, told

PASSWORD, OTHER = "a long enough password", "another long password"
PEOPLE, KEYS, POLICY = "/v1/people", "/v1/keys", "payment-terms"
NOBODY = f"{PEOPLE}/01a200f3-314b-7228-bdba-9c38a8a8d3ec"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as opened:
        yield opened


@pytest.fixture(scope="module")
def admin(shared: Service) -> dict[str, str]:
    """The header of an administrator."""
    return shared.as_role(Role.ADMINISTRATOR)


def someone(service: Service, role: Role = Role.SALES) -> Person:
    return people.person(service.services, f"p-{uuid4().hex}", role)


def bearer(service: Service, person: Person) -> dict[str, str]:
    return people.bearer(people.session(service.services, person))


def ask(service: Service, method: str, path: str, headers: dict[str, str], body: Any = None) -> TestResponse:
    more = {} if body is None else {"json": body}
    return service.client.open(path, method=method, headers=headers, **more)


def test_are_made_with_a_password_that_is_told_once(shared: Service, admin: dict[str, str]) -> None:
    body = {"login": "Made.Up", "name": "Made up", "role": "finance", "language": "zh"}
    made = ask(shared, "POST", PEOPLE, admin, body)
    assert made.status_code == 201
    person = told(made)
    password = person.pop("password")
    assert (person["login"], person["role"], person["language"]) == ("made.up", "finance", "zh")
    read = ask(shared, "GET", made.headers["Location"], admin)
    assert told(read) == {**person, "authority": []}
    assert read.headers["ETag"] == made.headers["ETag"] == '"1"'
    assert shared.services.signing_in.sign_in("made.up", password, address="192.0.2.1").token
    assert ask(shared, "POST", PEOPLE, admin, body).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"login": "x", "name": "X"},
        {"login": "x", "name": "X", "role": "boss"},
        {"login": "ä", "name": "X", "role": "sales"},
        {"login": "x", "name": " X", "role": "sales"},
        {"login": "x", "name": "X", "role": "sales", "password": "short"},
        {"login": "x", "name": "X", "role": "sales", "id": str(uuid4())},
        {"login": "x", "name": "X", "role": "sales", "revision": 7},
        {"login": "demo-x", "name": "X", "role": "sales"},
        ["x"],
    ],
)
def test_are_not_made_of_what_cannot_be(shared: Service, admin: dict[str, str], body: Any) -> None:
    answer = ask(shared, "POST", PEOPLE, admin, body)
    assert answer.status_code == 422
    assert told(answer)["errors"]


def test_are_listed_a_page_at_a_time(shared: Service, admin: dict[str, str]) -> None:
    for _ in range(3):
        someone(shared)
    found: list[str] = []
    path = f"{PEOPLE}?limit=2"
    while path:
        page = ask(shared, "GET", path, admin)
        found += [one["id"] for one in told(page)["people"]]
        link = page.headers.get("Link", "")
        path = link.partition(">")[0].lstrip("<")
        assert bool(path) == (told(page)["next"] is not None)
    everybody = [str(one.id) for one in shared.services.people.page(limit=200)]
    assert found == everybody
    for query in ("limit=0", "limit=201", "limit=x", "after=x", "name=x"):
        assert ask(shared, "GET", f"{PEOPLE}?{query}", admin).status_code == 422


def test_are_changed_only_as_they_were_read(shared: Service, admin: dict[str, str]) -> None:
    path = f"{PEOPLE}/{someone(shared).id}"
    body = {"name": "Another", "role": "auditor"}
    assert ask(shared, "PATCH", path, admin, body).status_code == 428
    changed = ask(shared, "PATCH", path, {**admin, "If-Match": '"1"'}, body)
    assert (told(changed)["name"], told(changed)["role"], changed.headers["ETag"]) == (
        "Another",
        "auditor",
        '"2"',
    )
    for tag in ('"1"', '"3"', '"x"', "*", '"1", "2"'):
        assert ask(shared, "PATCH", path, {**admin, "If-Match": tag}, body).status_code == 412
    tagged = {**admin, "If-Match": '"2"'}
    for wrong in (
        {},
        {"login": "other"},
        {"revision": 9},
        {"active": "no"},
        {"role": "boss"},
        {"name": None},
    ):
        assert ask(shared, "PATCH", path, tagged, wrong).status_code == 422


def test_do_not_raise_themselves(shared: Service) -> None:
    own = someone(shared, Role.ADMINISTRATOR)
    headers = {**bearer(shared, own), "If-Match": '"1"'}
    path = f"{PEOPLE}/{own.id}"
    for method, rest, body in (
        ("PATCH", "", {"role": "credit-officer"}),
        ("PATCH", "", {"active": False}),
        ("PUT", f"/authority/{POLICY}", {"amount": "1000000.00"}),
        ("DELETE", f"/authority/{POLICY}", None),
    ):
        answer = ask(shared, method, path + rest, headers, body)
        assert answer.status_code == 403
        assert "Nobody changes their own" in told(answer)["detail"]


def test_are_deaf_from_the_next_request_on_when_they_leave(shared: Service, admin: dict[str, str]) -> None:
    who = someone(shared, Role.CREDIT_OFFICER)
    session, key = bearer(shared, who), people.bearer(people.key(shared.services, who))
    for headers in (session, key):
        assert ask(shared, "GET", "/v1/me", headers).status_code == 200
    tagged = {**admin, "If-Match": '"1"'}
    assert ask(shared, "PATCH", f"{PEOPLE}/{who.id}", tagged, {"active": False}).status_code == 200
    for headers in (session, key):
        assert ask(shared, "GET", "/v1/me", headers).status_code == 401


def test_change_their_own_password_with_the_old_one_and_others_do_not(
    shared: Service, admin: dict[str, str]
) -> None:
    own = shared.services.people.create("own.password", "Own", Role.LEGAL, PASSWORD, by=None)
    mine, path = bearer(shared, own), f"{PEOPLE}/{own.id}/password"
    assert ask(shared, "PUT", path, mine, {"password": OTHER}).status_code == 403
    assert ask(shared, "PUT", path, mine, {"password": OTHER, "old": OTHER}).status_code == 403
    assert ask(shared, "PUT", path, mine, {"password": OTHER, "old": PASSWORD}).status_code == 200
    assert ask(shared, "GET", "/v1/me", mine).status_code == 200
    other = bearer(shared, someone(shared, Role.LEGAL))
    assert ask(shared, "PUT", path, other, {"password": PASSWORD}).status_code == 404
    assert ask(shared, "PUT", path, admin, {"password": PASSWORD}).status_code == 200
    assert ask(shared, "GET", "/v1/me", mine).status_code == 401
    assert shared.services.signing_in.sign_in("own.password", PASSWORD, address="192.0.2.1").token


def test_see_themselves_and_nobody_else_unless_their_role_says_so(shared: Service) -> None:
    own, other = someone(shared), someone(shared)
    mine = bearer(shared, own)
    assert ask(shared, "GET", f"{PEOPLE}/{own.id}", mine).status_code == 200
    hidden = ask(shared, "GET", f"{PEOPLE}/{other.id}", mine)
    missing = ask(shared, "GET", NOBODY, mine)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert told(hidden)["detail"].replace(str(other.id), "") == told(missing)["detail"].replace(
        NOBODY[11:], ""
    )
    assert ask(shared, "GET", PEOPLE, mine).status_code == 403
    auditor = bearer(shared, someone(shared, Role.AUDITOR))
    assert ask(shared, "GET", f"{PEOPLE}/{other.id}", auditor).status_code == 200


def test_settle_what_is_said_of_each_policy(shared: Service, admin: dict[str, str]) -> None:
    path = f"{PEOPLE}/{someone(shared, Role.FINANCE).id}/authority"
    given = {"amount": "50000.00", "days": 30, "outcomes": ["offer"]}
    set_ = ask(shared, "PUT", f"{path}/{POLICY}", admin, given)
    assert told(set_) == {"authority": [{"policy": POLICY, **given}]}
    free: dict[str, Any] = {"policy": POLICY, "amount": None, "days": None, "outcomes": []}
    assert told(ask(shared, "PUT", f"{path}/{POLICY}", admin, {})) == {"authority": [free]}
    for wrong in (
        {"amount": "-1"},
        {"amount": "1.001"},
        {"amount": 1.5},
        {"days": -1},
        {"days": True},
        {"outcomes": ["maybe"]},
        {"outcomes": ["offer", "offer"]},
        {"outcomes": "offer"},
        {"policy": "other"},
    ):
        assert ask(shared, "PUT", f"{path}/{POLICY}", admin, wrong).status_code == 422, wrong
    assert ask(shared, "PUT", f"{path}/none", admin, {}).status_code == 404
    assert told(ask(shared, "DELETE", f"{path}/{POLICY}", admin)) == {"authority": []}
    assert ask(shared, "DELETE", f"{path}/{POLICY}", admin).status_code == 404


def test_look_after_the_customers_they_are_given(shared: Service, admin: dict[str, str]) -> None:
    rep, other = someone(shared), someone(shared)
    path = f"{PEOPLE}/{rep.id}/customers"
    (given,) = told(ask(shared, "POST", path, admin, {"customer": "C-77 / Söhne"}))["customers"]
    assert given["customer"] == "C-77 / Söhne"
    assert told(ask(shared, "GET", path, bearer(shared, rep)))["customers"] == [given]
    assert ask(shared, "GET", path, bearer(shared, other)).status_code == 404
    assert ask(shared, "POST", path, admin, {"customer": "C-77 / Söhne"}).status_code == 409
    assert ask(shared, "POST", path, bearer(shared, rep), {"customer": "C-1"}).status_code == 403
    assert told(ask(shared, "DELETE", f"{path}/{given['id']}", admin)) == {"customers": []}
    assert ask(shared, "DELETE", f"{path}/{given['id']}", admin).status_code == 404


def test_get_keys_from_an_administrator_and_end_their_own(shared: Service, admin: dict[str, str]) -> None:
    owner = someone(shared, Role.CREDIT_OFFICER)
    body = {"owner": owner.login, "label": "nightly", "scopes": ["decide", "read"], "days": 30}
    made = ask(shared, "POST", KEYS, admin, body)
    assert made.status_code == 201
    key = told(made)
    secret = key.pop("secret")
    assert (key["owner"], key["scopes"]) == (str(owner.id), ["decide", "read"])
    assert ask(shared, "GET", "/v1/me", people.bearer(secret)).status_code == 200
    mine = bearer(shared, owner)
    (listed,) = told(ask(shared, "GET", KEYS, mine))["keys"]
    assert {**listed, "last_used_at": None} == key
    assert secret not in ask(shared, "GET", KEYS, admin).text
    other = bearer(shared, someone(shared))
    assert told(ask(shared, "GET", KEYS, other)) == {"keys": [], "next": None}
    assert ask(shared, "DELETE", f"{KEYS}/{key['id']}", other).status_code == 404
    assert ask(shared, "DELETE", f"{KEYS}/{key['id']}", mine).status_code == 200
    assert ask(shared, "GET", "/v1/me", people.bearer(secret)).status_code == 401
    assert ask(shared, "DELETE", f"{KEYS}/{key['id']}", mine).status_code == 409
    for wrong in (
        {**body, "owner": "nobody"},
        {**body, "scopes": []},
        {**body, "scopes": ["approve"]},
        {**body, "days": 0},
        {**body, "days": 367},
        {**body, "secret": "mine"},
    ):
        assert ask(shared, "POST", KEYS, admin, wrong).status_code == 422, wrong


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.id)
def test_answer_each_call_that_cannot_be_read_as_documented(shared: Service, one: Operation) -> None:
    path = one.path.replace("{policy}", POLICY).replace("{id}", str(someone(shared).id))
    path = path.replace("{customer}", "x")
    headers = {**shared.as_role(Role.ADMINISTRATOR), "If-Match": '"1"'}
    assert ask(shared, one.method.upper(), f"{path}?strange=1", headers, {}).status_code == 422
    if one.request is None:
        return
    for status, body, media, length in (
        (400, b"{}", "application/json", 3),
        (413, b"x" * 300_000, "application/json", None),
        (415, b"{}", "text/html", None),
    ):
        assert sent(shared, one.method, path, headers, body, media, length) == status


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.id)
def test_say_at_each_call_that_nothing_can_be_read_or_recorded(gone: Broken, one: Operation) -> None:
    path = one.path.replace("{policy}", POLICY).replace("{id}", str(gone.person.id))
    path = path.replace("{customer}", "x")
    answer = ask(gone.service, one.method.upper(), path, gone.headers, BODIES.get(one.id))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


BODIES = {
    "signIn": {"login": "someone", "password": PASSWORD},
    "createPerson": {"login": "x", "name": "X", "role": "sales", "password": PASSWORD},
    "changePerson": {"name": "Another"},
    "setPassword": {"password": PASSWORD},
    "setAuthority": {},
    "assignCustomer": {"customer": "C-1"},
    "createKey": {"owner": "someone", "label": "x", "scopes": ["read"]},
}


class Broken(NamedTuple):
    """A service whose database was taken away, and an administrator who signed in before."""

    service: Service
    headers: dict[str, str]
    person: Person


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    folder = tmp_path_factory.mktemp("gone")
    with serving(folder) as service:
        person = service.services.people.create("someone", "Some one", Role.SALES, PASSWORD, by=None)
        headers = {**service.as_role(Role.ADMINISTRATOR), "If-Match": '"1"'}
        ask(service, "GET", "/v1/me", headers)  # whoever signed in is remembered
        for one in folder.glob("termwise.db*"):
            one.rename(one.with_name(f"gone-{one.name}"))
        (folder / "termwise.db").mkdir()
        for engine in service.services.store._engines:
            engine.dispose()
        service.services.store._writer.close()
        service.services.store.people.forget()
        yield Broken(service, headers, person)


def sent(
    service: Service,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    media: str,
    length: int | None,
) -> int:
    """Send bytes with another announced length; the status, with the answer checked."""
    builder = EnvironBuilder(
        path=path,
        method=method.upper(),
        input_stream=BytesIO(body),
        content_type=media,
        headers=list(headers.items()),
    )
    environ = builder.get_environ()
    environ["wsgi.input_terminated"] = True
    environ.pop("CONTENT_LENGTH", None)
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    response = TestResponse(*run_wsgi_app(service.app, environ, buffered=True), Request(environ))
    check(service.app, response)
    return response.status_code
