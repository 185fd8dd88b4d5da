"""What services, schemas and checks say, in the language of the reader: the forms of ``translations/zh.po``.

Their sentences are English (app.domain.messages); the forms in Chinese are by the English ones, read once at
the first use. What has no form there stays English.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import has_request_context, request

from app.domain.messages import say
from app.domain.values import LANGUAGES

CATALOGUE = Path(__file__).resolve().parent / "translations" / "zh.po"
ENGLISH = LANGUAGES[0]


def in_language(message: str, language: str) -> str:
    """A message of an error, a finding or a claim, in ``language``."""
    return message if language == ENGLISH else str(say(message, language, forms()))


def asked_for() -> str:
    """The language that the present request asks for by ``Accept-Language``; English unless it does."""
    if not has_request_context() or not request.accept_languages:
        return ENGLISH
    return request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH


@cache
def forms() -> Mapping[str, str]:
    """The Chinese forms by the English ones."""
    return read_catalogue(CATALOGUE)


def read_catalogue(path: Path) -> Mapping[str, str]:
    """Chinese by English; of a message with a plural, by its singular."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        found = read_po(file, locale="zh")
    words: dict[str, str] = {}
    for message in found:
        id, string = message.id, message.string
        if id and string and not message.fuzzy:
            words[id if isinstance(id, str) else id[0]] = string if isinstance(string, str) else string[0]
    return words
