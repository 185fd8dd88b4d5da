"""Settled claims: what a ruleset says of all facts, each proven, refuted or not settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.analysis.findings import Facts, Finding
from app.domain.messages import joined, told


class Status(StrEnum):
    """How a claim stands. Refuted is shown by facts, or proved; not settled is neither."""

    PROVEN = "proven"
    REFUTED = "refuted"
    NOT_SETTLED = "not_settled"


@dataclass(frozen=True, slots=True)
class Settled:
    """One claim. ``id`` names it for as long as the text names its parts so.

    ``facts`` refute it, run through the engines. Where it is not settled, ``too_hard`` names the steps that
    no proof got through and ``tried`` says on how many facts nothing was found.
    """

    id: str
    check: str
    claim: str
    line: int
    status: Status
    facts: tuple[Facts, ...] = ()
    too_hard: tuple[str, ...] = ()
    tried: int = 0


Result = tuple[Settled, Sequence[Finding]]
"""A claim, and what is to be told of it as findings."""


def open_said(one: Settled) -> str:
    """What stands in the way of a claim that is not settled."""
    steps = joined(", ", (f"`{name}`" for name in one.too_hard))
    hard = (
        told("too hard for a proof: {steps}", steps=steps)
        if steps
        else "no proof was found in the steps allowed"
    )
    return told(
        "{claim}: not settled; {hard}; {tried:,} made-up requests showed nothing against it",
        claim=one.claim,
        hard=hard,
        tried=one.tried,
    )
