"""What a ruleset asks to be proved of itself: no gaps, overlaps or dead rules, and monotone."""

from __future__ import annotations

from typing import Any

from app.domain.messages import told
from app.domain.rules import OUTCOME
from app.domain.values import Kind
from schemas.constants import one_of
from schemas.ruleset.scope import Scope
from schemas.text import Block, Items

SEVERITIES = ("error", "warn", "off")
DIRECTIONS = ("up", "down")
PROOFS, MONOTONE = ("gaps", "overlaps", "dead_rules", "thresholds"), "monotone"


def checks(block: Block, scope: Scope) -> dict[str, Any]:
    """The declared checks as plain words; the analysis proves them."""
    found: dict[str, Any] = {}
    for name in PROOFS:
        if name in block:
            with scope.faults.noted(block[name], told("`checks`, `{name}`", name=name)):
                found[name] = one_of(block[name], SEVERITIES)
    if MONOTONE in block:
        found[MONOTONE] = tuple(_monotone(item, scope) for item in block.get(MONOTONE, Items()))
    return found


def _monotone(item: Block, scope: Scope) -> dict[str, Any]:
    where = told("`checks`, `{monotone}`", monotone=MONOTONE)
    with scope.faults.noted(item["never_worse"], where):
        if item["never_worse"] != OUTCOME:
            raise ValueError(
                told("`never_worse` is outcome, not {never_worse}", never_worse=item["never_worse"])
            )
    if not item["better"]:
        scope.faults.at(item["better"], "`better` names no fact; write {prepayment: up}", where)
    for name, direction in item["better"].items():
        with scope.faults.noted(name, where):
            _check_better(name, direction, scope)
    better = {str(name): str(direction) for name, direction in item["better"].items()}
    return {"better": better, "never_worse": str(item["never_worse"])}


def _check_better(name: str, direction: str, scope: Scope) -> None:
    kind = scope.names.type_of(name)
    if name not in scope.facts:
        raise ValueError(told("`{name}` is not a fact, and only facts can be made better", name=name))
    if not kind.ordered and kind.kind is not Kind.YES_NO:
        raise ValueError(
            told(
                "`{name}` is of type {kind}, and only numbers, dates and yes_no go up and down",
                name=name,
                kind=kind.kind,
            )
        )
    one_of(direction, DIRECTIONS)
