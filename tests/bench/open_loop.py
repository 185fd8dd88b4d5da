"""An open-loop load client: a request leaves when the schedule says so, whether or not answers have come.

``python -m tests.bench.open_loop PORT PATH BODIES --phase RATE:SECONDS ...`` sends at each rate for its time.
An arrival takes a connection that is idle, or opens one; beyond ``--connections`` it waits for one. Every
time is measured from when the request was due, so a server that makes callers wait cannot hide it. Who has
no answer after ``--deadline`` hangs up, as callers do. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from itertools import accumulate, cycle
from pathlib import Path
from typing import Any

from tests.bench.arrivals import Due, Phase, Tally, schedule
from tests.bench.machine import KEY

_READ = 65536
_LONGEST_POLL = 0.05


class Connection:
    """One kept-alive connection; ``due`` is the request under way on it."""

    __slots__ = ("due", "received", "request", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(address)
        self.due: Due | None = None
        self.request = b""
        self.received = b""


class Client:
    """All connections and the schedule. For one thread."""

    def __init__(
        self, address: tuple[str, int], requests: Sequence[bytes], *, connections: int, deadline: float
    ) -> None:
        self._address = address
        self._requests = cycle(requests)
        self._most = connections
        self._deadline = deadline
        self._epoll = select.epoll()
        self._open: dict[int, Connection] = {}
        self._idle: list[Connection] = []
        self._queued: deque[Due] = deque()
        self._under_way: deque[tuple[Due, Connection]] = deque()
        self.opened = self.most_open = 0

    def run(self, phases: Sequence[Phase]) -> list[Tally]:
        """Send everything that is due, wait for the last answers, and hang up."""
        starts = accumulate((phase.seconds for phase in phases), initial=0.0)
        self._tallies = [Tally(phase, start) for phase, start in zip(phases, starts, strict=False)]
        arrivals = schedule(phases)
        coming = next(arrivals, None)
        self._began = time.perf_counter()
        while coming is not None or self._queued or self._under_way:
            now = time.perf_counter() - self._began
            while coming is not None and coming.at <= now:
                self._tallies[coming.phase].came(coming)
                self._queued.append(coming)
                coming = next(arrivals, None)
            self._give_up(now)
            self._send_queued(now)
            until = _LONGEST_POLL if coming is None else min(_LONGEST_POLL, max(0.0, coming.at - now))
            for number, event in self._epoll.poll(until):
                if number in self._open:
                    self._ready(self._open[number], event)
        for connection in list(self._open.values()):
            self._close(connection)
        self._epoll.close()
        return self._tallies

    def _send_queued(self, now: float) -> None:
        while self._queued and (self._idle or len(self._open) < self._most):
            due = self._queued.popleft()
            self._tallies[due.phase].behind.append(now - due.at)
            fresh = not self._idle
            connection = self._connecting() if fresh else self._idle.pop()
            connection.due, connection.request = due, next(self._requests)
            self._under_way.append((due, connection))
            if not fresh:
                self._send(connection)

    def _connecting(self) -> Connection:
        connection = Connection(self._address)
        number = connection.socket.fileno()
        self._open[number] = connection
        self.opened += 1
        self.most_open = max(self.most_open, len(self._open))
        self._epoll.register(number, select.EPOLLIN | select.EPOLLOUT)
        return connection

    def _give_up(self, now: float) -> None:
        while self._queued and now - self._queued[0].at > self._deadline:
            self._tallies[self._queued.popleft().phase].unanswered += 1
        while self._under_way:
            due, connection = self._under_way[0]
            if connection.due is due:
                if now - due.at <= self._deadline:
                    return
                self._tallies[due.phase].unanswered += 1
                self._close(connection)
            self._under_way.popleft()

    def _ready(self, connection: Connection, event: int) -> None:
        if event & select.EPOLLOUT:  # it is connected now
            self._epoll.modify(connection.socket.fileno(), select.EPOLLIN)
            self._send(connection)
        elif event:
            self._receive(connection)

    def _send(self, connection: Connection) -> None:
        try:
            connection.socket.send(connection.request)  # a few kilobytes, into an empty buffer
        except OSError:
            self._lost(connection)

    def _receive(self, connection: Connection) -> None:
        try:
            piece = connection.socket.recv(_READ)
        except OSError:
            piece = b""
        if not piece:
            self._lost(connection)
            return
        connection.received += piece
        head, end, body = connection.received.partition(b"\r\n\r\n")
        if not end:
            return
        head = head.lower()
        if len(body) < int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]):
            return
        due = connection.due
        if due is not None:
            wait = time.perf_counter() - self._began - due.at
            self._tallies[due.phase].answered(due, int(head[9:12]), b"\r\nretry-after:" in head, wait)
        connection.due, connection.received = None, b""
        self._idle.append(connection)

    def _lost(self, connection: Connection) -> None:
        """The server hung up: either a request broke, or the connection was idle for too long."""
        if connection.due is not None:
            self._tallies[connection.due.phase].broken += 1
        else:
            self._idle.remove(connection)
        self._close(connection)

    def _close(self, connection: Connection) -> None:
        connection.due = None
        del self._open[connection.socket.fileno()]
        connection.socket.close()


def send(client: Client, phases: Sequence[Phase]) -> dict[str, Any]:
    """What became of every phase, and how much of a core this client took."""
    tallies = client.run(phases)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "phases": [one.told() for one in tallies],
        "opened": client.opened,
        "most_open": client.most_open,
        "client_cores": (used.ru_utime + used.ru_stime) / sum(phase.seconds for phase in phases),
    }


def main() -> None:
    """Send and print one line of JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("port", type=int)
    arguments.add_argument("path")
    arguments.add_argument("bodies", type=Path)
    arguments.add_argument("--phase", type=Phase.parse, action="append", required=True)
    arguments.add_argument("--deadline", type=float, default=2.0)
    arguments.add_argument("--connections", type=int, default=1000)
    given = arguments.parse_args()
    head = (
        f"POST {given.path} HTTP/1.1\r\nHost: 127.0.0.1:{given.port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {os.environ.get(KEY, '')}\r\n"
    )
    bodies = given.bodies.read_bytes().splitlines()
    requests = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]
    address = ("127.0.0.1", given.port)
    client = Client(address, requests, connections=given.connections, deadline=given.deadline)
    print(json.dumps(send(client, given.phase)))


if __name__ == "__main__":
    main()
