"""The types of a model: which kind a value is of that a test file leaves open, which values are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from schemas.interchange.dmn.cases import Unread, Untyped
from schemas.interchange.dmn.model import DecisionTable, ItemType
from schemas.unreadable import Unreadable

Types = Mapping[str, ItemType]
MOST_DEPTH = 50
_NOTHING = ItemType("")


def item(types: Types, ref: str) -> ItemType:
    """What a reference leads to: its components, the values allowed, and as ``name`` its kind of FEEL."""
    found = ItemType(_bare(ref), _bare(ref))
    for _ in range(MOST_DEPTH):
        declared = types.get(found.name)
        if declared is None:
            break
        kept = found.allowed or declared.allowed
        found = replace(declared, allowed=kept, name=_bare(declared.base) if declared.base else "")
    return found


def typed(given: Any, declared: ItemType, types: Types) -> Any:
    """A given value, its open parts read as the type says that ``item`` found."""
    if isinstance(given, Untyped):
        return given.of(declared.name)
    if isinstance(given, list):
        return [typed(one, declared, types) for one in given]
    if isinstance(given, dict):
        return {name: typed(one, _component(declared, name, types), types) for name, one in given.items()}
    return given


def as_found(wanted: Any, found: Any) -> Any:
    """An expected value, its open parts read as of the kind of what was found; raises ``Unreadable``."""
    if isinstance(wanted, Unread):
        raise Unreadable(wanted.why)
    if isinstance(wanted, Untyped):
        kinds = {str: "string", date: "date"}
        return wanted.of(kinds.get(type(found), ""))
    if isinstance(wanted, list):
        beside = found if isinstance(found, list) else []
        return [as_found(one, beside[at] if at < len(beside) else None) for at, one in enumerate(wanted)]
    if isinstance(wanted, dict):
        inside = found if isinstance(found, dict) else {}
        return {name: as_found(one, inside.get(name)) for name, one in wanted.items()}
    return wanted


def all_read(found: Any) -> None:
    """Raises ``Unreadable`` where a result holds what is not read."""
    if isinstance(found, Unread):
        raise Unreadable(found.why)
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        all_read(one)


def with_allowed(table: DecisionTable, ref: str, types: Types) -> DecisionTable:
    """The table, its output values those of the outputs' types where it lists none itself."""
    whole = item(types, ref)
    single = len(table.outputs) == 1
    outputs = []
    for one in table.outputs:
        inferred = whole if single else _component(whole, one.name, types)
        declared = item(types, one.type) if one.type else inferred
        outputs.append(replace(one, values=one.values or declared.allowed or inferred.allowed))
    return replace(table, outputs=tuple(outputs))


def _component(declared: ItemType, name: str, types: Types) -> ItemType:
    part = declared.components.get(name)
    if part is None:
        return _NOTHING
    if part.components:
        return part
    leads = item(types, part.base)
    return replace(leads, allowed=part.allowed or leads.allowed)


def _bare(ref: str) -> str:
    """A reference without the prefix of its namespace."""
    return ref.rpartition(":")[2]
