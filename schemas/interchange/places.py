"""Single values of a text, known by where they stand, and written anew there: all else stays as it was.

A place is an RFC 6901 JSON pointer into the text: ``/parameters/max_balance_days/value``. A list or a record
is told, and taken, as the YAML that it is written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.interchange.rows_text import Replaced, contribution, replaced, scalar
from schemas.interchange.sheets import cell_text
from schemas.text import BYTE_ORDER_MARK, Block, Items, Scalar, read

SAMPLES = frozenset({"given", "expect", "fires_on", "not_on"})
"""The keys of blocks of values by name that may be more or fewer."""


def pointer(*parts: str | int) -> str:
    """The place that one comes to by these keys and numbers."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def rewritten(text: bytes, wanted: Mapping[str, str]) -> bytes:
    """``text`` with another value at each place of ``wanted`` where it is another by now.

    A sample (what a case or an example gives or expects) gains a key that it does not have yet, and loses one
    whose value is emptied; nothing else does. Raises ``Invalid`` for a text that cannot be read, and for a
    place where nothing can be written.
    """
    whole = text.decode()
    written = whole.removeprefix(BYTE_ORDER_MARK)
    block = read(text)
    pieces: list[Replaced] = []
    for place, value in wanted.items():
        above, _slash, key = place.rpartition("/")
        sample = _part(block, above) if above.rpartition("/")[2] in SAMPLES else None
        if isinstance(sample, Block) and key not in sample:
            pieces += [_added(sample, key, value, written)] if value else []
            continue
        part = _part(block, place)
        if cell_text(part, written) == value:
            continue
        if isinstance(sample, Block) and not value:
            pieces.append(_removed(sample, key, written))
        else:
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
        problem = Problem(told("write `{key}:` with a first item in the text", key=key))
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


def _added(sample: Block, key: str, value: str, written: str) -> Replaced:
    """One more key behind the last, in the way in which the sample is written."""
    new = f"{key}: {contribution(value)}"
    if not sample:
        return sample.begin, sample.end, f"{{{new}}}"
    end = list(sample.values())[-1].end
    if written[sample.begin] == "{":
        return end, end, f", {new}"
    column = sample.begin - written.rfind("\n", 0, sample.begin) - 1
    return end, end, f"\n{' ' * column}{new}"


def _removed(sample: Block, key: str, written: str) -> Replaced:
    """A key no more, with what stood between it and its neighbour."""
    keys = list(sample)
    place = keys.index(key)
    if place:
        return sample[keys[place - 1]].end, sample[key].end, ""
    if len(keys) > 1:
        return keys[0].begin, keys[1].begin, ""
    begin = sample.begin + (written[sample.begin] == "{")
    return begin, sample[key].end, "" if begin > sample.begin else "{}"


def _part(block: Block, place: str) -> Any:
    part: Any = block
    for step in place.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(part, Items) and key.isdecimal() and int(key) < len(part):
            part = part[int(key)]
        elif isinstance(part, Block) and key in part:
            part = part[key]
        else:
            problem = Problem(told("there is no `{place}`", place=place[:200]), place)
            raise Invalid("A value has no place in the text.", [problem])
    return part
