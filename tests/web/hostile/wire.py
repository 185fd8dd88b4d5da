"""HTTP by hand over a socket, so that requests may be sent which no library would let through."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple

from tests.web.hostile.ammunition import Shot

PATIENCE = 60.0
UNANSWERED = ("raw", "cut", "short", "deaf")


class Heard(NamedTuple):
    """An answer."""

    status: int
    media: str
    retry_after: str | None
    body: bytes


@dataclass
class Wire:
    """One client of the server, with a connection that it keeps while it can."""

    port: int
    key: str = ""
    _socket: socket.socket | None = None

    def fire(self, shot: Shot) -> Heard | None:
        """Send it and return the answer; None where there can be none: it hung up, or spoke no HTTP."""
        if shot.manner in UNANSWERED:
            self.close()
        fresh = self._socket is None
        try:
            self._send(shot)
            return None if shot.manner in UNANSWERED else self._answer(shot.method)
        except (ConnectionError, HTTPException):
            self.close()
            # The server may close a connection that was kept, and need not read what it refuses.
            return None if fresh else self.fire(shot)
        finally:
            if shot.manner != "whole":
                self.close()

    @classmethod
    def ask(cls, port: int, path: str) -> Heard | None:
        """One GET on a connection of its own."""
        wire = cls(port)
        try:
            return wire.fire(Shot("GET", path))
        finally:
            wire.close()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, shot: Shot) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = self._socket
        if shot.manner == "raw":
            wire.sendall(shot.body)
            wire.settimeout(0.02)
            with suppress(TimeoutError):
                wire.recv(1000)
            return
        head, body = _written(shot, self.key)
        match shot.manner:
            case "slow":
                wire.sendall(head)
                for start in range(0, len(body), max(1, len(body) // 5)):
                    wire.sendall(body[start : start + max(1, len(body) // 5)])
                    time.sleep(0.05)
            case "cut":
                wire.sendall((head + body)[: (len(head) + len(body)) // 2])
            case _:
                wire.sendall(head + body)

    def _answer(self, method: str) -> Heard | None:
        assert self._socket is not None
        response = HTTPResponse(self._socket, method=method)
        response.begin()
        body = response.read()
        if response.will_close:
            self.close()
        media = (response.getheader("Content-Type") or "").partition(";")[0]
        return Heard(response.status, media, response.getheader("Retry-After"), body)


def _written(shot: Shot, key: str) -> tuple[bytes, bytes]:
    """Head and body as they go over the wire, with ``key`` unless the shot brings proof of its own."""
    lines = [f"{shot.method} {shot.target} HTTP/1.1"]
    if not any(name == "Host" for name, _ in shot.headers):
        lines.append("Host: 127.0.0.1")
    if key and not any(name in ("Authorization", "Cookie") for name, _ in shot.headers):
        lines.append(f"Authorization: Bearer {key}")
    lines += [f"{name}: {value}" for name, value in shot.headers]
    body = shot.body
    if shot.manner == "chunked":
        lines.append("Transfer-Encoding: chunked")
        half = len(body) // 2
        chunks = [part for part in (body[:half], body[half:]) if part]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in chunks) + b"0\r\n\r\n"
    elif body or shot.method == "POST":
        lines.append(f"Content-Length: {len(body) + (7 if shot.manner == 'short' else 0)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"), body
