"""Clients that ask for decisions and write down, in the order of the recording, what they were told."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any, NamedTuple

from tests.faults.storage.birth import POLICY
from tests.faults.storage.shim import Shim
from tests.web.service import FACTS

DECISIONS = f"/v1/policies/{POLICY}/decisions"
PATIENCE = 40.0
PAUSE = 0.15


class Heard(NamedTuple):
    """An answer; status 0 where the server hung up or could not be reached."""

    status: int
    body: bytes
    media: str = ""
    retry_after: str | None = None

    @property
    def is_honest(self) -> bool:
        """A success, an honest 503 that says when to come back, or nothing at all."""
        told = self.media == "application/problem+json" and self.retry_after is not None
        return self.status in (0, 200, 201) or (self.status == 503 and told)


class Client:
    """One connection, kept while it lasts."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Heard:
        """One request, sent once."""
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        sent = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers}
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
            media = (answer.getheader("Content-Type") or "").partition(";")[0]
            return Heard(answer.status, answer.read(), media, answer.getheader("Retry-After"))
        except (OSError, HTTPException):
            self.close()
            return Heard(0, b"")

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Load:
    """Threads that decide until they are stopped; some ask under idempotency keys, some in batches.

    What was acknowledged is noted in the shim's record and kept in ``acknowledged``, by the decision's id.
    ``unclean`` are answers that are neither a success nor an honest 503; ``hung_up`` counts where none came.
    """

    def __init__(self, shim: Shim, port: int, key: str, chance: Random, threads: int) -> None:
        self._shim, self._port, self._key = shim, port, key
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.statuses: Counter[int] = Counter()
        self.unclean: list[str] = []
        self._stop = threading.Event()
        self._decided = threading.Semaphore(0)
        works: list[Callable[[Random, Client], None]] = [self._single for _ in range(threads - 1)]
        works.append(self._batch)
        self._threads = [
            threading.Thread(target=self._run, args=(work, Random(chance.random())))
            for work in (*works, self._watch)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def hung_up(self) -> int:
        return self.statuses[0]

    def stop(self) -> None:
        """End after the requests under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, decisions: int, seconds: float = 120) -> bool:
        """Until so many more are acknowledged."""
        end = time.monotonic() + seconds
        while self._decided.acquire(blocking=False):
            pass
        return all(self._decided.acquire(timeout=max(0.0, end - time.monotonic())) for _ in range(decisions))

    def _run(self, work: Callable[[Random, Client], None], chance: Random) -> None:
        client = Client(self._port, self._key)
        while not self._stop.is_set():
            work(chance, client)
            self._stop.wait(chance.random() * PAUSE)
        client.close()

    def _single(self, chance: Random, client: Client) -> None:
        body = json.dumps(wanted(chance)).encode()
        key = f"key-{chance.getrandbits(64)}" if chance.random() < 0.5 else None
        for _ in range(50 if key else 1):  # under one key it may be asked again until it is known
            heard = client.ask("POST", DECISIONS, body, **({"Idempotency-Key": key} if key else {}))
            self._look_at(heard)
            if heard.status in (200, 201):
                self._told(json.loads(heard.body), key, body)
                return
            if self._stop.wait(0.1):
                return

    def _batch(self, chance: Random, client: Client) -> None:
        lines = [{"id": str(number), **wanted(chance)} for number in range(5)]
        body = b"".join(json.dumps(one).encode() + b"\n" for one in lines)
        heard = client.ask("POST", f"{DECISIONS}/batch", body, **{"Content-Type": "application/x-ndjson"})
        self._look_at(heard)
        for line in heard.body.splitlines() if heard.status == 200 else ():
            told = json.loads(line)
            if "decision" in told:
                self._told(told["decision"], None, b"")
            elif told["problem"]["status"] != 503:
                self.unclean.append(line.decode()[:300])

    def _watch(self, _: Random, client: Client) -> None:
        """Follow the log's signed head."""
        heard = client.ask("GET", "/v1/audit/checkpoint")
        if heard.status == 200:
            self._shim.note("head", note=json.loads(heard.body)["checkpoint"])
        elif not heard.is_honest:
            self.unclean.append(f"{heard.status} {heard.body[:300].decode('utf-8', 'replace')}")

    def _told(self, decision: dict[str, Any], key: str | None, body: bytes) -> None:
        self._shim.note("decision", decision=decision, key=key, body=body.decode())
        self.acknowledged[decision["id"]] = decision
        self._decided.release()

    def _look_at(self, heard: Heard) -> None:
        self.statuses[heard.status] += 1
        if not heard.is_honest:
            self.unclean.append(f"{heard.status} {heard.media} {heard.body[:300].decode('utf-8', 'replace')}")


def wanted(chance: Random) -> dict[str, Any]:
    """A request for a decision, one of three of them about somebody new."""
    somebody = f"C-{chance.getrandbits(40)}" if chance.random() < 0.3 else f"C-{chance.randrange(20)}"
    facts = {**FACTS, "order_amount": f"{chance.randrange(1, 90_000)}.00", "grade": chance.choice("ABCDE")}
    return {"facts": facts, "customer": somebody, "reference": f"R-{chance.getrandbits(60)}"}
