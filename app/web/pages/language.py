"""The reader's language, and the words of the pages in it.

The English words stand in code and templates, the Chinese in ``translations/zh.po``, read once at the first
use. In views: ``_("Signed in as %(name)s", name=...)``; where a word is only noted for later, ``N_("...")``.
As in templates, a per cent sign is written twice. Words of rulesets have both languages with them, and what
services, schemas and checks say has a form in each (app.web.messages): ``said``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import g, has_request_context, request

from app.domain.values import LANGUAGES, Text
from app.web.messages import in_language, read_catalogue

COOKIE = "termwise_language"
CATALOGUE = Path(__file__).resolve().parent / "translations" / "zh.po"


def language() -> str:
    """``en`` or ``zh``: as the reader chose, else as the browser asks."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        chosen = request.cookies.get(COOKIE)
        asked = request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
        g.language = chosen if chosen in LANGUAGES else asked
    found: str = g.language
    return found


def gettext(message: str) -> str:
    """The message in the reader's language, its places unfilled; for templates, which fill them."""
    return message if language() == "en" else catalogue().get(message, message)


def ngettext(one: str, many: str, number: int) -> str:
    """The same of a message that depends on a number; Chinese has one form."""
    if language() == "en":
        return one if number == 1 else many
    return catalogue().get(one, many)


def _(message: str, **values: Any) -> str:
    """The message in the reader's language with ``values`` in it; for views."""
    return gettext(message) % values


def N_(message: str) -> str:
    """Note a message that is said later."""
    return message


def said(text: Text | Mapping[str, str] | str | None) -> str:
    """A message, or a text that has both languages with it as rulesets have, in the reader's."""
    if text is None or isinstance(text, str):
        return in_language(text or "", language())
    return text.said_in(language()) if isinstance(text, Text) else text[language()]


@cache
def catalogue() -> Mapping[str, str]:
    """Chinese by English."""
    return read_catalogue(CATALOGUE)
