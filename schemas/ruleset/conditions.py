"""When a rule holds: one test a name, all of which must hold. Also the label that its cells make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.domain.rules import Condition
from app.domain.values import Text
from schemas.ruleset.faults import within
from schemas.ruleset.scope import Scope


def conditions(pairs: Iterable[tuple[Any, Any]], scope: Scope, where: str) -> tuple[Condition, ...]:
    """The conditions that pairs of name and cell write; faults are noted, and those pairs left out."""
    found = []
    for name, cell in pairs:
        if not scope.names.declares(name):
            with scope.faults.noted(name, where):
                scope.names.type_of(name)
            continue
        with scope.faults.noted(cell, within(where, name)):
            found.append(Condition(str(name), scope.test(name, cell)))
    return tuple(found)


def cells_as_label(inputs: Sequence[str], cells: Sequence[str]) -> Text:
    """The label of a row or band that writes none."""
    said = ", ".join(f"{name} {cell}" for name, cell in zip(inputs, cells, strict=True) if cell != "-")
    return Text(said or "always", said or "任何情况")
