"""A large body, whole and on disk before anything is done with it.

A client that sends before it reads would otherwise wait for a server that waits
for it; and a body cut short, of which the server says nothing, would be half a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.web.answers import check_whole
from schemas.json_text import MAX_BYTES

MAX_BODY = 64 * 1024 * 1024
IN_MEMORY = 1024 * 1024
READ_AT_ONCE = 64 * 1024


class Body:
    """The lines of a body; ``cut`` when the last may have lost its end, as no length was announced."""

    def __init__(self, file: IO[bytes], lines: int, *, cut: bool) -> None:
        self._file = file
        self.lines = lines
        self.cut = cut

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        """Lines that are not blank, by number from 1, without their ends. One that is too long comes cut."""
        number = 0
        while line := self._file.readline(MAX_BYTES + 2):
            number += 1
            if len(line) > MAX_BYTES and not line.endswith(b"\n"):
                self._skip_rest()
            if line.strip():
                yield number, line.rstrip(b"\r\n")

    def _skip_rest(self) -> None:
        while (rest := self._file.readline(MAX_BYTES)) and not rest.endswith(b"\n"):
            pass

    def closed_after(self, answers: Iterator[bytes]) -> Iterator[bytes]:
        """``answers``; the file is let go with the last of them, whatever the server does then."""
        yield from answers
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def received() -> Body:
    """The body of the present request; raises 400 when it ended early, 413 when it is too large."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the Body closes it
    try:
        return _filled(file)
    except BaseException:
        file.close()
        raise


def _filled(file: IO[bytes]) -> Body:
    size = breaks = 0
    last = b"\n"
    while part := request.stream.read(READ_AT_ONCE):
        size += len(part)
        breaks += part.count(b"\n")
        if size > MAX_BODY:
            raise RequestEntityTooLarge(f"A batch has at most {MAX_BODY:,} bytes.")
        file.write(part)
        last = part[-1:]
    check_whole(size)
    file.seek(0)
    open_end = last != b"\n"
    return Body(file, breaks + open_end, cut=open_end and request.content_length is None)
