"""The letters of a decision ..."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.every_kind import GIVEN, TEXT
from tests.web.service import Service, serving, told


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("letters")
    with serving(folder, TEXT) as opened:
        yield opened


def letters(
    service: Service, remark: str | None, lang: str | None = None, **envelope: Any
) -> tuple[str, list[Any]]:
    facts = {**GIVEN, "remark": remark, "flags": ["LAWSUIT"]}
    made = service.decide(facts, policy="every-kind", **envelope)
    query = {"lang": lang} if lang else {}
    answer = service.get(made.headers["Location"] + "/letters", **query)
    return told(made)["id"], told(answer)["letters"]


def test_are_worded_in_both_languages(service: Service) -> None:
    id, (letter,) = letters(service, "paid late", customer="C-1", reference="SO-1")
    assert (letter["id"], letter["to"]) == ("remark-notice", "credit-officer")
    assert letter["subject"] == {"en": "Remark on SO-1", "zh": "SO-1的备注"}
    assert letter["body"] == {
        "en": f"Somebody wrote: paid late\nAbout C-1: paid late ({id})",
        "zh": f"备注：paid late\n关于C-1：paid late（{id}）",
    }


@pytest.mark.parametrize(("lang", "subject"), [("en", "Remark on SO-1"), ("zh", "SO-1的备注")])
def test_are_worded_in_one_language_where_asked(service: Service, lang: str, subject: str) -> None:
    _, (letter,) = letters(service, "paid late", lang, reference="SO-1")
    assert letter["subject"] == subject
    assert isinstance(letter["body"], str)


def test_are_none_where_none_is_called_for(service: Service) -> None:
    assert letters(service, None)[1] == []


@pytest.mark.parametrize(
    "remark",
    [
        "{customer}",
        "{amount} {nothing} {#reasons}{text}{/reasons}",
        "{0} {} {{customer}} {customer.__class__}",
        "{#flags}{label}{/flags}",
        "<script>alert(1)</script>",
        "%s %(customer)s ${customer} \\1 \\g<0>",
        "\u202e\u0007",
    ],
)
def test_quote_what_somebody_wrote_and_never_carry_it_out(service: Service, remark: str) -> None:
    _, (letter,) = letters(service, remark, "en", customer="C-1")
    assert letter["body"].startswith(f"Somebody wrote: {remark}\nAbout C-1: {remark} (")


def test_leave_a_dash_where_the_request_named_nobody(service: Service) -> None:
    _, (letter,) = letters(service, "paid late", "en")
    assert letter["subject"] == "Remark on —"
