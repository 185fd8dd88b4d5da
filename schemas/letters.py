"""Letters as JSON: plain texts. Who puts them into a page or a mail escapes them there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain.values import Text
from app.domain.wording import RenderedLetter


def letters_document(letters: Iterable[RenderedLetter], language: str | None = None) -> list[dict[str, Any]]:
    """Each letter with its texts in ``language``, or in both as ``{en, zh}``."""
    return [
        {
            "id": one.id,
            "to": one.to,
            "subject": _said(one.subject, language),
            "body": _said(one.body, language),
        }
        for one in letters
    ]


def _said(text: Text, language: str | None) -> Any:
    return {"en": text.en, "zh": text.zh} if language is None else text.said_in(language)
