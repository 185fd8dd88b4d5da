"""What a reader must see of a text: characters that hide, turn or pile up others are named instead.

A reference or a remark may hold a mark that turns the line around it (U+202E), or one that cannot be seen.
On paper that would make a sentence say something else; so each of these is written out as ``‹U+202E›``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from app.rendering.sheet import Sheet

MOST_MARKS = 3
"""Accents that one character carries; more of them paint over the lines around."""
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_SPACES = frozenset("\t\n\r\v\f\x85\u2028\u2029")


def anything(character: str) -> bool:  # noqa: ARG001
    """What a browser can draw: it finds a typeface for whatever there is."""
    return True


def shown(text: str, can_draw: Callable[[str], bool] = anything) -> str:
    """The text with each character named that is unseen or cannot be drawn; ends of lines become spaces."""
    return "".join(_each(text, can_draw))


def words(sheet: Sheet, can_draw: Callable[[str], bool] = anything) -> dict[str, Any]:
    """The sheet as plain structure, every text of it as ``shown``."""

    def seen(part: Any) -> Any:
        if isinstance(part, str):
            return shown(part, can_draw)
        if isinstance(part, dict):
            return {name: seen(one) for name, one in part.items()}
        return [seen(one) for one in part] if isinstance(part, list | tuple) else part

    found: dict[str, Any] = seen(asdict(sheet))
    return found


def _each(text: str, can_draw: Callable[[str], bool]) -> Iterator[str]:
    marks = 0
    for one in text:
        category = unicodedata.category(one)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if one in _SPACES:
            yield " "
        elif category in _UNSEEN or marks > MOST_MARKS or not can_draw(one):
            yield f"‹U+{ord(one):04X}›"
        else:
            yield one
