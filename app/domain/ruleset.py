"""A ruleset: all that is needed to answer one policy at one version.

It is immutable and known by the digest of its text. Parameters are already
resolved in tests; formulas read them by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from app.domain.declarations import FactSpec, Outcome, OutcomeKind, Output, Parameter
from app.domain.referrals import Referrals
from app.domain.rules import AS_OF, OUTCOME, Condition, Formula, MatchStep, Readonly, Rule, Scorecard, Step
from app.domain.values import Kind, Text, ValueType


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
    """One policy at one version. ``outcomes`` stand mildest to strictest.

    ``sensitive_reasons`` are the codes that sales are not shown.
    """

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
    referrals: Referrals | None = None
    cases: tuple[Case, ...] = ()
    checks: Readonly = field(default_factory=dict)
    sensitive_reasons: frozenset[str] = frozenset()

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

    @cached_property
    def asks_a_person(self) -> frozenset[str]:
        """The outcomes that a person must settle: the referral, and those that wait for confirmation."""
        return frozenset(one.id for one in self.outcomes if one.confirm or one is self.referral)

    def outcome(self, outcome_id: str) -> Outcome:
        """The outcome of that id; raises ``KeyError`` when there is none."""
        return self.outcomes[self.severities[outcome_id]]
