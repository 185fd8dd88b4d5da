"""Every documented answer of the calls about rulesets, met once ..."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from app.domain.people import Role
from app.web.api.operations import rulesets
from schemas.ruleset import digest_of
from schemas.text import MAX_BYTES
from tests.lifecycle.desk import tiny
from tests.web.documented import SEEN, check
from tests.web.service import Service, serving

HERE = "/v1/rulesets/tiny/versions"
YAML = "application/yaml"
DIGEST = digest_of(tiny())
MOVES = {
    "submission": {},
    "approval": {"digest": DIGEST},
    "return": {"reason": "no"},
    "activation": {"reason": "yes"},
    "retirement": {"reason": "old"},
}


class Walk:
    """Sends whatever it is told, by either of two officers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.officers = [service.as_role(Role.CREDIT_OFFICER, login) for login in ("writer", "reviewer")]

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        by: int = 0,
        media: str = "application/json",
        short: int = 0,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> TestResponse:
        """``short``: how many bytes more are announced than sent."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        builder = EnvironBuilder(path=path, method=method, input_stream=BytesIO(data), content_type=media)
        environ = builder.get_environ()
        environ["CONTENT_LENGTH"] = str(len(data) + short)
        for name, value in {**self.officers[by], **headers}.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        response = TestResponse(*run_wsgi_app(self.service.app, environ, buffered=True), Request(environ))
        check(self.service.app, response)
        return response


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    SEEN.clear()
    with serving(tmp_path) as service:
        yield Walk(service)


def test_are_documented(walk: Walk, tmp_path: Path) -> None:
    draft = {"version": "1.0.0", "text": tiny().decode()}
    one = f"{HERE}/1.0.0"
    for body in (draft, draft, {}, {"version": "2.0.0", "from": "1.1.0"}):
        walk.send("POST", HERE, body)
    _bodies(walk, "POST", HERE, draft)
    for path in (HERE, one, f"{one}/history", f"{one}/cases"):
        walk.send("GET", path)
        walk.send("GET", path, headers={"Accept": YAML})
        walk.send("GET", path.replace("tiny", "none"))
        walk.send("GET", f"{path}?x=1")
    for path in (one, one.replace("tiny", "none"), f"{one}/checks?x=1"):
        walk.send("POST", path if "checks" in path else f"{path}/checks")
    any_tag = {"If-Match": "*"}
    for headers in (dict[str, str](), any_tag, {"If-Match": '"x"'}):
        walk.send("PUT", one, tiny(most="200.00"), media=YAML, headers=headers)
    walk.send("PUT", one, tiny(), media=YAML, headers=any_tag)
    walk.send("PUT", one.replace("tiny", "none"), tiny(), media=YAML, headers=any_tag)
    walk.send("PUT", one, b"x", media=YAML, headers=any_tag)
    walk.send("PUT", one, b"x" * (MAX_BYTES + 1), media=YAML, headers=any_tag)
    walk.send("PUT", one, b"x", media="text/html", headers=any_tag)
    walk.send("PUT", one, b"x", media=YAML, short=1, headers=any_tag)
    for move, body in MOVES.items():
        _bodies(walk, "POST", f"{one}/{move}", body)
    for move in ("submission", "return", "submission", "approval"):
        walk.send("POST", f"{one}/{move}", MOVES[move], by=1)
    walk.send("PUT", f"{HERE}/1.0.0", tiny(), media=YAML, headers=any_tag)
    plan = {"effective_from": "2199-01-01"}
    walk.send("POST", f"{one}/activation", plan)
    walk.send("DELETE", f"{one}/activation", headers={"If-Match": '"x"'})
    for path in (one, one, f"{HERE}/9.9.9"):
        walk.send("DELETE", f"{path}/activation")
    walk.send("DELETE", f"{one}/activation?x=1")
    for move in ("activation", "activation", "submission", "approval", "return", "retirement", "retirement"):
        walk.send("POST", f"{one}/{move}", MOVES[move])
    walk.send("PUT", one, tiny(most="200.00"), media=YAML, headers=any_tag)
    _without_database(walk, tmp_path)
    answers = {
        (operation.id, status)
        for operation in rulesets.OPERATIONS
        for status in (*operation.answers, *operation.problems)
    }
    assert answers - SEEN == set()


def _bodies(walk: Walk, method: str, path: str, body: dict[str, str]) -> None:
    """What every body can get wrong."""
    walk.send(method, path, body, short=1)
    walk.send(method, path, b"x" * 300_000)
    walk.send(method, path, b"x", media="text/html")
    walk.send(method, path, b"x")
    walk.send(method, path.replace("tiny", "none").replace("1.0.0", "9.9.9"), body)
    if path != HERE:
        walk.send(method, path, body, headers={"If-Match": '"x"'})


def _without_database(walk: Walk, folder: Path) -> None:
    """The rulesets cannot be read; people can, because who asks is remembered."""
    service = walk.service
    service.services.store.rulesets.forget()
    for file in folder.glob("termwise.db*"):
        file.rename(file.with_name(f"gone-{file.name}"))
    (folder / "termwise.db").mkdir()
    for engine in service.services.store._engines:
        engine.dispose()
    one = f"{HERE}/1.0.0"
    for path in (HERE, one, f"{one}/history", f"{one}/cases"):
        walk.send("GET", path)
    walk.send("POST", f"{one}/checks")
    walk.send("POST", HERE, {"version": "3.0.0", "text": tiny("3.0.0").decode()})
    walk.send("PUT", one, tiny(), media=YAML, headers={"If-Match": "*"})
    for move, body in MOVES.items():
        walk.send("POST", f"{one}/{move}", body)
    walk.send("DELETE", f"{one}/activation")
