"""Collects the faults of a text: each with its line, where it stands, and what would be right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from schemas.names import Doubtful
from schemas.text import line_of

MOST_SHOWN = 100
MOST_NOTED = 500
LONGEST_MESSAGE = 1000


def within(where: str, part: str) -> str:
    """Where a part stands that is known by its key or name."""
    return joined(", ", (where, f"`{part}`"))


def under(where: str, more: str) -> str:
    """``more`` behind ``where``, which may be nothing yet."""
    return joined(", ", (where, more)) if where else more


class Faults:
    """Every fault found so far; reading goes on after one, so that an author sees them all.

    What merely follows from a fault already noted (``Doubtful``) is not noted
    again. Beyond ``MOST_NOTED`` faults reading ends. ``code`` says to programs what the text is.
    """

    def __init__(self, code: str = "ruleset") -> None:
        self.policy = ""
        self._code = code
        self._problems: dict[Problem, None] = {}

    def at(self, part: Any, message: str, where: str = "") -> None:
        """Note a fault at the line of ``part``; ``where`` names the step and rule."""
        text = told("{where}: {said}", where=where, said=message) if where else message
        text = text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]} ..."
        self._problems[Problem(text, line=line_of(part) or 1, code=self._code)] = None
        if len(self._problems) >= MOST_NOTED:
            self.raise_any()

    @contextmanager
    def noted(self, part: Any, where: str = "") -> Iterator[None]:
        """Turn a ``ValueError`` raised within into a fault at ``part``."""
        try:
            yield
        except Doubtful:
            pass
        except ValueError as error:
            self.at(part, str(error), where)

    def __len__(self) -> int:
        return len(self._problems)

    def raise_any(self) -> None:
        """Raise ``Invalid`` with the faults in the order of lines, if there are any."""
        if not self._problems:
            return
        ordered = sorted(self._problems, key=lambda one: one.line or 0)
        number = len(ordered)
        named = told("The ruleset {policy}", policy=self.policy) if self.policy else "The ruleset"
        plural, shown = "s" * (number > 1), MOST_SHOWN
        form = "{named} has {number} fault{plural}"
        if number >= MOST_NOTED:
            form = "{named} has more than {number} faults; the first {shown} are shown"
            number = MOST_NOTED
        elif number > MOST_SHOWN:
            form = "{named} has {number} fault{plural}; the first {shown} are shown"
        title = told(form, named=named, number=number, plural=plural, shown=shown)
        raise Invalid(title, ordered[:MOST_SHOWN])
