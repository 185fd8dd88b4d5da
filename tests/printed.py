"""What is in a PDF, as whoever has it reads it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader


def read(document: bytes) -> Any:
    return PdfReader(BytesIO(document))


def text_of(document: bytes) -> str:
    """What can be copied out of it, without spaces and line breaks."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in read(document).pages))
