"""Canonical JSON (RFC 8785), over the part of JSON that needs no number formatting.

Allowed: objects with ASCII keys, arrays, texts, integers below 2**53 either way, true,
false, null. Decimals are written as texts; a word of a StrEnum counts as its text. Within
that part the bytes of orjson with sorted keys are those of RFC 8785: its order by UTF-16
code units is byte order for ASCII keys, and it escapes the same characters the same way
(``tests/ledger`` holds it to this).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_SCALARS = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list, tuple})
_ALLOWED = _SCALARS | _CONTAINERS


class NotCanonical(ValueError):
    """The value has something that canonical JSON leaves open; the message says what, and what to write."""


def canonical(value: Any) -> bytes:
    """The one UTF-8 text of ``value``; raises ``NotCanonical`` for what lies outside the allowed part."""
    _refuse_what_is_open(value)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except (TypeError, ValueError) as error:
        raise NotCanonical(f"not to be written as canonical JSON: {error}") from error


def _refuse_what_is_open(value: Any) -> None:
    """Look at every container once, its members in bulk: most are texts, and this runs for each decision."""
    waiting = [(value,)]
    while waiting:
        members = waiting.pop()
        kinds = set(map(type, members))
        for kind in kinds - _ALLOWED:
            if not issubclass(kind, str):
                raise NotCanonical(_refusal(next(member for member in members if type(member) is kind)))
        if kinds.isdisjoint(_CONTAINERS):
            continue
        for member in members:
            if type(member) is dict:
                _refuse_keys(member)
                waiting.append(tuple(member.values()))
            elif type(member) in _CONTAINERS:
                waiting.append(member)


def _refuse_keys(mapping: Mapping[Any, Any]) -> None:
    try:
        if "".join(mapping).isascii():
            return
    except TypeError:
        pass
    wrong = next(key for key in mapping if not (isinstance(key, str) and key.isascii()))
    raise NotCanonical(f"the key {wrong!r} is not an ASCII text")


def _refusal(wrong: Any) -> str:
    if isinstance(wrong, float):
        return f"the float {wrong!r} has no exact form here: write a decimal as a text"
    return f"a {type(wrong).__name__} ({wrong!r}) is not JSON: write it as a text"
