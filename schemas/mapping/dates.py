"""Dates as other people write them: year, month and day by number, in a part of ``strptime``'s forms."""

from __future__ import annotations

import re
from datetime import date

from app.domain.messages import told

_PARTS = ("%Y", "%d", "%m")


class DateForm:
    """Reads dates of one form: ``%Y``, ``%m`` and ``%d``, each once, with anything between them.

    Years have four digits: what century 01/02/03 is in, nobody should guess.
    Raises ``ValueError`` for another form.
    """

    def __init__(self, written: str) -> None:
        pieces = re.split(r"(%.?)", written)
        if sorted(pieces[1::2]) != list(_PARTS):
            message = "a form of a date has %Y, %m and %d, each once, such as %m/%d/%Y"
            raise ValueError(told("`{written}` cannot be read; {message}", written=written, message=message))
        self._written = written
        self._form = re.compile("".join(_pattern(pieces, place) for place in range(len(pieces))))

    def read(self, cell: str) -> date:
        """The date that ``cell`` writes; raises ``ValueError``."""
        found = self._form.fullmatch(cell)
        try:
            if found:
                return date(int(found["Y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            pass
        raise ValueError(
            told("`{cell}` is not a date of the form {written}", cell=cell, written=self._written)
        )


def _pattern(pieces: list[str], place: int) -> str:
    """Months and days may have one digit where something stands between them and the next number."""
    piece = pieces[place]
    if place % 2 == 0:
        return re.escape(piece)
    joined = (place > 1 and not pieces[place - 1]) or (place < len(pieces) - 2 and not pieces[place + 1])
    digits = "{4}" if piece == "%Y" else "{2}" if joined else "{1,2}"
    return f"(?P<{piece[1]}>[0-9]{digits})"
