"""The families of refusal, and the one of not being able to answer.

Every message says what is wrong, where (file, line, rule, fact) and what would
be right, in the reader's words. One place in ``app.web`` turns a family into a
status: NotFound 404, Invalid 422, Refused 403 or 409 (Stale 412), Unauthenticated 401,
TooManyAttempts 429, Unavailable 503.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in what came in.

    ``pointer`` is an RFC 6901 JSON pointer into the request, or empty for a
    problem of the whole; ``line`` is 1-based and stands for texts only.
    """

    message: str
    pointer: str = ""
    line: int | None = None
    code: str = "invalid"


class TermwiseError(Exception):
    """Base of everything that a caller is told in words."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)


class NotFound(TermwiseError):
    """What was named does not exist, or not for this caller."""


class Invalid(TermwiseError):
    """What came in cannot be understood; ``problems`` lists every fault."""


class Refused(TermwiseError):
    """It was understood and must not be done; ``conflict`` tells 409 from 403."""

    def __init__(self, message: str, problems: Sequence[Problem] = (), *, conflict: bool = False) -> None:
        super().__init__(message, problems)
        self.conflict = conflict


class Stale(Refused):
    """The caller said what they had read (``If-Match``), and it is another by now: nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message, conflict=True)


class Unauthenticated(TermwiseError):
    """Nobody known asks: no session or key, or one that no longer stands; the message never says which."""


class TooManyAttempts(TermwiseError):
    """Asked too often; nothing was looked at. The caller may ask again after ``retry_after`` seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(TermwiseError):
    """Nothing was recorded and nothing decided; the caller may try again after ``retry_after`` seconds."""

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
