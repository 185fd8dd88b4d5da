"""A load client: keeps 16 connections busy with POSTs, from a process of its own.

wrk does it where it is installed (``apt-get install wrk``); otherwise this module, as
``python -m tests.bench.load``: one thread, the next request on a connection as soon as its answer has
come. It takes processor time from a server on the same machine, wrk hardly any.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import selectors
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench.machine import KEY, run_json

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("post.lua")
_ANSWER_SECONDS = 10.0


def client() -> str:
    """Which client will be used."""
    return "wrk" if shutil.which("wrk") else "the bench's own client"


def load(port: int, path: str, bodies: Path, seconds: float, key: str = "") -> dict[str, Any]:
    """POST the lines of ``bodies`` in turn; how many answers came, how late, and how many were no success."""
    if shutil.which("wrk") is None:
        return send(port, path, bodies, seconds=seconds, key=key)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    url = f"http://127.0.0.1:{port}{path}"
    return run_json([*command, "-s", str(_SCRIPT), url], env={"BODIES": str(bodies), KEY: key})


def send(
    port: int, path: str, bodies: Path, *, seconds: float = 60, requests: int = 0, key: str = ""
) -> dict[str, Any]:
    """The same by this module's own client; it can also stop after so many ``requests``."""
    command = [sys.executable, "-m", "tests.bench.load", str(port), path, str(bodies)]
    return run_json([*command, "--seconds", str(seconds), "--requests", str(requests)], env={KEY: key})


class Connection:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._sent_at = 0.0

    def ask(self, request: bytes) -> None:
        self._sent_at = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> tuple[int, int, float] | None:
        """Status, bytes and seconds of the answer once all of it is here; raises ``ConnectionError``."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        self._received += piece
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return None
        self._received = b""
        return int(head[9:12]), length, time.perf_counter() - self._sent_at


class Client:
    """All connections, until the time is over or enough was asked; then it waits for what is under way."""

    def __init__(self, port: int, path: str, bodies: list[bytes]) -> None:
        self._port = port
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        head += f"Authorization: Bearer {os.environ.get(KEY, '')}\r\n"
        self._requests = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]
        self._selector = selectors.DefaultSelector()
        self.waits: list[float] = []
        self.bytes = self.refused = self.broken = 0

    def run(self, seconds: float, most: int) -> dict[str, Any]:
        began = time.perf_counter()
        asking = self._until(began + seconds, most)
        under_way = sum(self._connected(asking) for _ in range(CONNECTIONS))
        while under_way:
            ready = self._selector.select(_ANSWER_SECONDS)
            if not ready:
                self.broken += under_way
                break
            under_way -= sum(self._served(key.data, asking) for key, _ in ready)
        took = time.perf_counter() - began
        return self._told(took)

    def _until(self, end: float, most: int) -> Iterator[bytes]:
        for number in count():
            if time.perf_counter() >= end or (most and number >= most):
                return
            yield self._requests[number % len(self._requests)]

    def _connected(self, asking: Iterator[bytes]) -> int:
        """Open a connection and ask; 1 when something is under way on it."""
        request = next(asking, None)
        if request is None:
            return 0
        connection = Connection(self._port)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(request)
        return 1

    def _served(self, connection: Connection, asking: Iterator[bytes]) -> int:
        """Take what came and ask again; 1 when that connection has nothing under way any more."""
        try:
            answer = connection.answer()
            if answer is None:
                return 0
            status, size, wait = answer
            self.waits.append(wait)
            self.bytes += size
            self.refused += not 200 <= status < 300
            request = next(asking, None)
            if request is None:
                return 1
            connection.ask(request)
            return 0
        except OSError:
            self.broken += 1
            self._selector.unregister(connection.socket)
            connection.socket.close()
            return 1 - self._connected(asking)

    def _told(self, took: float) -> dict[str, Any]:
        waits = sorted(self.waits)
        number = len(waits)

        def percentile(share: float) -> float:
            return 1e3 * waits[max(0, math.ceil(share * number) - 1)] if waits else 0.0

        return {
            "n": number,
            "wall_s": took,
            "p50_ms": percentile(0.5),
            "p99_ms": percentile(0.99),
            "refused": self.refused,
            "broken": self.broken,
            "answer_bytes": self.bytes / max(1, number),
        }


def main() -> None:
    """Send and print one line of JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("port", type=int)
    arguments.add_argument("path")
    arguments.add_argument("bodies", type=Path)
    arguments.add_argument("--seconds", type=float, default=2.0)
    arguments.add_argument("--requests", type=int, default=0)
    given = arguments.parse_args()
    bodies = given.bodies.read_bytes().splitlines()
    print(json.dumps(Client(given.port, given.path, bodies).run(given.seconds, given.requests)))


if __name__ == "__main__":
    main()
