"""The customer file: what was filed about a customer, and what of it holds on a day.

Nothing that was filed is overwritten. Of each fact that row holds which is of the latest day up
to the one asked about, and of one day the row filed last: a correction is a later row. A value
is in its JSON form, because its type is the affair of the ruleset that reads it; None is
a value, too, and says that it is not known any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.identifiers import made_at
from app.domain.messages import told


class Source(StrEnum):
    """Where a fact comes from. The last two are the service's own, and nobody files in their name."""

    ERP = "erp"
    AGENCY = "agency"
    REGISTER = "register"
    COURT = "court"
    INSURER = "insurer"
    MANUAL = "manual"
    DECISION = "decision"
    RECEIVABLES = "receivables"


FROM_OUTSIDE = tuple(one for one in Source if one not in (Source.DECISION, Source.RECEIVABLES))
"""What an import may name as its source."""


@dataclass(frozen=True, slots=True)
class Filing:
    """Facts of one customer that have day, source and evidence in common.

    ``author`` is the id of the person who entered them by hand, ``currency`` that of their amounts, and
    ``origin`` the id of the log's entry that brought them: an import, a decision or a resolution.
    """

    customer: str
    as_of: date
    source: Source
    facts: Mapping[str, Any]
    origin: UUID
    evidence: str | None = None
    author: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A fact that holds, and where it comes from; see ``Filing``."""

    value: Any
    as_of: date
    source: Source
    origin: UUID
    evidence: str | None = None
    author: str | None = None
    currency: str | None = None

    @property
    def filed_at(self) -> datetime:
        """When it was filed, in UTC: the time in its origin's id."""
        return made_at(self.origin)

    def age(self, day: date) -> int:
        """How many days old it is on ``day``."""
        return (day - self.as_of).days

    def is_stale(self, day: date, max_age: int | None) -> bool:
        """Whether it is older than it may be, and so counts as unknown."""
        return max_age is not None and self.age(day) > max_age


def held_by(filing: Filing) -> dict[str, Held]:
    """Each fact of a filing."""
    one = filing
    return {
        name: Held(value, one.as_of, one.source, one.origin, one.evidence, one.author, one.currency)
        for name, value in one.facts.items()
    }


def values_of(held: Mapping[str, Held]) -> dict[str, Any]:
    """The bare values, in their JSON form, by fact."""
    return {name: one.value for name, one in held.items()}


def holding(filings: Iterable[Filing], day: date) -> dict[str, Held]:
    """What holds on ``day`` of filings that come in the order in which they were filed."""
    found: dict[str, Held] = {}
    for filing in filings:
        if filing.as_of > day:
            continue
        for name, one in held_by(filing).items():
            if name not in found or found[name].as_of <= one.as_of:
                found[name] = one
    return found


@dataclass(frozen=True, slots=True)
class Import:
    """What came from outside in one go: ``sha256`` (32 bytes) of it as it came, and what became of its rows.

    ``id`` is that of its entry in the log. ``finished_at`` is None while it is under way, and of one that
    was stopped: given again, it goes on, because what is there already changes nothing.
    """

    id: UUID
    kind: str
    sha256: bytes
    mapping: str | None
    by: str
    at: datetime
    finished_at: datetime | None = None
    read: int = 0
    written: int = 0
    unchanged: int = 0
    refused: int = 0


COUNTS = ("read", "written", "unchanged", "refused")
"""What is counted of an import, in the order of its fields."""


class RefusedRow(NamedTuple):
    """A row that was refused: where it stood, whose it is where that could be read, and what was wrong."""

    place: int
    customer: str | None
    problems: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ImportFinished:
    """An import that came to its end, with the first of the rows that it refused."""

    done: Import
    refused: tuple[RefusedRow, ...] = ()

    @property
    def conflict(self) -> str:
        """What is said when it is finished already."""
        return told("The import {id} is not under way any more.", id=self.done.id)


@dataclass(frozen=True, slots=True)
class ImportBegun:
    """An import as a recording makes it durable."""

    begun: Import

    @property
    def conflict(self) -> str:
        """What is said when its row is there already."""
        return told("The import {id} is there already.", id=self.begun.id)


@dataclass(frozen=True, slots=True)
class CustomerForgotten:
    """Everything that was filed about a customer goes, in the transaction of the erasure's entry."""

    customer: str

    @property
    def conflict(self) -> str:
        """What is said when it cannot be done."""
        return "The customer's file could not be erased. Nothing was erased; try again."
