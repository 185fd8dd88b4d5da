"""Single values of a text, known by where they stand, and written anew there: all else stays as it was.

A place is an RFC 6901 JSON pointer into the text: ``/parameters/max_balance_days/value``. A list or a record
is told, and taken, as the YAML that it is written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import Invalid, Problem
from schemas.interchange.rows_text import contribution, replaced, scalar
from schemas.interchange.sheets import cell_text
from schemas.text import BYTE_ORDER_MARK, Block, Items, Scalar, read


def pointer(*parts: str | int) -> str:
    """The place that one comes to by these keys and numbers."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def rewritten(text: bytes, wanted: Mapping[str, str]) -> bytes:
    """``text`` with another value at each place of ``wanted`` where it is another by now.

    Raises ``Invalid`` for a text that cannot be read, and for a place where nothing can be written.
    """
    whole = text.decode()
    written = whole.removeprefix(BYTE_ORDER_MARK)
    block = read(text)
    pieces = []
    for place, value in wanted.items():
        part = _part(block, place)
        if cell_text(part, written) != value:
            new = scalar(value) if isinstance(part, Scalar) and "\n" not in value else contribution(value)
            pieces.append((part.begin, part.end, new))
    return (whole[: len(whole) - len(written)] + replaced(written, 0, len(written), pieces)).encode()


def with_item(text: bytes, key: str, item: str) -> bytes:
    """``text`` with one more item below the list of ``key``, which stands at the very left.

    ``item`` is its lines, as they stand below a list that is not indented. Raises ``Invalid`` where the list
    is not there or stands in brackets.
    """
    whole = text.decode()
    written = whole.removeprefix(BYTE_ORDER_MARK)
    several = read(text).get(key)
    if not isinstance(several, Items) or not several or several.in_brackets:
        problem = Problem(f"write `{key}:` with a first item in the text")
        raise Invalid("Nothing can be added here.", [problem])
    first = several[0].begin
    dash = written.rfind("-", 0, first)
    indent = written[written.rfind("\n", 0, dash) + 1 : dash]
    end = written.find("\n", several[-1].end)
    at = len(written) if end < 0 else end + 1
    lines = "".join(f"{indent}{line}\n" for line in item.splitlines())
    between = "" if written[:at].endswith("\n") else "\n"
    merged = replaced(written, 0, len(written), [(at, at, between + lines)])
    return (whole[: len(whole) - len(written)] + merged).encode()


def _part(block: Block, place: str) -> Any:
    part: Any = block
    for step in place.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(part, Items) and key.isdecimal() and int(key) < len(part):
            part = part[int(key)]
        elif isinstance(part, Block) and key in part:
            part = part[key]
        else:
            problem = Problem(f"there is no `{place[:200]}`", place)
            raise Invalid("A value has no place in the text.", [problem])
    return part
