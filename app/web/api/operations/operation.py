"""What is said of one call: its path, its answers, and the parameters that several calls share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.access import OPEN, Action
from app.settings.rooms import USUAL
from app.web.answers import JSON, LANGUAGES
from schemas.requests import NAME_PATTERN

NAME = {"type": "string", "pattern": NAME_PATTERN}
GUARDED = (401, 403, 429)
"""What every call may answer that is not open to anyone."""
ADMITTED = (503,)
"""What every call may answer that takes a place."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. ``request`` and ``answers`` name shapes; ``problems`` are the statuses it may fail with.

    ``places`` says which of ``app.settings.rooms`` it takes while it is worked on; None is always let in.
    ``id`` is its action in ``app.domain.access``. The statuses of the guard need not be named. ``takes`` are
    further media types of the body, ``also`` further ones of the 200 answer, with their shapes. ``asks`` is
    the body's media type where it is another than the answer's.
    """

    id: str
    call: str
    summary: str
    answers: Mapping[int, str]
    problems: tuple[int, ...] = ()
    request: str | None = None
    parameters: tuple[Mapping[str, Any], ...] = ()
    media: str = JSON
    takes: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    asks: str | None = None
    places: str | None = USUAL

    @property
    def method(self) -> str:
        """``get``, ``post`` and so on."""
        return self.call.split()[0].lower()

    @property
    def path(self) -> str:
        """The path with its parameters in braces."""
        return self.call.split()[1]

    @property
    def open(self) -> bool:
        """Whether anyone may call it without signing in."""
        return self.id in OPEN

    @property
    def failures(self) -> tuple[int, ...]:
        """Every status it may fail with."""
        guarded, admitted = () if self.open else GUARDED, () if self.places is None else ADMITTED
        return tuple(sorted({*self.problems, *guarded, *admitted}))

    @property
    def action(self) -> Action:
        """Its row in the table of access; raises ``ValueError`` where there is none."""
        return Action(self.id)


def parameter(name: str, place: str, schema: Mapping[str, Any], about: str = "") -> dict[str, Any]:
    """A parameter as OpenAPI has it; ``place`` is path, query or header."""
    described = {"description": about} if about else {}
    return {"name": name, "in": place, "required": place == "path", "schema": dict(schema), **described}


LANG = parameter("lang", "query", {"enum": list(LANGUAGES)}, "texts in this language alone instead of both")
CSRF = parameter(
    "Termwise-CSRF",
    "header",
    {"type": "string"},
    "with the session's cookie: the `csrf` that signing in answered; not needed with Authorization",
)
