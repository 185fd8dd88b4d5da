"""What a decision is: an outcome with its outputs, reasons, and every rule that held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from app.domain.rules import AS_OF, OUTCOME, Rule
from app.domain.ruleset import Ruleset
from app.domain.values import Value, Values

_new = tuple.__new__  # what a named tuple's own constructor calls, after a detour
RULES_CONFLICT = "RULES_CONFLICT"
NOTHING: Values = {}


Held = tuple[str, Rule, Values, Values, bool, Decimal | None]
"""A rule that held, while its step is walked: step, rule, read, effect, whether effective, points lost."""


class FiredRule(NamedTuple):
    """A rule that held, in the finished decision; ``decisive`` when it set the final outcome."""

    step: str
    rule: Rule
    read: Values
    effect: Values
    effective: bool
    decisive: bool
    points_lost: Decimal | None

    @property
    def id(self) -> str:
        """``step/rule``, the name by which the log and searches know it."""
        return f"{self.step}/{self.rule.id}"


class Reason(NamedTuple):
    """A reason code and the rule that gave it; the service's own reasons have no rule."""

    code: str
    rule: str | None


class Note(NamedTuple):
    """A formula that met unknown operands: ``unknown`` tells whether its own value became unknown.

    ``because`` names the operands; it is empty for a division by zero.
    """

    name: str
    because: tuple[str, ...]
    unknown: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there was no automatic answer: a reason code of the service's own, and what was seen."""

    code: str
    detail: str


class Evaluation(NamedTuple):
    """What a ruleset says about some facts: a pure function of both, so that it can be replayed.

    ``outputs`` and ``derived`` hold None where nothing was contributed or the
    value is unknown; after a failure there are no outputs at all.
    """

    ruleset: Ruleset
    facts: Values
    as_of: date
    outcome: str
    outputs: Values
    derived: Values
    reasons: tuple[Reason, ...]
    fired: tuple[FiredRule, ...]
    notes: tuple[Note, ...] = ()
    not_held: int = 0
    failure: Failure | None = None

    def value(self, name: str) -> Value:
        """The value of any name of the ruleset, as texts, letters and explanations may name it."""
        if name == OUTCOME:
            return self.outcome
        if name == AS_OF:
            return self.as_of
        for values in (self.outputs, self.derived, self.facts):
            if name in values:
                return values[name]
        parameter = self.ruleset.parameters.get(name)
        return None if parameter is None else parameter.value


@dataclass(frozen=True, slots=True)
class Decision:
    """An evaluation that counts: recorded once, never changed.

    ``requested_by`` is for whom was asked, ``asked_by`` the owner of the key that asked on their behalf.
    ``replaces`` is the decision whose place it takes.
    """

    id: UUID
    evaluation: Evaluation
    decided_at: datetime
    requested_by: str
    role: str
    customer: str | None = None
    reference: str | None = None
    asked_by: str | None = None
    replaces: UUID | None = None


def conclude(
    ruleset: Ruleset,
    facts: Values,
    as_of: date,
    values: Values,
    held: Sequence[Held],
    notes: Sequence[Note],
    failure: Failure | None = None,
) -> Evaluation:
    """Turn the rules that held into one answer.

    The strictest outcome of the effective rules wins, whatever their order; if
    none set one, the answer is the ruleset's ``otherwise``. Overruled rules
    stay in the decision: an auditor reads what was true, not only what
    prevailed. After a failure the answer is the referral, without outputs, and
    no rule counts as effective.
    """
    if failure is None:
        outcome: str = values[OUTCOME]
        outputs: Values = {name: values[name] for name in ruleset.outputs}
        reasons = _ordered_reasons(ruleset, held)
    else:
        outcome, outputs = ruleset.referral.id, NOTHING
        held = [(step, rule, read, NOTHING, False, None) for step, rule, read, _, _, _ in held]
        reasons = (Reason(failure.code, None),)
    fired = [
        _new(FiredRule, (step, rule, read, effect, counts, counts and rule.outcome == outcome, lost))
        for step, rule, read, effect, counts, lost in held
    ]
    return Evaluation(
        ruleset=ruleset,
        facts=facts,
        as_of=as_of,
        outcome=outcome,
        outputs=outputs,
        derived={name: values[name] for name in ruleset.derived if name in values},
        reasons=reasons,
        fired=tuple(fired),
        notes=tuple(notes),
        not_held=ruleset.rule_count - len(held),
        failure=failure,
    )


def _ordered_reasons(ruleset: Ruleset, held: Sequence[Held]) -> tuple[Reason, ...]:
    """Each code once: by severity of its rule's outcome, then points lost, then the order of the text."""
    giving = [(step, rule, lost) for step, rule, _, _, counts, lost in held if counts and rule.reason]
    giving.sort(key=lambda one: (-ruleset.severities[one[1].outcome], -(one[2] or 0)))
    found: dict[str, Reason] = {}
    for step, rule, _ in giving:
        code = rule.reason or ""
        if code not in found:
            found[code] = Reason(code, f"{step}/{rule.id}")
    return tuple(found.values())
