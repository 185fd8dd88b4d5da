"""How the customer file is filled beside what is filed: from signals, from receivables, from decisions.

Nothing of a policy stands here: which of its outputs become which facts is data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.domain.declarations import OutcomeKind
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
    """What a decision of ``policy`` writes to the file, with an outcome or a kind of outcome named here."""

    policy: str
    outcomes: frozenset[str]
    kinds: frozenset[OutcomeKind]
    facts: tuple[Written, ...]

    def applies(self, ruleset: Ruleset, outcome: str) -> bool:
        """Whether it is for that outcome of that ruleset."""
        if ruleset.policy != self.policy:
            return False
        return outcome in self.outcomes or ruleset.outcome(outcome).kind in self.kinds


@dataclass(frozen=True, slots=True)
class CustomerRules:
    """What the file ``customer-file.yaml`` says. ``receivables`` has the measure that each fact takes."""

    kinds: Mapping[str, Text] = field(default_factory=dict)
    signals: Mapping[str, SignalFact] = field(default_factory=dict)
    receivables: Mapping[str, str] = field(default_factory=dict)
    decided: tuple[WrittenBack, ...] = ()

    def of_policy(self, policy: str) -> tuple[WrittenBack, ...]:
        """What decisions of a policy write."""
        return tuple(one for one in self.decided if one.policy == policy)
