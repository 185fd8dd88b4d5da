"""The facts that a ruleset declares: types, bounds, who gives them, what is recalled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.declarations import Changeable, FactSpec, Output, Recall
from app.domain.messages import told
from app.domain.values import Kind, Value, ValueType
from schemas.constants import constant, listed, nearest, one_of
from schemas.ruleset.faults import Faults
from schemas.ruleset.value_types import OUTPUT_ONLY, PARAMETER_ONLY, flag, value_type
from schemas.ruleset.words import Register, text
from schemas.text import Block

ROLES = ("sales", "credit-officer", "finance", "legal", "auditor", "administrator", "file")
RECALLED_BY = ("reference", "customer")


def facts(block: Block, register: Register, faults: Faults) -> dict[str, FactSpec]:
    """The declared facts by name, those with a fault left out."""
    found = {}
    for name, item in block.items():
        where = told("fact `{name}`", name=name)
        register.name(name)
        kind = value_type(item, faults, where, never=(OUTPUT_ONLY, PARAMETER_ONLY))
        if kind is not None:
            found[str(name)] = _fact(name, item, kind, faults, where)
    return found


def _fact(name: Any, item: Block, kind: ValueType, faults: Faults, where: str) -> FactSpec:
    first, last = (FIRST_DAY, LAST_DAY) if kind.kind is Kind.DATE else (None, None)
    minimum = _bound(item, "min", kind, first, faults, where)
    maximum = _bound(item, "max", kind, last, faults, where)
    if minimum is not None and maximum is not None and minimum > maximum:
        faults.at(
            item.get("max", item),
            told("`max` {maximum} is below `min` {minimum}", maximum=maximum, minimum=minimum),
            where,
        )
    return FactSpec(
        name=str(name),
        type=kind,
        label=text(item["label"]),
        minimum=minimum,
        maximum=maximum,
        unknown_allowed=flag(item, "unknown", "allowed", faults, where),
        given_by=_roles(item, faults, where),
        changeable=_changeable(item, kind, faults, where),
        max_age=_max_age(item, faults, where),
        sensitive=flag(item, "sensitive", "yes", faults, where),
        group=str(item["group"]) if "group" in item else None,
        help=text(item["help"]) if "help" in item else None,
        recall=Recall(str(item["recall"]["output"]), str(item["recall"]["by"])) if "recall" in item else None,
        line=name.line,
    )


def _roles(item: Block, faults: Faults, where: str) -> tuple[str, ...]:
    if "given_by" not in item:
        return ()
    if not item["given_by"]:
        faults.at(
            item["given_by"], "`given_by` names nobody; leave it out where anyone may give the fact", where
        )
    for role in item["given_by"]:
        with faults.noted(role, where):
            one_of(role, ROLES)
    return tuple(str(role) for role in item["given_by"])


def _bound(item: Block, key: str, kind: ValueType, otherwise: Value, faults: Faults, where: str) -> Value:
    if key not in item:
        return otherwise
    with faults.noted(item[key], where):
        if not kind.ordered:
            raise ValueError(
                told("`{key}` is for values with an order, and {kind} has none", key=key, kind=kind.kind)
            )
        return constant(item[key], kind)
    return None


def _max_age(item: Block, faults: Faults, where: str) -> int | None:
    if "max_age" not in item:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,4}", item["max_age"]):
        faults.at(
            item["max_age"],
            told("`max_age` is a whole number of days, not {max_age}", max_age=item["max_age"]),
            where,
        )
        return None
    if "unknown" not in item:
        message = (
            "with `max_age` a value that is too old counts as unknown, so the fact needs `unknown: allowed`"
        )
        faults.at(item["max_age"], message, where)
    return int(item["max_age"])


def _changeable(item: Block, kind: ValueType, faults: Faults, where: str) -> Changeable | None:
    if "changeable" not in item:
        return None
    block = item["changeable"]
    with faults.noted(block["direction"], where):
        direction = one_of(block["direction"], ("up", "down"))
        if kind.kind in (Kind.TEXT, Kind.CHOICES):
            raise ValueError(told("type {kind} cannot be `changeable`: it has no up or down", kind=kind.kind))
        if kind.numeric is not ("step" in block):
            raise ValueError(
                "a number that may change needs `step`"
                if kind.numeric
                else told("type {kind} has no `step`", kind=kind.kind)
            )
        step = constant(block["step"], kind) if kind.numeric else None
        if step is not None and step <= 0:
            raise ValueError("`step` is more than 0; `direction` says which way")
        return Changeable(direction, step)
    return None


def check_recall(
    block: Block,
    found: Mapping[str, FactSpec],
    outputs: Mapping[str, Output],
    broken: set[str],
    faults: Faults,
) -> None:
    """Note a fact that recalls what no decision yields, or something of another type."""
    for name, fact in found.items():
        if fact.recall is None:
            continue
        recall = block[name]["recall"]
        where = told("fact `{name}`, `recall`", name=name)
        with faults.noted(recall["by"], where):
            one_of(fact.recall.by, RECALLED_BY)
        if fact.recall.output in outputs:
            with faults.noted(recall["output"], where):
                _recallable(fact, outputs[fact.recall.output].type)
        elif fact.recall.output not in broken:
            hint = nearest(fact.recall.output, list(outputs))
            faults.at(
                recall["output"],
                told("`{output}` is no declared output{hint}", output=fact.recall.output, hint=hint),
                where,
            )


def _recallable(fact: FactSpec, found: ValueType) -> None:
    wanted = fact.type
    gathers = wanted.kind is Kind.CHOICES and found.kind is Kind.CHOICE
    if wanted.kind is not found.kind and not gathers:
        raise ValueError(
            told(
                "a fact of type {kind} cannot recall an output of type {found}",
                kind=wanted.kind,
                found=found.kind,
            )
        )
    strange = [choice for choice in found.choices if choice not in wanted.choices]
    if strange:
        raise ValueError(
            told(
                "the output may be {strange}, which the fact does not list among its values",
                strange=listed(strange),
            )
        )
    if found.decimals > wanted.decimals:
        raise ValueError(
            told(
                "the output has {decimals} decimals, and the fact has only {most}",
                decimals=found.decimals,
                most=wanted.decimals,
            )
        )
    if not fact.unknown_allowed and not gathers:
        raise ValueError(
            "before the first decision there is nothing to recall, so the fact needs `unknown: allowed`"
        )
