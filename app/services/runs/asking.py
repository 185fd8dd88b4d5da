"""Asking: what a run asks, as batches that hold all that is known of some customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.customer_file import values_of
from app.domain.customer_rules import CustomerRules
from app.domain.identifiers import made_at
from app.domain.receivables.account import Account, account
from app.domain.receivables.collecting import invoice_facts
from app.domain.receivables.documents import Document
from app.domain.requests import Caller, DecisionRequest
from app.domain.runs import Each, Run, RunRules
from app.domain.signals import Signal
from app.domain.values import Value
from app.services.decisions.batching import NOTHING_FILED, Batch, Filed
from app.services.decisions.making import Asked
from app.services.policies import Ready
from app.services.receivables.measuring import Measuring
from app.services.recording import Recorder
from app.services.runs.recalling import Recalling
from app.store.store import Store

CLAIMING = "run"
"""The principal under whose name the decisions of runs are claimed."""


class Subject(NamedTuple):
    """What is decided on: an invoice by its number, or a customer by its name; ``measured`` of that day."""

    reference: str
    customer: str
    measured: Mapping[str, Value]


class Block(NamedTuple):
    """A batch, and what is needed once it is decided; ``last`` is the last customer that it looked at."""

    batch: Batch
    subjects: Sequence[Subject]
    last: str
    looked_at: int
    before: Mapping[str, Mapping[str, Any]]
    signalled: frozenset[str]


class Asking:
    """Reads for runs. ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        measuring: Measuring,
        recalling: Recalling,
        rules: CustomerRules,
        runs: Mapping[str, RunRules],
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._portfolio = store.portfolio
        self._runs = store.runs
        self._recorder = recorder
        self._measuring = measuring
        self._recalling = recalling
        self._rules = rules
        self._kinds = runs
        self._now = now
        self._new_id = new_id

    def filled_by(self, rules: RunRules) -> CustomerRules:
        """What fills facts in a run: as always, and what is said of each invoice."""
        return replace(self._rules, receivables={**self._rules.receivables, **rules.facts})

    def customers(self, rules: RunRules, run: Run) -> list[str]:
        """The customers that a run has still to look at, in order."""
        names = self._portfolio.owing(run.as_of) if rules.each is Each.INVOICE else self._portfolio.filed()
        return [name for name in names if run.done_until is None or name > run.done_until]

    def block(self, rules: RunRules, run: Run, ready: Ready, customers: Sequence[str]) -> Block:
        """What is asked of these customers."""
        filed = self._filed(customers, run.as_of)
        documents = self._portfolio.documents(customers, run.as_of)
        if rules.each is Each.INVOICE:
            subjects = self._invoices(ready, filed, documents, run.as_of)
        else:
            subjects = self._customers(rules, filed, documents, run.as_of)
        names = [one.customer for one in subjects]
        alike = [one for one in self._kinds.values() if one.policy == rules.policy]
        batch = Batch(
            run.digest,
            self._asked(rules, run, subjects),
            [one.measured for one in subjects],
            {name: filed[name] for name in names if name in filed},
            self._recalling.earlier(
                ready, {"reference": [one.reference for one in subjects], "customer": names}, run.as_of
            ),
            tuple(dict.fromkeys((*rules.told, *(name for one in alike for name in one.changed)))),
            (CLAIMING, run.key),
            self._recalling.lately(ready, [one.reference for one in subjects], names, run.as_of),
        )
        before = self._runs.told_last([one.name for one in alike], names, run) if rules.changed else {}
        signalled = self._signalled(rules.policy, filed, run.begun_at) if rules.on_signals else frozenset()
        return Block(batch, subjects, customers[-1], len(customers), before, signalled)

    def _filed(self, customers: Sequence[str], day: date) -> dict[str, Filed]:
        held = self._portfolio.held(customers, day)
        signals = self._portfolio.signals(customers, day)
        return {name: Filed(held.get(name, {}), signals.get(name, ())) for name in {*held, *signals}}

    def _invoices(
        self, ready: Ready, filed: Mapping[str, Filed], documents: Mapping[str, list[Document]], day: date
    ) -> list[Subject]:
        measured_too = any(name in self._rules.receivables for name in ready.fillable)
        found = []
        for name, some in documents.items():
            whole = account(name, some, day)
            also = self._measured(whole, filed) if measured_too else {}
            found += [
                Subject(one.number, name, {**also, **invoice_facts(whole, one)}) for one in whole.open_items
            ]
        return found

    def _customers(
        self,
        rules: RunRules,
        filed: Mapping[str, Filed],
        documents: Mapping[str, list[Document]],
        day: date,
    ) -> list[Subject]:
        return [
            Subject(name, name, self._measured(account(name, some, day), filed) if some else {})
            for name, some in documents.items()
            if all(_known(filed, name, fact) for fact in rules.needs)
        ]

    def _measured(self, found: Account, filed: Mapping[str, Filed]) -> Mapping[str, Value]:
        held = filed.get(found.customer, NOTHING_FILED).held
        return self._measuring.of(found, values_of(held)).values

    def _asked(self, rules: RunRules, run: Run, subjects: Sequence[Subject]) -> list[Asked]:
        at = self._now()
        caller = Caller(f"run:{run.key}", "file", may_give_any=True, backdate=True)
        by_invoice = rules.each is Each.INVOICE
        return [
            Asked(
                DecisionRequest({}, one.customer, one.reference if by_invoice else None, run.as_of),
                caller,
                at,
                run.as_of,
                self._new_id(at),
                self._new_id(at),
            )
            for one in subjects
        ]

    def _signalled(self, policy: str, filed: Mapping[str, Filed], begun_at: datetime) -> frozenset[str]:
        """Customers with a signal filed since the policy's last decision on them before the run began."""
        named = {self._recorder.customer_hash(name): name for name, one in filed.items() if one.signals}
        decided = self._portfolio.decided_last(policy, list(named), begun_at) if named else {}
        return frozenset(
            name
            for hashed, name in named.items()
            if hashed not in decided or _filed_last(filed[name].signals) > decided[hashed]
        )


def _known(filed: Mapping[str, Filed], customer: str, fact: str) -> bool:
    one = filed.get(customer, NOTHING_FILED).held.get(fact)
    return one is not None and one.value is not None


def _filed_last(signals: Sequence[Signal]) -> datetime:
    return max(made_at(one.origin) for one in signals)
