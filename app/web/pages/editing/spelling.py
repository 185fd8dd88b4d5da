"""Numbers as people write them in a field, ``500,000.00``, and as a ruleset's text has them, ``500_000.00``.

Between alternatives of a condition stands a comma and a space. So a comma without one, before each three
digits, groups them; a text that was written ``100,200`` is shown as ``100, 200`` and not taken for a number.
"""

from __future__ import annotations

import re

from app.domain.values import NUMERIC_KINDS
from app.web.pages.language import said
from schemas.interchange.outline import Outline
from schemas.interchange.outline_parts import Named

NUMERIC = frozenset(map(str, NUMERIC_KINDS))
"""The names of the types whose values are grouped."""
_TIGHT = re.compile(r",(?=\S)")
_NAME = re.compile(r"[A-Za-z]\w*")
_LINE = re.compile(r"(?<=\d)_(?=\d)")
_GROUPED = re.compile(r"(?<![\w,])(?<!\d\.)\d{1,3}(?:,\d{3})+(?!,?\w)")


def shown(written: str, kind: str) -> str:
    """What stands in the text, for a field; ``kind`` is the name of the type."""
    if kind not in NUMERIC:
        return written
    return _LINE.sub(",", _TIGHT.sub(", ", written))


def called(text: str, one: Named, outline: Outline) -> str:
    """What the choices and names in a condition or a value are called, where that says more than they do."""
    words = {word: one.choices.get(word) or outline.label_of(word) for word in _NAME.findall(text)}
    return ", ".join(said(label) for word, label in words.items() if label and said(label) != word)


def meant(typed: str, kind: str) -> str:
    """What was typed, for the text: both ways of writing are taken."""
    if kind not in NUMERIC:
        return typed
    return _GROUPED.sub(lambda found: found[0].replace(",", "_"), typed.replace("，", ","))
