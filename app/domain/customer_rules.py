"""How the customer file is filled beside what is filed: from signals, from receivables, from decisions.

Nothing of a policy stands here: which of its outputs become which facts is data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.domain.declarations import FactSpec, OutcomeKind
from app.domain.ruleset import Ruleset
from app.domain.signals import SignalFact
from app.domain.values import Text

AS_OF = "as_of"


class Written(NamedTuple):
    """What a fact becomes: the output or fact ``takes`` of the decision, or its day for ``as_of``.

    With ``before`` it is instead what the file held of that fact until now. ``when_changes`` names a fact
    without whose change nothing is written.
    """

    fact: str
    takes: str | None
    before: str | None = None
    when_changes: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenBack:
    """What a decision of ``policy`` writes to the file, with an outcome or a kind of outcome named here.

    With ``reasons`` only what a person settles writes: for one of these reasons, or by setting an output that
    is taken here.
    """

    policy: str
    outcomes: frozenset[str]
    kinds: frozenset[OutcomeKind]
    facts: tuple[Written, ...]
    reasons: frozenset[str] = frozenset()

    def applies(self, ruleset: Ruleset, outcome: str, said: Said) -> bool:
        """Whether it is for that outcome of that ruleset, and for what a person ``said``."""
        if ruleset.policy != self.policy:
            return False
        if outcome not in self.outcomes and ruleset.outcome(outcome).kind not in self.kinds:
            return False
        set_here = any(one.takes in said.terms for one in self.facts)
        return not self.reasons or said.reason in self.reasons or set_here


class Said(NamedTuple):
    """What a person gave who settled it: the reason, and the outputs that were set, in JSON's terms."""

    reason: str | None = None
    terms: Mapping[str, Any] = {}


NOBODY = Said()
"""Of a decision that asks for nobody."""


class Shared(NamedTuple):
    """Facts that ``policy`` recalls by reference and that are true of the customer of all of them.

    What was decided on another reference counts, too, where it is of the last ``days`` days and newer.
    """

    policy: str
    facts: frozenset[str]
    days: int


@dataclass(frozen=True, slots=True)
class CustomerRules:
    """What the file ``customer-file.yaml`` says. ``receivables`` has the measure that each fact takes.

    ``facts`` may be filed, whether or not a ruleset takes them; sales are not told those ``not_for_sales``,
    besides what rulesets keep from them.
    """

    facts: Mapping[str, FactSpec] = field(default_factory=dict)
    kinds: Mapping[str, Text] = field(default_factory=dict)
    signals: Mapping[str, SignalFact] = field(default_factory=dict)
    receivables: Mapping[str, str] = field(default_factory=dict)
    decided: tuple[WrittenBack, ...] = ()
    shared: Mapping[str, Shared] = field(default_factory=dict)
    not_for_sales: frozenset[str] = frozenset()

    def of_policy(self, policy: str) -> tuple[WrittenBack, ...]:
        """What decisions of a policy write."""
        return tuple(one for one in self.decided if one.policy == policy)
