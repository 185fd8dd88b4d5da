"""Clients that remember exactly what they were told, and ask again under the same key when told nothing.

Whether a decision was recorded that was never answered, no client can know; its next try
with the same idempotency key finds out. So every key ends acknowledged, and there must be
as many decisions as there are keys: fewer are lost, more are doubled.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import NamedTuple
from uuid import UUID

import orjson

PAUSE = 0.05
"""Seconds that a client waits on average before it asks for the next thing."""
RETRY_PAUSE = 0.02
ASKED_AGAIN = 0.05
KEPT = 300
FEW = 20


class Question(NamedTuple):
    """What may be asked of a policy: the members of the body but the reference."""

    policy: str
    body: dict[str, object]


def fired_digest(rules: Sequence[str]) -> bytes:
    """Stands for the complete list of rules that fired, as ``step/rule``, in order."""
    return sha256("\n".join(rules).encode()).digest()


class Clients:
    """``number`` threads that ask until ``stop``.

    ``may_break`` says whether connections may break, as they do when a server is killed; whatever else is
    neither a decision nor a 503 with Retry-After is one of ``faults``.
    """

    def __init__(
        self, port: int, key: str, questions: Sequence[Question], number: int, seed: int, *, may_break: bool
    ) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._questions = questions
        self._may_break = may_break
        self._ended = threading.Event()
        self._told = threading.Condition()
        self._began_last = 0.0
        self.keys = 0
        self.broken = 0
        self.busy = 0
        self.unseen: dict[UUID, bytes] = {}
        """The acknowledged that nobody has found in the log yet, with the digest of the rules that fired."""
        self.kept: dict[UUID, bytes] = {}
        """Whole answers of some."""
        self.faults: list[str] = []
        self._threads = [
            threading.Thread(target=self._run, args=(f"{seed}-{one}", Random(f"{seed} {one}")), daemon=True)
            for one in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def acknowledged_after(self, moment: float, patience: float = 60.0) -> float:
        """Wait until something asked after ``moment`` is acknowledged; when that was (``perf_counter``)."""
        with self._told:
            if not self._told.wait_for(lambda: self._began_last > moment, patience):
                raise TimeoutError(f"nothing was acknowledged within {patience:g} seconds")
            return time.perf_counter()

    def stop(self) -> None:
        """End as soon as everything that was asked is acknowledged."""
        self._ended.set()
        for thread in self._threads:
            thread.join(60.0)
        if any(thread.is_alive() for thread in self._threads):
            self.faults.append("a client still waits for its answer after a minute")

    def fault(self, text: str) -> None:
        """Keep what is wrong; of a flood, the first."""
        if len(self.faults) < FEW:
            self.faults.append(text)

    def _run(self, name: str, chance: Random) -> None:
        line, number = _Line(self._port), 0
        while not self._ended.wait(chance.random() * 2 * PAUSE):
            number += 1
            self._ask(line, f"{name}-{number}", chance)
        line.close()

    def _ask(self, line: _Line, key: str, chance: Random) -> None:
        question = chance.choice(self._questions)
        path = f"/v1/policies/{question.policy}/decisions"
        body = orjson.dumps({**question.body, "reference": key})
        answer = self._answered(line, path, body, key)
        self._remember(answer, chance)
        if chance.random() < ASKED_AGAIN and self._answered(line, path, body, key) != answer:
            self.fault(f"{key} was answered otherwise when it was asked again")

    def _answered(self, line: _Line, path: str, body: bytes, key: str) -> bytes:
        """The decision, asked for as often as it takes."""
        headers = {**self._headers, "Idempotency-Key": key}
        while True:
            began = time.perf_counter()
            try:
                status, retry_after, answer = line.post(path, body, headers)
            except (OSError, HTTPException) as error:
                self.broken += 1
                if not self._may_break:
                    self.fault(f"{key}: the connection broke: {error!r}")
                time.sleep(RETRY_PAUSE)
                continue
            if status in (200, 201):
                with self._told:
                    self._began_last = max(self._began_last, began)
                    self._told.notify_all()
                return answer
            self.busy += 1
            if status != 503 or not retry_after:
                self.fault(f"{key}: {status}, Retry-After {retry_after}: {answer[:200]!r}")
            time.sleep(RETRY_PAUSE)

    def _remember(self, answer: bytes, chance: Random) -> None:
        decision = orjson.loads(answer)
        id = UUID(decision["id"])
        fired = [f"{one['step']}/{one['rule']}" for one in decision["fired"]]
        with self._told:
            self.keys += 1
            if id in self.unseen:
                self.fault(f"{id} was given to two requests")
            self.unseen[id] = fired_digest(fired)
            if chance.random() < KEPT / self.keys:
                self.kept[id] = answer
                if len(self.kept) > KEPT:
                    del self.kept[next(iter(self.kept))]


class _Line:
    """A connection that is kept while it holds."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=15)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None, bytes]:
        try:
            self._connection.request("POST", path, body, headers)
            response = self._connection.getresponse()
            return response.status, response.headers["Retry-After"], response.read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()
