"""A whole service for tests: real store, real engines, and a client that checks every answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from secrets import randbits
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from app.domain.identifiers import Identifiers
from app.domain.keeping import Reason
from app.domain.moves import Move, moved
from app.domain.people import Role
from app.factory import application
from app.services.assembly import Services, open_services, utc_now
from app.services.rulesets.state_changes import StateChanges
from app.settings import Settings
from app.web.limits import Limits
from app.web.metrics import Metrics
from tests import databases, people
from tests.web.documented import DocumentedClient, check

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "tests" / "rulesets" / "example.yaml").read_bytes()
FACTS = {
    "grade": "A",
    "credit_limit": "100000.00",
    "exposure": "20000.00",
    "order_amount": "10000.00",
    "requested_net_days": 120,
    "prepayment": "0.10",
}
DECISIONS = "/v1/policies/payment-terms/decisions"
SIMULATIONS = "/v1/policies/payment-terms/simulations"
BATCH = f"{DECISIONS}/batch"


class Service:
    """The services, the application over them, and a client."""

    def __init__(self, services: Services, metrics: Metrics, limits: Limits | None = None) -> None:
        self.services = services
        self._ids = Identifiers(services.deciding.now, randbits)
        self.app: Flask = application(services, metrics, limits=limits)
        self.app.test_client_class = DocumentedClient
        self.client = self.app.test_client()
        self.officer = people.person(services, "officer")
        """Whose key the client sends unless told otherwise: one with every scope."""
        self.key = people.key(services, self.officer)
        self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.key}"

    def as_role(self, role: Role, login: str | None = None) -> dict[str, str]:
        """The header of a person in that role who has just signed in."""
        whose = people.person(self.services, login or f"some-{role}", role)
        return people.bearer(people.session(self.services, whose))

    def decide(self, facts: Any = None, policy: str = "payment-terms", **envelope: Any) -> TestResponse:
        """Ask for a decision; ``headers`` and ``raw`` (the body's bytes) may be given, too."""
        headers, raw = envelope.pop("headers", {}), envelope.pop("raw", None)
        body = (
            json.dumps({"facts": FACTS if facts is None else facts, **envelope}).encode()
            if raw is None
            else raw
        )
        return self.post(f"/v1/policies/{policy}/decisions", body, headers=headers)

    def post(
        self, path: str, body: bytes, media: str = "application/json", headers: Any = None
    ) -> TestResponse:
        """Send bytes as they are."""
        return self.client.post(path, data=body, content_type=media, headers=headers or {})

    def stream(
        self, path: str, body: bytes, media: str = "application/json", length: int | None = None
    ) -> TestResponse:
        """Send bytes without their length, or with another one, as granian hands them on."""
        builder = EnvironBuilder(path=path, method="POST", input_stream=BytesIO(body), content_type=media)
        environ = builder.get_environ()
        environ["HTTP_AUTHORIZATION"] = f"Bearer {self.key}"
        environ["wsgi.input_terminated"] = True
        del environ["CONTENT_LENGTH"]
        if length is not None:
            environ["CONTENT_LENGTH"] = str(length)
        response = TestResponse(*run_wsgi_app(self.app, environ, buffered=True), Request(environ))
        check(self.app, response)
        return response

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read something."""
        return self.client.get(path, query_string=query)

    def publish(self, text: bytes, folder: Path) -> str:
        """Write a ruleset into a folder, synchronise the folder, and activate the version; its version."""
        policy, version = (_line(text, name) for name in ("policy", "version"))
        path = folder / policy / f"{version}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        self.services.publishing.synchronise(folder, "operator")
        self.activate(policy, version)
        return version

    def erase(self, customer: str) -> None:
        """Erase a customer as the shell would."""
        assert self.services.keeping.erasing.erase(customer, Reason.SUBJECT_REQUEST, None, by=None).keys

    def activate(self, policy: str, version: str) -> None:
        """Put a drafted version into force at once: submitted, approved by another person, activated.

        Its checks are not run: most texts of tests prove less than a policy must.
        """
        services = self.services
        changes = StateChanges(
            services.store.rulesets, services.recorder, now=services.deciding.now, new_id=self._ids.at
        )
        second = "officer-2"
        for move, by in ((Move.SUBMIT, "operator"), (Move.APPROVE, second), (Move.ACTIVATE, second)):
            moment = changes.moment(policy)
            wish = changes.wish(moment, move, by)
            supersedes = moment.last_activation if move is Move.ACTIVATE else None
            changes.record(moved(moment.version(version), wish, supersedes=supersedes), wish)


def told(response: TestResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(response.data)


def as_made(response: TestResponse) -> bytes:
    """A decision that was read back, byte for byte as it was made: without what stands now."""
    made, _, standing = response.data.rpartition(b',"standing":')
    assert standing
    return bytes(made) + b"}"


def faults(response: TestResponse) -> dict[str, str]:
    """What a problem says, by pointer."""
    return {one.get("pointer", ""): one["detail"] for one in told(response)["errors"]}


def _line(text: bytes, name: str) -> str:
    return next(
        line.split(":")[1].strip() for line in text.decode().splitlines() if line.startswith(f"{name}:")
    )


def settings_for(folder: Path, database_url: str | None = None, **more: str) -> Settings:
    """Settings whose every file lies in ``folder``."""
    return Settings.from_env(
        {
            "TERMWISE_DATABASE_URL": database_url or f"sqlite:///{folder}/termwise.db",
            "TERMWISE_KEYS_URL": f"sqlite:///{folder}/keys.db",
            "TERMWISE_MASTER_KEY_FILE": f"{folder}/master.key",
            **more,
        }
    )


@contextmanager
def serving(
    folder: Path,
    *texts: bytes,
    database_url: str | None = None,
    now: Callable[[], datetime] = utc_now,
    limits: Limits | None = None,
    **settings: str,
) -> Iterator[Service]:
    """A service that answers the policies of these texts; a text that is known already is left as it is."""
    metrics = Metrics()
    databases.copy_into(folder)
    with open_services(
        settings_for(folder, database_url, **settings), now=now, count=metrics.count_evaluation
    ) as services:
        service = Service(services, metrics, limits)
        known = services.policies.names()
        for text in texts or (EXAMPLE,):
            if _line(text, "policy") not in known:
                service.publish(text, folder / "rulesets")
        yield service


def new_version(text: bytes, version: str, *changes: tuple[str, str]) -> bytes:
    """The same ruleset under another version, with replacements."""
    written = text.decode().replace("\nversion: 1.0.0\n", f"\nversion: {version}\n")
    for old, new in changes:
        assert old in written
        written = written.replace(old, new)
    return written.encode()


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
