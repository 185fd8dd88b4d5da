"""What is said to whoever is turned away: problem details, or to a browser a page, in bytes made beforehand.

No template, no catalogue and no style sheet: this is said when nothing can be spent on saying it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import orjson

from app.domain.errors import Unavailable
from app.web import request_ids
from app.web.problems import PROBLEM_TYPE, problem_document

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BUSY = "More comes in than can be answered now. Nothing was done; try again after Retry-After seconds."
LANGUAGE_COOKIE = "termwise_language"
_HTML = "text/html; charset=utf-8"
_ID = b"%(id)s"
_PAGE = """<!doctype html>
<html lang="{lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title} · Termwise</title></head>
<body><main id="main"><h1>{title}</h1>
<p>{text}</p>
<p class="small">{number}</p></main></body>
</html>
"""
_WORDS = {
    "en": {
        "lang": "en",
        "title": "Too many are asking at this moment",
        "text": "Nothing was done or recorded. Wait a moment, then load this page again.",
        "number": "Number of this request: %(id)s",
    },
    "zh": {
        "lang": "zh-Hans",
        "title": "目前请求过多",
        "text": "未执行也未记录任何操作。请稍候片刻，再重新加载本页。",
        "number": "本次请求编号：%(id)s",
    },
}


class TurnedAway:
    """Makes the answer; ``fixed`` are the headers of every answer."""

    def __init__(self, fixed: Iterable[tuple[str, str]]) -> None:
        self._headers = [*fixed, ("Retry-After", "1"), ("Vary", "Accept, Accept-Language, Cookie")]
        self._document = problem_document(Unavailable(BUSY))
        whole = {one: _PAGE.format(**words).encode() for one, words in _WORDS.items()}
        self._pages = {one: page.split(_ID) for one, page in whole.items()}

    def answer(self, environ: WSGIEnvironment) -> tuple[list[tuple[str, str]], bytes]:
        """The headers and the body of a 503."""
        request_id = request_ids.of(environ.get("HTTP_REQUEST_ID"))
        if _wants_page(environ):
            kind, body = _HTML, request_id.encode().join(self._pages[_language(environ)])
        else:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            kind = PROBLEM_TYPE
            body = orjson.dumps({**self._document, "instance": path, "request_id": request_id})
        own = [("Content-Type", kind), ("Content-Length", str(len(body))), (request_ids.HEADER, request_id)]
        return [*self._headers, *own], b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def _wants_page(environ: WSGIEnvironment) -> bool:
    return "text/html" in environ.get("HTTP_ACCEPT", "") and not environ["PATH_INFO"].startswith("/v1/")


def _language(environ: WSGIEnvironment) -> str:
    """The reader's: what was chosen, else what the browser asks for first."""
    _, chosen, after = environ.get("HTTP_COOKIE", "").partition(LANGUAGE_COOKIE + "=")
    asked = after if chosen else environ.get("HTTP_ACCEPT_LANGUAGE", "")
    return "zh" if asked.startswith("zh") else "en"
