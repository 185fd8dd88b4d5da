"""What is certain at one place of a formula: extents of names, narrowed by the conditions asked before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.analysis.possible.extents import ANYTHING, Extent, met
from app.domain.expressions import Constant, Expression, Name, names_read
from app.domain.rules import OUTCOME, Formula
from app.domain.ruleset import Ruleset
from app.domain.values import ValueType

DEEPEST = 3  # formulas looked into from where they are read
PATIENCE = 20_000  # parts looked at for one formula; beyond that anything is possible

_STILL_KNOWN = Extent(unknown=False)


@dataclass(slots=True)
class Known:
    """What holds wherever a formula of the ruleset is read: extents, formulas and types so far.

    ``patience`` is counted down, so that a formula written to be slow is not.
    """

    ruleset: Ruleset
    extents: dict[str, Extent] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)
    patience: int = PATIENCE

    def type_of(self, name: str) -> ValueType:
        """The declared type of a name."""
        return self.ruleset.types[name]

    def changes(self, name: str) -> bool:
        """Whether later steps may give the name another value."""
        return name in self.ruleset.outputs or name == OUTCOME


@dataclass(frozen=True, slots=True)
class Context:
    """A place in a formula. ``depth`` counts the formulas between it and the one that is read."""

    known: Known
    narrowed: Mapping[Expression, Extent] = field(default_factory=dict)
    depth: int = 0

    def extent_of(self, name: str) -> Extent:
        """The extent of a name, before narrowing."""
        return self.known.extents.get(name, ANYTHING)

    def narrow(self, node: Expression, extent: Extent) -> Context:
        """The context in which ``node`` is also within ``extent``.

        What an earlier formula saw of an output is not what it is now: of that
        only being known stays.
        """
        if isinstance(node, Constant):
            return self
        if self.depth and any(map(self.known.changes, names_read(node))):
            if extent.unknown or not isinstance(node, Name):
                return self
            extent = _STILL_KNOWN
        before = self.narrowed.get(node)
        return replace(
            self, narrowed={**self.narrowed, node: extent if before is None else met(before, extent)}
        )

    def inside(self, name: str) -> tuple[Formula, Context] | None:
        """The formula of that name and the context within it, unless it is too deep to look into."""
        formula = self.known.formulas.get(name)
        if formula is None or self.depth >= DEEPEST:
            return None
        return formula, replace(self, depth=self.depth + 1)

    def outside(self, inner: Context) -> Context:
        """This place again, with what was learnt inside."""
        return replace(inner, depth=self.depth)
