"""Expressions of S-FEEL as trees. Values: Decimal, str, bool, date, None, lists, and dicts by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, string, date, true, false or null as it is written."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """What a caller gave, or another decision; FEEL names may hold blanks."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """``loan.rate``."""

    of: Tree
    name: str


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, a comparison, ``and`` or ``or``."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Negative:
    """``-x``."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Conditional:
    """``if c then x else y``."""

    condition: Tree
    then: Tree
    otherwise: Tree


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function with its arguments."""

    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """``[a, b]``."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """``{a: x, b: y}``."""

    entries: tuple[tuple[str, Tree], ...]


Tree = Constant | Name | Member | Binary | Negative | Conditional | Call | Listed | Context


@dataclass(frozen=True, slots=True)
class Compared:
    """One alternative of a unary test: ``= x``, ``< x`` and so on."""

    operator: str
    endpoint: Tree


@dataclass(frozen=True, slots=True)
class Within:
    """One alternative of a unary test: a range; a bracket includes its end."""

    low: Tree
    low_included: bool
    high: Tree
    high_included: bool


@dataclass(frozen=True, slots=True)
class Tests:
    """A whole cell: any alternative, or with ``negated`` none; no alternative is ``-``."""

    alternatives: tuple[Compared | Within, ...] = ()
    negated: bool = False
