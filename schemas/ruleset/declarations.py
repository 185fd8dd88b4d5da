"""Outcomes, parameters and outputs: what a ruleset declares, besides its facts, before its steps use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.domain.combining import COMBINATIONS
from app.domain.declarations import Outcome, OutcomeKind, Output, Parameter
from app.domain.messages import told
from app.domain.values import Kind, Value, ValueType
from schemas.constants import constant, constants, listed, nearest, one_of
from schemas.ruleset.faults import Faults
from schemas.ruleset.value_types import OUTPUT_ONLY, PARAMETER_ONLY, flag, value_type
from schemas.ruleset.words import IDENTIFIER, RESERVED, Register, text
from schemas.text import Block, Items, Scalar


def outcomes(items: Items, otherwise: Any, faults: Faults) -> tuple[Outcome, ...]:
    """The outcomes, mildest to strictest; exactly one is of kind referral."""
    found: list[Outcome] = []
    lines: dict[str, int] = {}
    for item in items:
        where = told("outcome `{id}`", id=item["id"])
        identifier = str(item["id"])
        if identifier in RESERVED:
            faults.at(item["id"], "this is a word of the language; choose another id", where)
        elif not IDENTIFIER.fullmatch(identifier):
            faults.at(
                item["id"], "an id is lower-case words joined by -, such as approve-with-conditions", where
            )
        if identifier in lines:
            faults.at(
                item["id"],
                told("the id stands twice, first on line {line}; ids are unique", line=lines[identifier]),
                where,
            )
        lines.setdefault(identifier, item["id"].line)
        kind, confirm = OutcomeKind.REFERRAL, item.get("confirm", "no")
        with faults.noted(item["kind"], where):
            kind = OutcomeKind(one_of(item["kind"], [*OutcomeKind]))
        if confirm not in ("yes", "no"):
            faults.at(confirm, told("`confirm` is yes or no, not {confirm}", confirm=confirm), where)
        found.append(Outcome(identifier, kind, text(item["label"]), confirm == "yes"))
    _check_referral(items, faults)
    if otherwise not in lines:
        ids = list(lines)
        faults.at(
            otherwise,
            told(
                "`otherwise` is {otherwise}, and the outcomes are {ids}{near}",
                otherwise=otherwise,
                ids=listed(ids),
                near=nearest(otherwise, ids),
            ),
        )
    return tuple(found)


def _check_referral(items: Items, faults: Faults) -> None:
    kinds = [item["kind"] for item in items]
    referrals = [str(item["id"]) for item in items if item["kind"] == OutcomeKind.REFERRAL]
    if len(referrals) != 1 and set(kinds) <= {*OutcomeKind}:
        said = listed(referrals) if referrals else "none"
        faults.at(
            items,
            told(
                "exactly one outcome is of kind referral, the one that asks a person; here it is {said}",
                said=said,
            ),
        )


def parameters(block: Block, register: Register, faults: Faults) -> dict[str, Parameter]:
    """The parameters by name, those with a fault left out."""
    found = {}
    for name, item in block.items():
        where = told("parameter `{name}`", name=name)
        register.name(name)
        kind = value_type(item, faults, where, never=(OUTPUT_ONLY, Kind.CHOICES))
        if kind is None:
            continue
        with faults.noted(item["value"], where):
            value = _parameter_value(item["value"], kind)
            label, source = text(item["label"]), str(item["source"])
            found[str(name)] = Parameter(str(name), kind, value, source, label, name.line)
    return found


def _parameter_value(written: Any, kind: ValueType) -> Value:
    if kind.kind is Kind.DATES:
        if not isinstance(written, Items) or not all(isinstance(one, Scalar) for one in written):
            raise ValueError("type list of date takes a list, such as [2026-01-01, 2026-05-01]")
        twice = [str(one) for one, times in Counter(written).items() if times > 1]
        if twice:
            raise ValueError(told("{twice} stands twice in the list", twice=listed(twice)))
        return constants(written, kind)
    if not isinstance(written, Scalar):
        raise ValueError(told("type {kind} takes one value", kind=kind.kind))
    return constant(written, kind)


def outputs(block: Block, register: Register, faults: Faults) -> dict[str, Output]:
    """The outputs by name, those with a fault left out."""
    found = {}
    for name, item in block.items():
        where = told("output `{name}`", name=name)
        register.name(name)
        kind = value_type(item, faults, where, never=(PARAMETER_ONLY,))
        if kind is None:
            continue
        combine, total = None, {}
        with faults.noted(item.get("combine", name), where):
            combine = _combine(item, kind)
        with faults.noted(item.get("total", name), where):
            total = _total(item.get("total", Block()), kind)
        sensitive = flag(item, "sensitive", "yes", faults, where)
        found[str(name)] = Output(
            str(name), kind, text(item["label"]), combine, total, name.line, sensitive=sensitive
        )
    return found


def _combine(item: Block, kind: ValueType) -> str | None:
    if kind.kind is Kind.RECORDS and "combine" not in item:
        raise ValueError("a list of record needs `combine: append`")
    if "combine" not in item:
        return None
    combine = one_of(item["combine"], sorted(COMBINATIONS))
    fits: Mapping[str, bool] = {
        "sum": kind.numeric,
        "largest": kind.ordered,
        "smallest": kind.ordered,
        "union": kind.kind is Kind.CHOICES,
        "append": kind.kind is Kind.RECORDS,
        "first": kind.kind is not Kind.RECORDS,
        "last": kind.kind is not Kind.RECORDS,
    }
    if not fits[combine]:
        right = listed([one for one in sorted(fits) if fits[one]])
        raise ValueError(
            told(
                "`combine: {combine}` does not fit type {kind}; it may be {right}",
                combine=combine,
                kind=kind.kind,
                right=right,
            )
        )
    return combine


def _total(written: Block, kind: ValueType) -> dict[str, Any]:
    """What a field must sum to over all records, such as ``{share: 100%}``."""
    if written and kind.kind is not Kind.RECORDS:
        raise ValueError("`total` stands with list of record, and only there")
    total = {}
    for name, value in written.items():
        if name not in kind.fields:
            raise ValueError(
                told(
                    "`{name}` is no field of this record{near}",
                    name=name,
                    near=nearest(name, list(kind.fields)),
                )
            )
        if not kind.fields[name].numeric:
            raise ValueError(
                told(
                    "`{name}` is of type {kind}, and only numbers have a total",
                    name=name,
                    kind=kind.fields[name].kind,
                )
            )
        total[str(name)] = constant(value, kind.fields[name])
    return total
