"""The names that may be read at a place of a text, and what is said about one that may not."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.messages import told
from app.domain.values import ValueType
from schemas.constants import nearest


class Doubtful(ValueError):
    """Nothing can be said about this place until a fault that has been noted elsewhere is mended."""


class Names(dict[str, ValueType]):
    """Types by name, growing from step to step.

    ``doubtful`` are names whose own declaration has a fault: reading them is no
    fault of its own. ``later`` are names of steps further down, with their lines;
    ``being_defined`` is the one whose formula is being read.
    """

    def __init__(self, types: Mapping[str, ValueType] | None = None) -> None:
        super().__init__(types or {})
        self.doubtful: set[str] = set()
        self.later: dict[str, int] = {}
        self.being_defined = ""

    def declare(self, name: str, value_type: ValueType | None) -> None:
        """From here on ``name`` may be read; without a type it is doubtful."""
        self.later.pop(name, None)
        if value_type is None:
            self.doubtful.add(name)
        else:
            self[name] = value_type

    def declares(self, name: str) -> bool:
        """Whether ``name`` stands for a value here, be it a doubtful one."""
        return name in self or name in self.doubtful

    def type_of(self, name: str) -> ValueType:
        """The type of ``name``; raises ``ValueError`` saying why it may not be read here."""
        if name in self.doubtful:
            raise Doubtful
        if name in self:
            return self[name]
        if name in self.later and name == self.being_defined:
            raise ValueError(told("`{name}` reads itself; a formula reads what stands above it", name=name))
        if name in self.later:
            raise ValueError(
                told(
                    "`{name}` is calculated only further down, on line {line}; move that step above this one",
                    name=name,
                    line=self.later[name],
                )
            )
        raise ValueError(told("`{name}` is not declared{near}", name=name, near=nearest(name, list(self))))
