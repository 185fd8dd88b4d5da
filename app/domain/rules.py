"""Rules and the steps that hold them.

A table row, a rule of a list and a band of a scorecard are all a ``Rule``, so
that engines, explanation and audit log know one thing only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.expressions import Expression
from app.domain.unary_tests import UnaryTest
from app.domain.values import Text, Value, ValueType

AS_OF = "as_of"
OUTCOME = "outcome"
Readonly = Mapping[str, Any]


class HitPolicy(StrEnum):
    """Which of the rules that hold are effective, with DMN 1.5's meaning (8.2.10)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact and the test it must pass."""

    name: str
    test: UnaryTest


@dataclass(frozen=True, slots=True)
class Reference:
    """A name whose value at that step is contributed."""

    name: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a rule gives to an output: a constant, a name, or (records) a mapping of either."""

    output: str
    value: Value


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: all its conditions must hold. A table row and a scorecard band are rules too.

    ``points`` is for bands alone; ``skip`` marks the band that leaves its
    characteristic out. ``fires_on`` and ``not_on`` change the baseline.
    """

    id: str
    label: Text
    source: str
    when: tuple[Condition, ...]
    then: tuple[Contribution, ...] = ()
    outcome: str | None = None
    reason: str | None = None
    points: Decimal | None = None
    skip: bool = False
    fires_on: Readonly | None = field(default=None, hash=False)
    not_on: Readonly | None = field(default=None, hash=False)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Formula:
    """A calculated value; ``output`` names the output it contributes to, if any."""

    name: str
    type: ValueType
    text: str
    expression: Expression
    label: Text
    output: str | None = None
    source: str | None = None
    line: int = 0

    @property
    def id(self) -> str:
        """Steps are known by id; a formula's is its name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table: its rows are its rules."""

    id: str
    label: Text
    hit_policy: HitPolicy
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    aggregate: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleList:
    """Rules that each name only the facts they need."""

    id: str
    label: Text
    hit_policy: HitPolicy
    rules: tuple[Rule, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One line of a scorecard: a fact and the bands that partition it."""

    fact: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points by band. With ``scale`` the score is rescaled over the characteristics present."""

    name: str
    label: Text
    type: ValueType
    characteristics: tuple[Characteristic, ...]
    rules: tuple[Rule, ...]
    scale: Decimal | None = None
    line: int = 0

    @property
    def id(self) -> str:
        """Steps are known by id; a scorecard's is its name."""
        return self.name


MatchStep = Table | RuleList | Scorecard
Step = Formula | MatchStep
