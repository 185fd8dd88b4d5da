"""Decides a decision of a model: what it requires first, then its table or expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.dmn.expressions import value
from app.services.dmn.tables import result
from app.services.dmn.types import item, typed, with_allowed
from schemas.interchange.dmn.expressions import expression
from schemas.interchange.dmn.model import Decision, DecisionTable, InputData, Literal, Model, Unsupported
from schemas.unreadable import Unreadable

MOST_DEPTH = 50


class Running:
    """One model with what it is given; every decision is made once."""

    def __init__(self, model: Model, given: Mapping[str, Any]) -> None:
        self._model = model
        self._given = given
        self._by_id: dict[str, InputData | Decision] = {one.id: one for one in model.inputs.values()}
        self._by_id |= {one.id: one for one in model.decisions.values()}
        self._decided: dict[str, Any] = {}

    def decided(self, name: str, depth: int = 0) -> Any:
        """The value of a decision; raises ``Unreadable`` for what is not read, or is not there."""
        if name in self._decided:
            return self._decided[name]
        decision = self._model.decisions.get(name)
        if decision is None:
            raise Unreadable(f"the model has no decision `{name}`")
        if depth > MOST_DEPTH:
            raise Unreadable(f"`{name}` requires itself, or more than {MOST_DEPTH} levels of decisions")
        self._decided[name] = found = self._found(decision, self._names(decision, depth))
        return found

    def _names(self, decision: Decision, depth: int) -> dict[str, Any]:
        if decision.knowledge:
            invoked = ", ".join(f"`{one}`" for one in decision.knowledge)
            raise Unreadable(f"`{decision.name}` invokes the business knowledge {invoked}, which is not read")
        names: dict[str, Any] = {}
        for id in decision.requires:
            required = self._by_id.get(id)
            if required is None:
                raise Unreadable(f"`{decision.name}` requires `{id}`, which is not in the model")
            if isinstance(required, Decision):
                names[required.name] = self.decided(required.name, depth + 1)
            else:
                declared = item(self._model.types, required.type)
                names[required.name] = typed(self._given.get(required.name), declared, self._model.types)
        return names

    def _found(self, decision: Decision, names: Mapping[str, Any]) -> Any:
        boxed = decision.expression
        if isinstance(boxed, DecisionTable):
            table = with_allowed(boxed, decision.type, self._model.types)
            return result(table, _with_members(names))
        if isinstance(boxed, Literal):
            return value(expression(boxed.text, _with_members(names)), names)
        if isinstance(boxed, Unsupported):
            raise Unreadable(f"`{decision.name}` is made by {boxed.kind}, which is not read")
        raise Unreadable(f"`{decision.name}` has neither a table nor an expression")


def _with_members(names: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names that may be read, those of components too: they may hold blanks."""
    found = dict(names)
    for one in names.values():
        if isinstance(one, dict):
            for member in one:
                found.setdefault(member, None)
    return found
