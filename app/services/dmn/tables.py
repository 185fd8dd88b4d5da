"""The result of a decision table: which rows hold both engines say, which count the hit policy says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.hit_policies import Conflict, effective
from app.domain.matching import NoAnswer, rule_numbers
from app.domain.rules import HitPolicy
from app.engine.agreement import Engine
from app.services.dmn.expressions import value
from app.services.dmn.laying import Laid, Numbered
from schemas.interchange.dmn.expressions import expression
from schemas.interchange.dmn.model import DecisionTable
from schemas.interchange.dmn.trees import Call, Constant
from schemas.unreadable import Unreadable

_SHORT = {"U": "UNIQUE", "A": "ANY", "F": "FIRST", "P": "PRIORITY", "C": "COLLECT", "R": "RULE ORDER",
          "O": "OUTPUT ORDER"}  # fmt: skip
_OPERATORS = ("SUM", "MIN", "MAX", "COUNT")


def result(table: DecisionTable, names: Mapping[str, Any]) -> Any:
    """The value of a table where ``names`` have these values; null where DMN says so.

    An input that has a value which its input values do not allow makes the result null.
    Raises ``Unreadable`` for what is not read, and where the engines do not agree.
    """
    policy = _policy(table)
    results = [_row_result(one.results, table, names) for one in table.rules]
    outputs = Numbered(table, results, names)
    laid = Laid(table, policy, outputs, results, names)
    with Engine(laid.ruleset) as engine:
        try:
            mask = engine.matcher.holding(0, {one.name: one.given for one in laid.columns})
        except NoAnswer as doubt:
            raise Unreadable(f"the engines give no answer: {doubt}") from doubt
    holding = list(rule_numbers(mask))
    if not laid.allowed <= {laid.origin[at] for at in holding}:
        return None
    (step,) = laid.ruleset.match_steps
    held = [at for at in holding if laid.origin[at] >= 0]
    ranks = [outputs.rank(results[at]) if at >= 0 else () for at in laid.origin]
    try:
        effects = effective(policy, held, step.rules, ranks, lambda at: step.rules[at].then)
    except Conflict:
        return None
    return _put_together(table, policy, [results[laid.origin[at]] for at in effects], names)


def _policy(table: DecisionTable) -> HitPolicy:
    """The hit policy of a table that is as DMN wants it; raises ``Unreadable`` for one that is not."""
    written = _SHORT.get(table.hit_policy, table.hit_policy)
    if written not in list(HitPolicy):
        raise Unreadable(f"`{table.hit_policy}` is no hit policy of DMN")
    policy = HitPolicy(written)
    names = {one.name for one in table.outputs}
    if len(names) < len(table.outputs):
        raise Unreadable("each of several outputs needs a name of its own")
    if policy is HitPolicy.COLLECT and table.aggregation:
        if table.aggregation not in _OPERATORS:
            raise Unreadable(f"`{table.aggregation}` is no operator of DMN; they are {', '.join(_OPERATORS)}")
        if len(table.outputs) > 1:
            raise Unreadable(f"the operator {table.aggregation} is not defined over several outputs")
    ordered = policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
    if ordered and not any(one.values for one in table.outputs):
        raise Unreadable(f"{policy} is the order of the output values, and no output of the table lists any")
    wide = (len(table.inputs), len(table.outputs))
    for number, rule in enumerate(table.rules, 1):
        if (len(rule.tests), len(rule.results)) != wide or not table.outputs:
            raise Unreadable(
                f"rule {number} has {len(rule.tests)} input and {len(rule.results)} output entries,"
                f" and the table has {wide[0]} inputs and {wide[1]} outputs"
            )
    return policy


def _put_together(
    table: DecisionTable, policy: HitPolicy, results: Sequence[Any], names: Mapping[str, Any]
) -> Any:
    if not results and any(one.default for one in table.outputs):
        return _row_result([one.default for one in table.outputs], table, names)
    if policy is HitPolicy.COLLECT:
        return _aggregated(table.aggregation, results) if table.aggregation else list(results)
    if policy in (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER):
        return list(results) or None
    return results[0] if results else None


def _aggregated(aggregation: str, results: Sequence[Any]) -> Any:
    if not results and aggregation != "COUNT":
        return None
    return value(Call(aggregation.lower(), (Constant(list(results)),)), {})


def _row_result(written: Sequence[str], table: DecisionTable, names: Mapping[str, Any]) -> Any:
    values = [value(expression(one or "null", names), names) for one in written]
    if len(table.outputs) == 1:
        return values[0]
    return dict(zip((one.name for one in table.outputs), values, strict=True))
