"""The steps of a ruleset, in order: what a step yields is readable by the steps below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.messages import told
from app.domain.rules import Formula, Step
from app.domain.values import Kind
from schemas.formula_types import resolved
from schemas.formulas import formula as parsed
from schemas.ruleset.rule_lists import rule_list
from schemas.ruleset.scope import Scope, check_fits
from schemas.ruleset.scorecards import scorecard
from schemas.ruleset.tables import table
from schemas.ruleset.value_types import value_type
from schemas.ruleset.words import text
from schemas.text import Block, Items

_NEVER_CALCULATED = (Kind.RECORDS, Kind.DATES, Kind.CHOICES, Kind.TEXT)


def steps(items: Items, scope: Scope) -> tuple[Step, ...]:
    """Every step that could be read; faults are noted for the rest."""
    scope.foresee(items)
    found = [read(item, scope) for item in items for kind, read in _READERS.items() if kind in item]
    return tuple(step for step in found if step is not None)


def formula(item: Block, scope: Scope) -> Formula | None:
    """The calculated value, readable from here on; faults are noted."""
    name, where, found = item["formula"], told("formula `{formula}`", formula=item["formula"]), None
    scope.register.name(name)
    kind = value_type(item, scope.faults, where, never=_NEVER_CALCULATED)
    if kind is not None:
        with scope.faults.noted(item["expression"], where):
            scope.names.being_defined = str(name)
            tree = resolved(parsed(item["expression"]), scope.names, kind)
            found = Formula(
                name=str(name),
                type=kind,
                text=str(item["expression"]),
                expression=tree,
                label=text(item["label"]),
                output=str(item["output"]) if "output" in item else None,
                source=str(item["source"]) if "source" in item else None,
                line=item.line,
            )
        if "output" in item:
            with scope.faults.noted(item["output"], where):
                check_fits(scope.output(item["output"]).type, kind, f"`{name}`")
    if not scope.names.declares(name):
        scope.names.declare(name, kind)
        scope.unknowns.take(str(name), found)
    return found


_READERS: Mapping[str, Callable[[Block, Scope], Step | None]] = {
    "formula": formula,
    "table": table,
    "rules": rule_list,
    "scorecard": scorecard,
}
