"""What is read of a DMN model, as far as decisions by tables and by expressions need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions: the expression that is tested, its type, and the values it may have."""

    expression: str
    type: str = ""
    values: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results. ``values`` stand in order of priority; ``default`` is for no rule at all."""

    name: str = ""
    type: str = ""
    values: str = ""
    default: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class TableRule:
    """One row: unary tests, results, and annotations in the order of their columns."""

    id: str
    tests: tuple[str, ...]
    results: tuple[str, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table; ``annotations`` are the names of those columns."""

    hit_policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[TableRule, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """An expression as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A boxed expression of a kind that is not read here, such as ``context`` or ``invocation``."""

    kind: str


Expression = DecisionTable | Literal | Unsupported


@dataclass(frozen=True, slots=True)
class InputData:
    """What a caller gives."""

    id: str
    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; ``requires`` are the ids of what it reads, ``knowledge`` the names of what it invokes.

    ``digest`` is that of the table it was made from, where Termwise wrote it.
    """

    id: str
    name: str
    type: str
    requires: tuple[str, ...]
    knowledge: tuple[str, ...]
    expression: Expression | None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type of the model: what it is made of, and the values that are allowed."""

    name: str
    base: str = ""
    allowed: str = ""
    collection: bool = False
    components: Mapping[str, ItemType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """A DMN model; decisions, inputs and types by name."""

    name: str
    inputs: Mapping[str, InputData]
    decisions: Mapping[str, Decision]
    types: Mapping[str, ItemType]
    policy: str = ""
