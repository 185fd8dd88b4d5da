"""Cells of a table: conditions as unary tests of FEEL and back, contributions as its expressions and back."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from app.domain.messages import told
from app.domain.values import Kind, ValueType
from schemas.interchange.dmn.feel import STRING, from_feel, split, to_feel
from schemas.text import Block, Items, Scalar, read
from schemas.unreadable import Unreadable

ANYTHING, NULL, KNOWN = "-", "null", "not(null)"
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_ALL = re.compile(r"all\s*\((.*)\)", re.DOTALL)
_COMPARED = re.compile(r"(<=|>=|<|>|=)\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])", re.DOTALL)
_CONTAINS = re.compile(r'list contains\s*\(\s*\?\s*,\s*("(?:[^"\\]|\\.)*")\s*\)')


def test_to_feel(cell: str, value_type: ValueType, names: Collection[str]) -> str:
    """A condition as a unary test of FEEL."""
    if cell == ANYTHING:
        return ANYTHING
    if cell == "known":
        return KNOWN
    negated = _NOT.fullmatch(cell)
    parts = [_test_part(part, value_type, names) for part in split(negated[1] if negated else cell)]
    return f"not({', '.join([*parts, NULL])})" if negated else ", ".join(parts)


def test_from_feel(text: str, value_type: ValueType, *, may_be_unknown: bool) -> str:
    """A unary test of FEEL as a condition; raises ``Unreadable`` for what no cell can say."""
    if text in ("", ANYTHING):
        return ANYTHING
    if re.sub(r"\s", "", text) == KNOWN:
        return "known"
    negated = _NOT.fullmatch(text)
    parts = list(split(negated[1] if negated else text))
    if not negated:
        return ", ".join(_part_from_feel(part, value_type) for part in parts)
    named = [_part_from_feel(part, value_type) for part in parts if part != NULL]
    if NULL in parts or not may_be_unknown or any(map(_ordering, parts)):
        return f"not({', '.join(named)})"
    if value_type.kind is Kind.CHOICE:
        return ", ".join([*(one for one in value_type.choices if one not in named), "unknown"])
    raise Unreadable(
        told(
            "`{text}` holds on null in DMN; write `not({parts}, null)`, or the other values and null",
            text=text,
            parts=", ".join(parts),
        )
    )


def contribution_to_feel(cell: str, value_type: ValueType | None, names: Collection[str]) -> str:
    """A contribution as an expression of FEEL; ``value_type`` is None for an outcome or a reason."""
    if not cell:
        return NULL
    if value_type is not None and value_type.kind in (Kind.CHOICES, Kind.RECORDS) and cell[0] in "[{":
        return _yaml_to_feel(read(f"cell: {cell}\n")["cell"], value_type, names)
    return to_feel(cell, value_type, names if value_type else ())


def contribution_from_feel(text: str, value_type: ValueType | None) -> str:
    """An expression of FEEL as a contribution; raises ``Unreadable`` for what no cell can say."""
    if text in ("", NULL):
        return ""
    if text[0] == "[" and text[-1] == "]":
        return f"[{', '.join(contribution_from_feel(one, value_type) for one in split(text[1:-1]))}]"
    if text[0] == "{" and text[-1] == "}":
        return f"{{{', '.join(_field_from_feel(one, value_type) for one in split(text[1:-1]))}}}"
    return from_feel(text, value_type)


def _test_part(part: str, value_type: ValueType, names: Collection[str]) -> str:
    if part == "unknown":
        return NULL
    if value_type.kind is Kind.CHOICES:
        every = _ALL.fullmatch(part)
        words = list(split(every[1])) if every else [part]
        contained = [f"list contains(?, {to_feel(word, value_type, ())})" for word in words]
        return f"({' and '.join(contained)})" if every else contained[0]
    ranged = _RANGE.fullmatch(part)
    if ranged:
        low, high = (to_feel(ranged[end], value_type, names) for end in (2, 3))
        return f"{ranged[1]}{low}..{high}{ranged[4]}"
    compared = _COMPARED.fullmatch(part)
    if compared:
        return f"{compared[1]} {to_feel(compared[2], value_type, names)}"
    return to_feel(part, value_type, names)


def _ordering(part: str) -> bool:
    """Whether a part compares, which on null is null: its negation does not hold there either."""
    compared = _COMPARED.fullmatch(part)
    return bool(_RANGE.fullmatch(part) or (compared and compared[1] != "="))


def _part_from_feel(part: str, value_type: ValueType) -> str:
    if part == NULL:
        return "unknown"
    if value_type.kind is Kind.CHOICES:
        return _contained(part, value_type)
    ranged = _RANGE.fullmatch(part)
    if ranged:
        low, high = (from_feel(ranged[end], value_type) for end in (2, 3))
        return f"{'[' if ranged[1] == '[' else '('}{low}..{high}{']' if ranged[4] == ']' else ')'}"
    compared = _COMPARED.fullmatch(part)
    if compared:
        sign = "" if compared[1] == "=" else f"{compared[1]} "
        return f"{sign}{from_feel(compared[2].strip(), value_type)}"
    return from_feel(part, value_type)


def _contained(part: str, value_type: ValueType) -> str:
    words = [from_feel(found, value_type) for found in _CONTAINS.findall(part)]
    rest = re.sub(r"\band\b|[()\s]", "", _CONTAINS.sub("", part))
    if rest or not words:
        raise Unreadable(
            told('`{part}` cannot be said in a cell; a list is tested by `list contains(?, "A")`', part=part)
        )
    return words[0] if len(words) == 1 else f"all({', '.join(words)})"


def _yaml_to_feel(part: Any, value_type: ValueType, names: Collection[str]) -> str:
    if isinstance(part, Items):
        return f"[{', '.join(_yaml_to_feel(one, value_type, names) for one in part)}]"
    if isinstance(part, Block):
        fields = value_type.fields
        members = (
            f"{name}: {_yaml_to_feel(one, fields.get(name, value_type), names)}" for name, one in part.items()
        )
        return f"{{{', '.join(members)}}}"
    assert isinstance(part, Scalar)
    return to_feel(str(part), value_type, names)


def _field_from_feel(text: str, value_type: ValueType | None) -> str:
    name, colon, value = text.partition(":")
    word = name.strip().strip('"')
    if not colon or STRING.fullmatch(text):
        raise Unreadable(told("`{text}` is no field; a record is written {{name: value, ...}}", text=text))
    inside = None if value_type is None else value_type.fields.get(word)
    return f"{word}: {contribution_from_feel(value.strip(), inside)}"
