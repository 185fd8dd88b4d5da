"""A company to visit: the demonstration behind a real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.cli import demo, opening
from app.domain.people import Person, Role
from app.factory import application
from app.services.assembly import Services, open_services
from app.services.recording import Wanted
from app.web.cookies import NAME
from app.web.limits import Limits
from app.web.metrics import Metrics
from tests import people
from tests.web.service import settings_for

DECISIONS = 66
LOGINS = {
    Role.SALES: "demo-sales",
    Role.CREDIT_OFFICER: "demo-officer",
    Role.FINANCE: "demo-finance",
    Role.LEGAL: "demo-legal",
    Role.AUDITOR: "demo-auditor",
    Role.ADMINISTRATOR: "demo-admin",
}


class Company:
    """The services, the application, and where it is served."""

    def __init__(self, services: Services, url: str, client: FlaskClient) -> None:
        self.services = services
        self.url = url
        self._client = client

    def person(self, who: Role | str) -> Person:
        """The demo person in that role, or of that login."""
        found = self.services.people.find(LOGINS[who] if isinstance(who, Role) else who)
        assert found is not None
        return found

    def cookie(self, who: Role | str) -> dict[str, str]:
        """The cookie of somebody who has just signed in, as Playwright takes it."""
        return {"name": NAME, "value": people.session(self.services, self.person(who)), "url": self.url}

    def client(self, who: Role | str | None = None) -> FlaskClient:
        """A client without a browser, for what has nothing to be looked at; signed in as ``who``."""
        client = self._client.application.test_client()
        if who is not None:
            client.set_cookie(NAME, self.cookie(who)["value"])
        return client

    def csrf(self, client: FlaskClient) -> str:
        """What that client's forms carry."""
        held = client.get_cookie(NAME)
        assert held is not None
        return self.services.signing_in.csrf(held.value)

    def decision(self, whose: Role | None = None, **wanted: str) -> str:
        """The latest decision of those wanted, within the reach of sales where ``whose`` is."""
        return str(self._found(whose, **wanted)[0]["id"])

    def unfavourable(self, whose: Role | None = None, **wanted: str) -> str:
        """The same of one that does not simply grant what was asked."""
        found = self._found(whose, **wanted)
        return str(
            next(one["id"] for one in found if one["outcome_kind"] in ("adverse", "referral", "incomplete"))
        )

    def _found(self, whose: Role | None, **wanted: str) -> Sequence[Mapping[str, Any]]:
        seen_by = str(self.person(Role.SALES).id) if whose is Role.SALES else None
        search = Wanted(visible_to=seen_by, **wanted)  # type: ignore[arg-type]
        return self.services.auditing.search(search, after=None, limit=1000).decisions

    def beyond_sales(self) -> str:
        """A decision that is not the representative's to see."""
        everything, theirs = ({one["id"] for one in self._found(whose)} for whose in (None, Role.SALES))
        return str(min(everything - theirs))


def demonstration(folder: Path, decisions: int = DECISIONS) -> None:
    """Make a demonstration in ``folder`` as ``termwise serve --demo`` does, a smaller one unless told."""
    folder.mkdir(exist_ok=True)
    with open_services(settings_for(folder), migrate=True) as services:
        assert list(demo.load(services, opening.OPERATOR, decisions))
        services.sequencer.drain()  # no sequencer runs in these tests, and the log's pages need a signed head


@contextmanager
def opened(folder: Path) -> Iterator[Company]:
    """Serve what lies in ``folder`` until the block ends. Nobody asks too often."""
    metrics, hours = Metrics(), iter(range(0, 10**9, 3600))
    with open_services(settings_for(folder), migrate=True) as services:
        app = application(services, metrics, limits=Limits(lambda: next(hours)))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Company(services, f"http://127.0.0.1:{server.server_port}", app.test_client())
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
