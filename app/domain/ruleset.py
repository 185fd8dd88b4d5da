"""A ruleset: everything needed to answer one policy at one version; immutable, known by the digest of its text.

Parameters are already resolved in tests and formulas read them by name. A table
row, a rule of a list and a band of a scorecard are all a ``Rule``, so that
engines, explanation and audit log know one thing only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from app.domain.expressions import Expression
from app.domain.unary_tests import UnaryTest
from app.domain.values import Kind, Text, Value, ValueType

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
    """What a decision yields besides its outcome; ``combine`` joins several contributions."""

    name: str
    type: ValueType
    label: Text
    combine: str | None = None
    total: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    line: int = 0


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


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or notice that the decision calls for when all of ``when`` holds."""

    id: str
    when: tuple[Condition, ...]
    to: str
    subject: Text
    body: Text
    line: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A sample with its expected answer; ``given`` says only what differs from the baseline."""

    name: str
    given: Readonly
    as_of: date
    outcome: str | None = None
    reasons: tuple[str, ...] | None = None
    fired: tuple[str, ...] = ()
    not_fired: tuple[str, ...] = ()
    values: Readonly = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class Ruleset:
    """One policy at one version. ``outcomes`` stand mildest to strictest."""

    language: int
    policy: str
    version: str
    title: Text
    currency: str
    outcomes: tuple[Outcome, ...]
    otherwise: str
    facts: Mapping[str, FactSpec]
    parameters: Mapping[str, Parameter]
    outputs: Mapping[str, Output]
    steps: tuple[Step, ...]
    reasons: Mapping[str, Text]
    baseline: Readonly
    baseline_as_of: date
    digest: str
    description: Text | None = None
    principal_reasons: int = 4
    letters: tuple[Letter, ...] = ()
    cases: tuple[Case, ...] = ()
    checks: Readonly = field(default_factory=dict)

    @cached_property
    def match_steps(self) -> tuple[MatchStep, ...]:
        """The steps that engines match, in order; a step's number is its index here."""
        return tuple(step for step in self.steps if not isinstance(step, Formula))

    @cached_property
    def derived(self) -> tuple[str, ...]:
        """The names that formulas and scorecards calculate, in the order of the text."""
        return tuple(step.id for step in self.steps if isinstance(step, Formula | Scorecard))

    @cached_property
    def rule_count(self) -> int:
        """How many rules, rows and bands there are."""
        return sum(len(step.rules) for step in self.match_steps)

    @cached_property
    def rules_by_id(self) -> Mapping[str, Rule]:
        """Every rule, row and band by ``step/rule``, the name by which log and searches know it."""
        return {f"{step.id}/{rule.id}": rule for step in self.match_steps for rule in step.rules}

    @cached_property
    def severities(self) -> Mapping[str | None, int]:
        """0 for the mildest outcome, one more for each stricter one; -1 for no outcome."""
        return {None: -1, **{one.id: i for i, one in enumerate(self.outcomes)}}

    @cached_property
    def types(self) -> Mapping[str, ValueType]:
        """The type of every name that a test, formula or text may read."""
        outcome = ValueType(
            Kind.CHOICE,
            0,
            tuple(one.id for one in self.outcomes),
            {one.id: one.label for one in self.outcomes},
        )
        types = {AS_OF: ValueType(Kind.DATE), OUTCOME: outcome}
        for declared in (self.facts, self.parameters, self.outputs):
            types.update({name: one.type for name, one in declared.items()})
        types.update({step.id: step.type for step in self.steps if isinstance(step, Formula | Scorecard)})
        return types

    @cached_property
    def referral(self) -> Outcome:
        """The one outcome that asks a person to decide."""
        return next(outcome for outcome in self.outcomes if outcome.kind is OutcomeKind.REFERRAL)

    def outcome(self, outcome_id: str) -> Outcome:
        """The outcome of that id; raises ``KeyError`` when there is none."""
        return self.outcomes[self.severities[outcome_id]]
