"""How several contributions to one output become one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any

from app.domain.declarations import Output
from app.domain.hit_policies import Conflict
from app.domain.messages import told
from app.domain.values import Value

_EXACT = Context(prec=80)


def combined(output: Output, so_far: Value, contribution: Value) -> Value:
    """The value of ``output`` after one more contribution, None before the first.

    Raises ``Conflict`` when the output has no ``combine`` and has a value already.
    """
    if so_far is None:
        return _joined(output, (), contribution) if output.combine in _LISTS else contribution
    if output.combine is None:
        raise Conflict(told("output {output} was set twice and declares no combine", output=output.name))
    if output.combine in _LISTS:
        return _joined(output, so_far, contribution)
    return _TWO[output.combine](so_far, contribution)


def check_totals(output: Output, value: Value) -> None:
    """Raise ``Conflict`` where the lines of ``output`` do not add up to the totals that it declares.

    An output that nothing contributed to has no lines, and no total either.
    """
    for name, total in output.total.items() if value else ():
        found = aggregated("sum", [line[name] for line in value if line[name] is not None])
        if found != total:
            raise Conflict(
                told(
                    "output {output}: {name} adds up to {found} and should to {total}",
                    output=output.name,
                    name=name,
                    found=found,
                    total=total,
                )
            )


def _joined(output: Output, so_far: Sequence[Any], contribution: Value) -> tuple[Any, ...]:
    added = contribution if isinstance(contribution, tuple) else (contribution,)
    if output.combine == "append":
        return (*so_far, *added)
    return tuple(choice for choice in output.type.choices if choice in so_far or choice in added)


_LISTS = frozenset({"union", "append"})
_TWO: Mapping[str, Callable[[Value, Value], Value]] = {
    "largest": max,
    "smallest": min,
    "sum": lambda a, b: a + b if isinstance(a, int) else _EXACT.add(a, b),
    "first": lambda a, b: a,
    "last": lambda a, b: b,
}
COMBINATIONS = frozenset(_TWO) | _LISTS


def aggregated(aggregate: str, contributions: Sequence[Value]) -> Value:
    """One value for all the rows of a COLLECT table that hold: ``sum``, ``min``, ``max`` or ``count``.

    Without any row the sum, least and greatest are unknown and the count is 0.
    """
    if aggregate == "count":
        return Decimal(len(contributions))
    if not contributions:
        return None
    if aggregate == "sum":
        total = contributions[0]
        for one in contributions[1:]:
            total = _TWO["sum"](total, one)
        return total
    return min(contributions) if aggregate == "min" else max(contributions)


AGGREGATES = frozenset({"sum", "min", "max", "count"})
