"""Runs of the day: which policy is asked of every open invoice or every customer, and what became of each.

Nothing of a policy stands here: which it is, and which of its outputs make a worklist, is data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.messages import told
from app.domain.ruleset import Ruleset
from app.domain.values import Text


class Each(StrEnum):
    """What a run decides on."""

    INVOICE = "invoice"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class WorklistRules:
    """Decisions of these ``outcomes`` are somebody's work. The others name outputs of the policy.

    ``owner`` says whose work it is, ``otherwise`` whose it is without one. Of a customer's decisions the
    worst is the one with the highest choice of ``worst_by``, in the order of its choices. ``shows`` names
    facts, calculated values and outputs that are told besides.
    """

    outcomes: frozenset[str]
    owner: str
    otherwise: str
    action: str
    amount: str
    next: str
    worst_by: str
    shows: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs that it takes."""
        return tuple(dict.fromkeys((self.owner, self.action, self.amount, self.next, self.worst_by)))


@dataclass(frozen=True, slots=True)
class RunRules:
    """One kind of run. ``facts`` has, by fact, what is said of an invoice in the receivables.

    Customers of whom the file does not hold ``needs`` are left out. Without ``known`` and ``changed`` all
    that is looked at is decided; else what gives a value for ``known``, or values of ``changed`` other than
    last time, or, with ``on_signals``, has a signal filed since the last decision.
    """

    name: str
    label: Text
    policy: str
    each: Each
    worklist: WorklistRules
    facts: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    known: str | None = None
    changed: tuple[str, ...] = ()
    on_signals: bool = False

    @property
    def told(self) -> tuple[str, ...]:
        """The facts, calculated values and outputs that are looked at."""
        known = () if self.known is None else (self.known,)
        return tuple(dict.fromkeys((*self.worklist.outputs, *self.worklist.shows, *known, *self.changed)))

    def wants(self, told: Mapping[str, Any], before: Mapping[str, Any] | None, *, signalled: bool) -> bool:
        """Whether what was found is to be decided; ``before`` is what was told last time, None at first."""
        if self.known is None and not self.changed:
            return True
        if self.known is not None and told[self.known] not in (None, []):
            return True
        if self.on_signals and signalled:
            return True
        return bool(self.changed) and (
            before is None or any(told[name] != before.get(name) for name in self.changed)
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A run of one kind for one day. ``digest`` is the ruleset in force when it began.

    ``id`` is that of its first entry in the log. ``round`` counts how often it was asked for anew, from 1.
    Everything up to the customer ``done_until`` is decided; ``finished_at`` is None until all is.
    """

    id: UUID
    name: str
    as_of: date
    digest: str
    by: str
    begun_at: datetime
    round: int = 1
    done_until: str | None = None
    finished_at: datetime | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Under which its decisions are claimed, each once a round."""
        again = "" if self.round == 1 else f":{self.round}"
        return f"{self.name}:{self.as_of.isoformat()}{again}"


@dataclass(frozen=True, slots=True)
class RunBegun:
    """A run that begins, or, with ``again``, one that begins another round."""

    run: Run
    again: bool = False

    @property
    def conflict(self) -> str:
        """What is said when somebody else began it in the same moment."""
        return told(
            "The run {run} of {as_of} was begun by somebody else just now.",
            run=self.run.name,
            as_of=self.run.as_of,
        )


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run that came to its end."""

    run: Run

    @property
    def conflict(self) -> str:
        """What is said when it is finished already."""
        return told(
            "The run {run} of {as_of} is not under way any more.", run=self.run.name, as_of=self.run.as_of
        )


class RunItem(NamedTuple):
    """What became of one invoice or customer in a run; ``reference`` is its number or name.

    ``problem`` says why nothing could be decided; then there is no decision. ``owner`` is None of what is
    nobody's work, ``rank`` the place of the worst choice, from 1. ``facts`` is the SHA-256 of what was
    decided on. ``told`` are values in JSON's terms. ``to_settle``: the decision is a referral, and a person
    settles it before anything is done.
    """

    reference: str
    customer: str
    decision: UUID | None
    outcome: str | None
    facts: bytes
    told: Mapping[str, Any]
    owner: str | None = None
    rank: int = 0
    problem: str | None = None
    to_settle: bool = False


def item(
    rules: RunRules,
    ruleset: Ruleset,
    reference: str,
    customer: str,
    decision: UUID,
    outcome: str,
    facts: bytes,
    told: Mapping[str, Any],
) -> RunItem:
    """The item of a decision: whose work it is, and how bad."""
    work, worst = rules.worklist, rules.worklist.worst_by
    owner = None
    if outcome in work.outcomes or outcome == ruleset.referral.id:
        owner = told.get(work.owner) or work.otherwise
    kind = ruleset.types.get(worst)
    choices = () if kind is None else tuple(kind.choices)
    rank = choices.index(told[worst]) + 1 if told.get(worst) in choices else 0
    return RunItem(reference, customer, decision, outcome, facts, told, owner, rank)


def worst(items: Sequence[RunItem], amount: str) -> RunItem:
    """The worst of a customer's items that are work: by rank, then amount, then the first of them."""
    return max(items, key=lambda one: (one.rank, _number(one.told.get(amount))))


def _number(written: Any) -> Decimal:
    """An amount or number as it is told; 0 for what is none."""
    try:
        return Decimal(written) if isinstance(written, str) else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
