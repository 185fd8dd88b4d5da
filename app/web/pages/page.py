"""What is said of one page: its address and the action that it comes to."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.access import OPEN, Action
from app.settings.rooms import USUAL

MOST_FORM = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """One address and method, such as ``GET /decisions/{id}``.

    ``action`` is that of the call of the interface that does the same: a page opens for nobody for whom the
    call does not. ``places`` as in ``Operation``. ``most`` is how many bytes its form may have.
    """

    call: str
    action: Action
    places: str | None = USUAL
    most: int = MOST_FORM

    @property
    def id(self) -> str:
        """What it is called in messages."""
        return self.call

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
        """Whether anyone may see it without signing in."""
        return self.action in OPEN
