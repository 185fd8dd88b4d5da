"""Sets what was decided against what came true: failures by class, and how well a score tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a score separates: ``area`` under the ROC curve, None unless both kinds of case are there.

    0.5 is chance and 1 perfect, where the higher score is the safer. ``unknown`` cases had no score.
    """

    area: Fraction | None
    cases: int
    failures: int
    unknown: int


def separation(cases: Iterable[tuple[Decimal | None, bool]]) -> Separation:
    """The share of pairs of a survivor and a failure in which the survivor scored more.

    Exact: the Mann-Whitney statistic over all pairs of one survivor and one failure, ties counting half.
    """
    known: list[tuple[Decimal, bool]] = []
    unknown = 0
    for score, failed in cases:
        if score is None:
            unknown += 1
        else:
            known.append((score, failed))
    known.sort()
    failures_below = survivors = twice = 0
    for _, tied in groupby(known, key=lambda one: one[0]):
        counted = Counter(failed for _, failed in tied)
        twice += counted[False] * (2 * failures_below + counted[True])
        failures_below += counted[True]
        survivors += counted[False]
    pairs = survivors * failures_below
    area = Fraction(twice, 2 * pairs) if pairs else None
    return Separation(area, len(known), failures_below, unknown)
