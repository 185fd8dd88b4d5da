"""The extent of an output after one more step: what it was, and what the step may add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from app.analysis.possible.extents import KNOWN, UNKNOWN, Bound, Extent, any_of, either

_LISTS = ("union", "append")


def contributed(before: Extent, given: Sequence[Extent], combine: str | None, *, certain: bool) -> Extent:
    """The output after rules or a formula that may give ``given``; ``certain`` if one of them always does.

    A contribution that is unknown is none at all.
    """
    added = [replace(one, unknown=False) for one in given if one.known]
    if not added:
        return before
    if combine in _LISTS:
        after = KNOWN
    elif combine == "sum":
        after = summed([*([before] if before.known else []), *added])
    else:
        after = either(replace(before, unknown=False), any_of(added))
    return replace(after, unknown=before.unknown and not certain)


def summed(parts: Sequence[Extent]) -> Extent:
    """The sum of any of the parts, at least of one."""
    return Extent(
        _least_sum([one.low for one in parts]), _negative(_least_sum([_negative(one.high) for one in parts]))
    )


def _least_sum(lows: Sequence[Bound]) -> Bound:
    known = [low for low in lows if low is not None]
    if len(known) < len(lows):
        return None
    return min(known) if min(known) >= 0 else sum((low for low in known if low < 0), Fraction(0))


def _negative(bound: Bound) -> Bound:
    return None if bound is None else -bound


def aggregated(aggregate: str, given: Sequence[Extent], *, certain: bool) -> Extent:
    """What a COLLECT table with an aggregate contributes."""
    if aggregate == "count":
        return Extent(Fraction(0), Fraction(len(given)))
    added = [one for one in given if one.known]
    if not added:
        return UNKNOWN
    found = summed(added) if aggregate == "sum" else any_of(added)
    return replace(found, unknown=not certain)
