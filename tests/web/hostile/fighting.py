"""Many threads fire at one server and note what comes back."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import orjson

from tests.web.hostile.ammunition import Ammunition, Shot
from tests.web.hostile.wire import Heard, Wire


@dataclass
class Campaign:
    """What was sent and what came back."""

    port: int
    key: str
    requests: int
    seconds: float
    seed: int = 1
    threads: int = 6
    statuses: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Fire everything; the threads stop early when the time is over."""
        end = time.monotonic() + self.seconds
        sent = iter(range(self.requests))
        lock = threading.Lock()
        recent: list[str] = []

        def work(number: int) -> None:
            wire, supply = Wire(self.port, self.key), Ammunition(self.seed * 1000 + number, recent)
            while time.monotonic() < end and len(self.failures) < 20:
                with lock:
                    if next(sent, None) is None:
                        break
                shot = supply.next()
                try:
                    heard = wire.fire(shot)
                except OSError as error:
                    self.failures.append(f"{error!r} at {_shown(shot)}")
                    continue
                with lock:
                    self._note(shot, heard, recent)
            wire.close()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(self.threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _note(self, shot: Shot, heard: Heard | None, recent: list[str]) -> None:
        if heard is None:
            self.statuses[f"none ({shot.manner})"] += 1
            return
        self.statuses[str(heard.status)] += 1
        if heard.status >= 500 and not (heard.status == 503 and heard.retry_after):
            self.failures.append(f"{heard.status} at {_shown(shot)}: {heard.body[:300]!r}")
        if heard.status >= 400 and heard.body and heard.media not in _told_as(shot):
            self.failures.append(f"{heard.status}, no problem, at {_shown(shot)}: {heard.body[:300]!r}")
        if heard.status == 201:
            self._acknowledge(heard.body, recent)
        if heard.media == "application/x-ndjson":
            for line in heard.body.splitlines():
                answer = orjson.loads(line)
                if "decision" in answer:
                    self._acknowledge(orjson.dumps(answer["decision"]), recent)
                elif answer["problem"]["status"] >= 500:
                    self.failures.append(f"{answer['problem']['status']} in a line of {_shown(shot)}")

    def _acknowledge(self, body: bytes, recent: list[str]) -> None:
        id = orjson.loads(body)["id"]
        self.acknowledged[id] = body
        recent.append(id)
        del recent[:-200]


def _told_as(shot: Shot) -> tuple[str, ...]:
    """As what an error may be told: as a problem, and outside the interface as a page to who asks for one."""
    asks = any(name.lower() == "accept" and "text/html" in value for name, value in shot.headers)
    page = ("text/html",) if asks and not shot.target.startswith("/v1/") else ()
    return ("application/problem+json", *page)


def _shown(shot: Shot) -> str:
    return f"{shot.manner} {shot.method} {shot.target[:200]} {list(shot.headers)} {shot.body[:300]!r}"
