"""What ``type``, ``values``, ``decimals`` and ``fields`` declare about a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from app.domain.messages import told
from app.domain.values import SCALES, Kind, Text, ValueType
from schemas.constants import listed, one_of
from schemas.names import Doubtful
from schemas.ruleset.faults import Faults
from schemas.ruleset.words import CELL_WORDS, CHOICE, CODE, FORMULA_WORDS, NAME, text
from schemas.text import Block

OUTPUT_ONLY, PARAMETER_ONLY = Kind.RECORDS, Kind.DATES
_FIELD_NEVER = (Kind.RECORDS, Kind.DATES, Kind.CHOICES)


def value_type(block: Block, faults: Faults, where: str, *, never: Iterable[Kind] = ()) -> ValueType | None:
    """The declared type, or None after noting a fault; kinds in ``never`` have no place here."""
    with faults.noted(block["type"], where):
        kind = _kind(block["type"], set(never))
        _belongs(block, "values", kind in (Kind.CHOICE, Kind.CHOICES), "choice and list of choice")
        _belongs(block, "fields", kind is Kind.RECORDS, "list of record")
        known = len(faults)
        choices, labels = _choices(block.get("values", {}), faults, where)
        fields = _fields(block.get("fields", Block()), faults, where)
        decimals = _decimals(block, kind, faults, where)
        if len(faults) > known:
            raise Doubtful
        names = block.get("fields", Block())
        field_labels = {str(name): text(one["label"]) for name, one in names.items()}
        return ValueType(kind, decimals, choices, labels, fields, field_labels)
    return None


def _kind(word: str, never: set[Kind]) -> Kind:
    here = [str(kind) for kind in Kind if kind not in never]
    if word in never:
        raise ValueError(
            told("a `{word}` has no place here; the types here are {here}", word=word, here=listed(here))
        )
    return Kind(one_of(word, here))


def _belongs(block: Block, key: str, wanted: bool, kinds: str) -> None:
    if wanted and not block.get(key):
        raise ValueError(told("type {type} needs `{key}`", type=block["type"], key=key))
    if key in block and not wanted:
        raise ValueError(told("`{key}` stands with {kinds}, and only there", key=key, kinds=kinds))


def _decimals(block: Block, kind: Kind, faults: Faults, where: str) -> int:
    if "decimals" not in block:
        return SCALES.get(kind, 0)
    with faults.noted(block["decimals"], where):
        if kind not in SCALES:
            raise ValueError(
                told("`decimals` stands with money, percent and number, not with {kind}", kind=kind)
            )
        return decimal_places(block["decimals"])
    return 0


def decimal_places(written: str) -> int:
    """What ``decimals`` says; raises ``ValueError``."""
    if not re.fullmatch(r"[0-9]|1[0-2]", written):
        raise ValueError(told("`decimals` is a whole number from 0 to 12, not {written}", written=written))
    return int(written)


def _fields(block: Block, faults: Faults, where: str) -> dict[str, ValueType]:
    fields = {}
    for name, one in block.items():
        inside = told("{where}, field `{name}`", where=where, name=name)
        if not NAME.fullmatch(name):
            faults.at(
                name,
                told("`{name}` cannot be a name; names are lower-case words joined by _", name=name),
                inside,
            )
        kind = value_type(one, faults, inside, never=_FIELD_NEVER)
        if kind is not None:
            fields[str(name)] = kind
    return fields


def _choices(values: Any, faults: Faults, where: str) -> tuple[tuple[str, ...], dict[str, Text]]:
    labels, seen = {}, set()
    for value in values:
        if not CHOICE.fullmatch(value) or value in CELL_WORDS | FORMULA_WORDS:
            faults.at(
                value,
                told(
                    "`{value}` cannot be a value; write letters, digits and _, and no word of the language",
                    value=value,
                ),
                where,
            )
        elif isinstance(values, Block):
            labels[str(value)] = text(values[value])
        elif not CODE.fullmatch(value):
            message = told(
                "`{value}` is a word, and words need a label: {{{value}: {{en: ..., zh: ...}}}}", value=value
            )
            faults.at(value, message, where)
        if value in seen:
            faults.at(value, told("`{value}` stands twice among the values", value=value), where)
        seen.add(value)
    return tuple(str(value) for value in values), labels


def flag(item: Block, key: str, word: str, faults: Faults, where: str) -> bool:
    """Whether a key stands that can only say one word; notes a fault where it says another."""
    if key in item and item[key] != word:
        faults.at(
            item[key],
            told("`{key}` can only say `{word}`; leave the key out otherwise", key=key, word=word),
            where,
        )
    return key in item
