"""Dates as other people write them: year, month and day by number, in a part of ``strptime``'s forms."""

from __future__ import annotations

import re
from datetime import date

_PARTS = {"%Y": r"(?P<Y>[0-9]{4})", "%m": r"(?P<m>[0-9]{1,2})", "%d": r"(?P<d>[0-9]{1,2})"}


class DateForm:
    """Reads dates of one form: ``%Y``, ``%m`` and ``%d``, each once, with anything between them.

    Years have four digits: what century 01/02/03 is in, nobody should guess.
    Raises ``ValueError`` for another form.
    """

    def __init__(self, written: str) -> None:
        pieces = re.split(r"(%.?)", written)
        if sorted(pieces[1::2]) != sorted(_PARTS):
            message = "a form of a date has %Y, %m and %d, each once, such as %m/%d/%Y"
            raise ValueError(f"`{written}` cannot be read; {message}")
        self._written = written
        self._form = re.compile("".join(_PARTS.get(piece, re.escape(piece)) for piece in pieces))

    def read(self, cell: str) -> date:
        """The date that ``cell`` writes; raises ``ValueError``."""
        found = self._form.fullmatch(cell)
        try:
            if found:
                return date(int(found["Y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            pass
        raise ValueError(f"`{cell}` is not a date of the form {self._written}")
