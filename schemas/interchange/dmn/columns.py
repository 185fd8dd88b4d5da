"""The columns of a table, with all that its cells need to be said in FEEL and understood again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.ruleset import Ruleset
from app.domain.values import Kind, ValueType
from schemas.interchange.dmn.cells import (
    contribution_from_feel,
    contribution_to_feel,
    test_from_feel,
    test_to_feel,
)

TYPE_REFS = {Kind.DATE: "date", Kind.YES_NO: "boolean", Kind.TEXT: "string", Kind.RECORDS: "Any"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``type`` is None for an outcome or a reason, which are words."""

    name: str
    type: ValueType | None
    names: Collection[str]
    tested: bool
    may_be_unknown: bool = True

    def to_feel(self, cell: str) -> str:
        """A cell as FEEL."""
        if self.tested and self.type is not None:
            return test_to_feel(cell, self.type, self.names)
        return contribution_to_feel(cell, self.type, self.names)

    def from_feel(self, text: str) -> str:
        """FEEL as a cell; raises ``Unreadable``."""
        if self.tested and self.type is not None:
            return test_from_feel(text, self.type, may_be_unknown=self.may_be_unknown)
        return contribution_from_feel(text, self.type)


def tested(ruleset: Ruleset, name: str) -> Column:
    """A column of conditions; in its cells only parameters are names."""
    fact = ruleset.facts.get(name)
    doubtful = fact is None or fact.unknown_allowed
    return Column(name, ruleset.types[name], ruleset.parameters, True, doubtful)


def given(ruleset: Ruleset, name: str) -> Column:
    """A column of contributions; every name that has a value there may be given."""
    declared = ruleset.outputs.get(name)
    return Column(name, None if declared is None else declared.type, ruleset.types, False)


def type_ref(name: str, value_type: ValueType | None) -> str:
    """The type of a column as DMN names it; choices have a type of their own."""
    if value_type is None:
        return "string"
    if value_type.kind in (Kind.CHOICE, Kind.CHOICES):
        return f"t_{name}"
    return TYPE_REFS.get(value_type.kind, "number")
