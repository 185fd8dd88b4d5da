"""How long things are kept, and how they go: subjects, erasures, holds, and keep times.

A subject is whose data key something is sealed under: a customer; a person in one month; or
nobody in one month. What happens to a subject (a hold, its release, an erasure) is a chain
of events, each after the one it follows, so that of two at once exactly one wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.domain.calendar import add_months
from app.domain.messages import told
from app.domain.people import Person

EVERY_POLICY = "*"
"""Stands for every policy without a keep time of its own, and for entries that are no decisions."""
MOST_MONTHS = 1200


def of_customer(customer: str) -> str:
    """The subject of what is about a customer."""
    return f"customer:{customer}"


def of_person(person: str, month: str) -> str:
    """The subject of what names a person (id), recorded in a month (``YYYY-MM``): it can go by age, too."""
    return f"person:{person}:{month}"


def of_nobody(month: str) -> str:
    """The subject of what was recorded in a month (``YYYY-MM``) and is about nobody in particular."""
    return f"unattributed:{month}"


def of_person_ever(person: str) -> str:
    """The subject of what is done about all that names a person: it has no key of its own."""
    return f"person:{person}"


def month_of(at: datetime) -> str:
    """The month of an instant, as subjects name it."""
    return f"{at:%Y-%m}"


def months_between(first: datetime, last: datetime) -> Iterator[str]:
    """Every month from that of one instant to that of another."""
    for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{count // 12:04}-{count % 12 + 1:02}"


class State(StrEnum):
    """What was done about a subject last."""

    HELD = "held"
    RELEASED = "released"
    ERASED = "erased"


class Reason(StrEnum):
    """Why a subject was erased."""

    SUBJECT_REQUEST = "subject-request"
    NO_LONGER_NEEDED = "no-longer-needed"
    UNLAWFUL = "unlawful"
    ORDERED = "ordered"
    RETENTION = "retention"


GIVEN_BY_PEOPLE = tuple(one for one in Reason if one is not Reason.RETENTION)
"""Reasons that a person gives; the other one is the retention table's."""


@dataclass(frozen=True, slots=True)
class SubjectEvent:
    """Something done about a subject, by its keyed hash (16 bytes). ``follows`` is the event before it."""

    id: UUID
    subject: bytes
    state: State
    at: datetime
    by: str
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class SubjectChange:
    """An event as a recording makes it durable; an erasure names the data keys that are to be destroyed."""

    event: SubjectEvent
    keys: tuple[UUID, ...] = ()

    @property
    def conflict(self) -> str:
        """What is said when somebody else was first."""
        return (
            "A hold, its release or an erasure came first. Nothing was done now: look how it stands, and"
            " repeat it if you still want to."
        )


@dataclass(frozen=True, slots=True)
class PersonErased:
    """A person who left, as they will be: without a name, and with a login that nobody can use."""

    person: Person
    password: str

    @property
    def conflict(self) -> str:
        """What is said when the person was changed in the meantime."""
        return "Somebody else has changed this person in the meantime. Nothing was erased."


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long decisions of a policy are kept, in months, and why; None: as if nobody had said anything.

    ``policy`` may be ``EVERY_POLICY``. ``follows`` is the rule of that policy before it.
    """

    id: UUID
    policy: str
    months: int | None
    source: str
    at: datetime
    by: str
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class RetentionChange:
    """A rule as a recording makes it durable."""

    rule: RetentionRule

    @property
    def conflict(self) -> str:
        """What is said when somebody else was first."""
        return told(
            "Somebody else has just set how long {policy} is kept. Read it again.", policy=self.rule.policy
        )


@dataclass(frozen=True, slots=True)
class Use:
    """The last of what one data key seals of one policy, and of how many; ``policy`` None: no decisions."""

    policy: str | None
    last: date
    entries: int


def keep_times(rules: Sequence[RetentionRule]) -> Mapping[str, int]:
    """Months by policy, of the rules that stand."""
    return {one.policy: one.months for one in rules if one.months is not None}


def has_run_out(uses: Sequence[Use], keep: Mapping[str, int], as_of: date, *, attributed: bool) -> bool:
    """Whether all that is sealed for a subject has been kept long enough by ``as_of``.

    A decision is kept by its policy's time, or ``EVERY_POLICY``'s; without either, for good. What is no
    decision is kept by ``EVERY_POLICY``'s time. Where there is none, what is about a customer
    (``attributed``) goes with the longest time that anybody set, and everything else stays.
    """
    others = keep.get(EVERY_POLICY, max(keep.values(), default=None) if attributed else None)
    for use in uses:
        months = others if use.policy is None else keep.get(use.policy, keep.get(EVERY_POLICY))
        until = None if months is None else add_months(use.last, months)
        if until is None or until > as_of:
            return False
    return bool(uses)
