"""The forms of a statement of reasons, and that it was given ..."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests import stated
from tests.printed import text_of
from tests.stated import REFUSED, decided, statement
from tests.web.service import NOON, Service, serving

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("forms")
    with serving(folder, stated.TEXT, now=lambda: NOON, **stated.SETTINGS) as opened:
        yield opened


def entries(service: Service, id: str) -> list[Any]:
    """The entries that say that a statement of this decision was given."""
    found = service.services.store.decisions.entries("statement", limit=1000)
    clear = [json.loads(one.leaf)["clear"] for one in found]
    return [(said, one) for said, one in zip(clear, found, strict=True) if said["decision"] == id]


@pytest.mark.parametrize(
    ("accept", "query", "media"),
    [
        (BROWSER, {}, "text/html"),
        (None, {}, "application/json"),
        ("*/*", {}, "application/json"),
        ("application/json", {}, "application/json"),
        ("application/pdf", {}, "application/pdf"),
        ("application/pdf;q=0.5, text/html;q=0.9", {}, "text/html"),
        ("image/png", {}, "application/json"),
        (BROWSER, {"format": "pdf"}, "application/pdf"),
    ],
)
def test_comes_in_the_form_that_is_asked_for(
    service: Service, accept: str | None, query: Any, media: str
) -> None:
    answer = statement(service, decided(service, REFUSED), accept, **query)
    assert (answer.status_code, answer.mimetype, answer.headers["Vary"]) == (200, media, "Accept")


def test_refuses_a_form_that_it_does_not_have(service: Service) -> None:
    answer = statement(service, decided(service, REFUSED), format="docx")
    assert answer.status_code == 422
    assert "html, pdf, json" in answer.text


def test_is_a_page_that_asks_for_nothing_else(service: Service) -> None:
    answer = statement(service, decided(service, REFUSED), BROWSER)
    page = answer.text
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{hashed}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<link|<img|\ssrc=|\shref=|url\(|@import|://", page)
    assert '<html lang="zh-Hans">' in page
    assert "该等级不予赊销。" in page


def test_is_a_pdf_whose_words_can_be_copied(service: Service) -> None:
    id = decided(service, REFUSED, customer="C-1")
    answer = statement(service, id, format="pdf")
    text = text_of(answer.data)
    for words in ("决定理由说明", "示例贸易", "该等级不予赊销。", "10,000.00CNY", "reviews@example.com", id):
        assert words in text
    assert f'filename="statement-{id}-zh.pdf"' in answer.headers["Content-Disposition"]
    assert "Thegradedoesnotallowit." in text_of(statement(service, id, format="pdf", lang="en").data)


def test_is_recorded_with_who_took_it_out_before_it_leaves(service: Service) -> None:
    id = decided(service, REFUSED, customer="C-1")
    given = statement(service, id, format="pdf")
    ((clear, entry),) = entries(service, id)
    hashes = service.services.recorder._vault.pseudonyms
    assert clear == {
        "decision": id,
        "resolution": None,
        "policy": stated.POLICY,
        "form": "pdf",
        "language": "zh",
        "role": "credit-officer",
        "actor": hashes.actor(str(service.officer.id)).hex(),
    }
    sealed = json.loads(service.services.recorder.unsealed(entry))
    assert sealed == {"sha256": sha256(given.data).hexdigest()}


def test_leaves_no_entry_where_only_its_headers_are_asked_for(service: Service) -> None:
    id = decided(service, REFUSED)
    assert service.client.head(f"/v1/decisions/{id}/statement").status_code == 200
    assert entries(service, id) == []


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title><h1>Approved</h1>",
    "{{ 7 * 7 }} {% raw %}",
    '#panic() #eval("1") $ x $ *bold* @ref \\ // /* */',
    "\u202eGNORW\u202c and \u2066hidden\u2069",
    "a\u200bb\u00adc\ufeffd",
    "😀 شركة ไทย 한국 Łódź 龘𬭎",
    "W" * 200,
    "\u0301" * 200,
]


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_quotes_what_somebody_wrote_and_never_carries_it_out(service: Service, written: str) -> None:
    facts = {**REFUSED, "remark": written * 2}
    id = decided(service, facts, reference=written, customer=written)
    page = statement(service, id, BROWSER, lang="en").text
    assert not re.search("<(script|img|h1>Approved)", page)
    assert not set("\u202e\u202c\u2066\u2069\u200b\u00ad\ufeff") & set(page)
    assert "49" not in re.sub("[0-9a-f-]{30,}", "", page)
    pdf = statement(service, id, format="pdf", lang="en")
    assert pdf.status_code == 200
    if written.isascii():
        assert re.sub(r"\s", "", written) in text_of(pdf.data)


def test_names_what_cannot_be_seen_or_drawn(service: Service) -> None:
    id = decided(service, REFUSED, reference="a\u202eb😀")
    assert "a‹U+202E›b😀" in statement(service, id, BROWSER).text
    assert "a‹U+202E›b‹U+1F600›" in text_of(statement(service, id, format="pdf").data)
