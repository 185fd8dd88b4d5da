"""The words of the pages ..."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from app.web.pages import language

FOLDER = Path(language.__file__).parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
_PLACE = re.compile(r"%\((\w+)\)s")


def written() -> dict[str, str]:
    """Every message of code and templates, with where it stands."""
    found = extract_from_dir(FOLDER, METHODS, {"**.html": {"trimmed": "true"}}, keywords=KEYWORDS)
    return {
        message if isinstance(message, str) else message[0]: f"{file}:{line}"
        for file, line, message, *_ in found
    }


def test_are_there_in_chinese_each_and_no_more() -> None:
    messages, catalogue = written(), language.catalogue()
    lacking = [f"{where}: {message}" for message, where in messages.items() if message not in catalogue]
    assert lacking == [], "say them in translations/zh.po"
    assert sorted(catalogue.keys() - messages.keys()) == [], "nobody says these any more"


def test_keep_the_places_that_are_filled() -> None:
    wrong = [
        one
        for one, said in language.catalogue().items()
        if set(_PLACE.findall(one)) != set(_PLACE.findall(said))
    ]
    assert wrong == []


def test_stand_once_in_the_catalogue() -> None:
    said = re.findall(r'^msgid "(.+)"$', language.CATALOGUE.read_text("utf-8"), re.MULTILINE)
    assert [one for one in set(said) if said.count(one) > 1] == []
