"""Tables that come over HTTP: a file, and with it, where wanted, a mapping, as ``multipart/form-data``."""

from __future__ import annotations

from typing import NamedTuple

from flask import request

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.web.answers import too_large
from schemas.json_text import MAX_BYTES

MULTIPART = "multipart/form-data"
MOST_FILE = 64 * 1024 * 1024
_PARTS = {"file", "mapping"}


class Sent(NamedTuple):
    """The file as it came, its mapping, and the name of the mapping's file."""

    content: bytes
    mapping: bytes | None = None
    name: str | None = None


def sent() -> Sent:
    """What the request holds; raises ``Invalid`` where it holds something else, or no file."""
    if (request.content_length or 0) > MOST_FILE:
        raise too_large(MOST_FILE)
    if request.mimetype != MULTIPART:
        raise Invalid(
            "The file cannot be read.",
            [Problem(told("send it as {multipart}, in the part `file`", multipart=MULTIPART))],
        )
    parts = request.files
    strange = sorted({*parts, *request.form} - _PARTS)
    if "file" not in parts or strange:
        message = "its parts are `file` and `mapping`"
        if strange:
            message = told("`{name}` is not known; its parts are `file` and `mapping`", name=strange[0][:64])
        raise Invalid("The file cannot be read.", [Problem(message)])
    content, mapping = parts["file"].read(), parts.get("mapping")
    if mapping is None:
        return Sent(content)
    return Sent(content, mapping.read(MAX_BYTES + 1), (mapping.filename or "mapping")[:200])
