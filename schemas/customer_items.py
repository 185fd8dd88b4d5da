"""What is to be filed about customers, read from whatever it came in, and what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from app.domain.calendar import FIRST_DAY
from app.domain.customer_file import FROM_OUTSIDE, Source
from app.domain.errors import Problem
from app.domain.messages import told
from app.domain.rules import AS_OF
from schemas.customer_facts import FileFacts
from schemas.mapping.rows import CURRENCY, CUSTOMER, Target

SOURCE, EVIDENCE = "source", "evidence"
ENVELOPE = (CUSTOMER, AS_OF, SOURCE, EVIDENCE, CURRENCY)
SOURCES = {one.value: one for one in FROM_OUTSIDE}


class Given(NamedTuple):
    """What rows need not say themselves; None is not given."""

    as_of: date | None = None
    source: Source | None = None
    evidence: str | None = None


class Part(NamedTuple):
    """Facts of one day, source and evidence, in the JSON form in which they are kept."""

    as_of: date
    source: Source
    evidence: str | None
    currency: str | None
    facts: dict[str, Any]


class Filed(NamedTuple):
    """What one row, or one item of a request, files about a customer."""

    place: int
    customer: str
    parts: Sequence[Part]


class Refusal(NamedTuple):
    """A row that cannot be filed: where it stands, whose it is if that can be read, and why."""

    place: int
    customer: str | None
    problems: Sequence[Problem]


def problems_said(one: Refusal) -> list[dict[str, str]]:
    """What is wrong with a row, as it is kept and told."""
    return [{"detail": problem.message, "pointer": problem.pointer} for problem in one.problems]


class Skipped(NamedTuple):
    """A row that the mapping leaves out."""

    place: int
    unknown: bool


Read: TypeAlias = Filed | Refusal | Skipped
Row: TypeAlias = tuple[int, Sequence[str]]
"""Its number, as a spreadsheet shows it, and its cells."""


def target(facts: FileFacts) -> Target:
    """What the rows of a file about customers become."""
    constants = (CUSTOMER, SOURCE, EVIDENCE, CURRENCY)
    return Target("the customer file", facts.specs, ENVELOPE, constants, (CUSTOMER,))


def check_day(as_of: date, today: date) -> None:
    """Raise ``ValueError`` for a day still to come, when nobody knows what holds, or before any record."""
    if as_of < FIRST_DAY:
        raise ValueError(
            told(
                "`as_of` is {as_of}, and no day before {first_day} is taken",
                as_of=as_of.isoformat(),
                first_day=FIRST_DAY,
            )
        )
    if as_of > today:
        raise ValueError(
            told(
                "`as_of` is {as_of}, which is still to come; today is {today}",
                as_of=as_of.isoformat(),
                today=today.isoformat(),
            )
        )
