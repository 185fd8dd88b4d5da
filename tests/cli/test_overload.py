"""``termwise serve`` when more comes than it can do."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from sqlite3 import connect
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests import people
from tests.bench.arrivals import Phase
from tests.bench.open_loop import Client
from tests.cli.shell import Shell, eventually
from tests.cli.test_serve import Serving, decide, serving

PATIENCE = 60.0
BODY = json.dumps({"facts": {"due_date": "2026-01-01", "open_amount": "1"}}).encode()
DECISIONS = "/v1/policies/reminders/decisions"


def request(server: Serving, path: str, media: str, body: bytes) -> bytes:
    """A request as it goes over the wire."""
    headers = {"Host": "localhost", "Content-Type": media, "Content-Length": str(len(body))}
    headers.update(people.bearer(server.key))
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def decisions(shell: Shell) -> int:
    with closing(connect(shell.folder / "termwise.db")) as database:
        return int(database.execute("SELECT count(*) FROM decision").fetchone()[0])


def test_it_does_what_it_can_and_tells_the_others_to_come_back(shell) -> None:
    with serving(shell, TERMWISE_THREADS="1", TERMWISE_QUEUE="1") as server:
        asking = [request(server, DECISIONS, "application/json", BODY)]
        client = Client(("127.0.0.1", server.port), asking, connections=200, deadline=PATIENCE)
        (tally,) = client.run([Phase(1000, 1)])
        told = tally.told()
        assert told["good"] + told["refused"] == told["due"], told
        assert told["good"] > 0
        assert told["refused"] > 0
        assert decide(server)["outcome"]
        # Nothing was done for whoever was told so.
        assert decisions(shell) == told["good"] + 1


def test_it_has_a_batch_s_place_back_when_the_client_hangs_up(shell) -> None:
    with serving(shell, TERMWISE_THREADS="1") as server:
        batch = f"{DECISIONS}/batch"
        with socket.create_connection(("127.0.0.1", server.port)) as caller:
            caller.sendall(request(server, batch, "application/x-ndjson", (BODY + b"\n") * 1000))
            assert caller.recv(12) == b"HTTP/1.1 200"

        def served() -> bool:
            one = Request(f"http://127.0.0.1:{server.port}{batch}", BODY + b"\n", people.bearer(server.key))
            one.add_header("Content-Type", "application/x-ndjson")
            try:
                return "outcome" in json.loads(urlopen(one, timeout=PATIENCE).read())["decision"]
            except HTTPError as error:
                if error.code != 503:
                    raise
                return False

        eventually(served)
