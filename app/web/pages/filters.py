"""Filters of lists: what was asked for, and what of it was not understood, to be said beside its field.

An address never fails for a filter. What cannot be meant is left out, the rest is shown, and the page answers
422 so that nobody takes the list for what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from app.web.pages.language import _
from schemas.requests import NAME_PATTERN, matches

LONGEST = 200
_SHOWN = 40


class Filters:
    """What is ``filled`` in, by name; ``wrong`` says, in the reader's words, what of it is not understood."""

    def __init__(self, given: Mapping[str, str], names: Collection[str]) -> None:
        self.filled = {name: given[name].strip()[:LONGEST] for name in names if given.get(name, "").strip()}
        self.wrong: dict[str, str] = {}
        for name, one in self.filled.items():
            if not matches(NAME_PATTERN, one):
                self.wrong[name] = _("Write a line without control characters.")

    @property
    def meant(self) -> dict[str, str]:
        """What was filled in and understood."""
        return {name: one for name, one in self.filled.items() if name not in self.wrong}

    @property
    def status(self) -> int:
        """That of the page."""
        return 422 if self.wrong else 200

    def one_of(self, name: str, choices: Collection[str]) -> None:
        """Hold a filter against what may be chosen."""
        if self.meant.get(name, "") not in ("", *choices):
            self.wrong[name] = _("There is no %(given)s to choose here.", given=self.filled[name][:_SHOWN])

    def read(self, name: str, reading: Callable[[str], Any], otherwise: str) -> Any:
        """What a filter means; None where it is empty, or not understood by ``reading`` (``ValueError``).

        ``otherwise`` says what would be right, with the place ``given`` for what was written.
        """
        if name not in self.meant:
            return None
        try:
            return reading(self.filled[name])
        except (ValueError, OverflowError):
            self.wrong[name] = _(otherwise, given=self.filled[name][:_SHOWN])
            return None
