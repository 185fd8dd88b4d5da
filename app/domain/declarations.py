"""What a ruleset declares before its steps use it: outcomes, facts, parameters and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.domain.values import Text, Value, ValueType


class OutcomeKind(StrEnum):
    """What an outcome means to the customer, whatever a policy calls it."""

    FAVOURABLE = "favourable"
    CONDITIONAL = "conditional"
    INCOMPLETE = "incomplete"
    REFERRAL = "referral"
    ADVERSE = "adverse"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One possible answer; ``confirm`` marks one that takes effect only when a person confirms it."""

    id: str
    kind: OutcomeKind
    label: Text
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Recall:
    """Fill a fact from earlier decisions of this policy on the same ``by`` (reference or customer)."""

    output: str
    by: str


@dataclass(frozen=True, slots=True)
class Changeable:
    """What alternatives may touch: which way (up or down) and in what steps."""

    direction: str
    step: Value


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A declared fact: its type, bounds (inclusive), and who may give it (empty: anyone)."""

    name: str
    type: ValueType
    label: Text
    minimum: Value = None
    maximum: Value = None
    unknown_allowed: bool = False
    given_by: tuple[str, ...] = ()
    changeable: Changeable | None = None
    max_age: int | None = None
    sensitive: bool = False
    group: str | None = None
    help: Text | None = None
    recall: Recall | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number (or date, or list of dates) that an officer tunes, with its source."""

    name: str
    type: ValueType
    value: Value
    source: str
    label: Text
    line: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """What a decision yields besides its outcome; ``combine`` joins several contributions.

    One that is ``sensitive`` is never shown to sales: scores, grades, parts of a limit, what an insurer said.
    """

    name: str
    type: ValueType
    label: Text
    combine: str | None = None
    total: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    line: int = 0
    sensitive: bool = False
