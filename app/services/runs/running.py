"""Running: a run of the day, from its first entry in the log to its last.

Every invoice or customer is decided once: its decision claims a key of its own in the transaction that
records it, and behind each block it is written down how far the run came. So a run that was stopped anywhere,
by Ctrl-C or by a power cut, is given again and goes on. Many processes decide; this one alone writes.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.audit import JSON, AlreadyClaimed, EntryKind, Recording
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import joined, told
from app.domain.runs import Each, Run, RunBegun, RunFinished, RunItem, RunRules, item
from app.services.decisions.batching import Decided, NotDecided, begin, decided, facts_sha256, told_of
from app.services.log.spreading import by_processes
from app.services.people.managing import OPERATOR, By
from app.services.policies import Policies, Ready
from app.services.recording import Recorded, Recorder
from app.services.runs.asking import Asking, Block, Subject
from app.services.runs.beginning import check_fit, check_order
from app.store.runs import Runs
from schemas.constants import nearest
from schemas.decisions import document_of, sealed_bytes

AT_ONCE = 100
"""Customers in a block: some hundred decisions."""
FEW = 2
"""Blocks below which no other process is worth its beginning."""
_NONE = UUID(int=0)
Told: TypeAlias = Callable[[int, int], object]


class Going(NamedTuple):
    """A run with its rules and the ruleset that it asks."""

    run: Run
    rules: RunRules
    ready: Ready


class Running:
    """Conducts runs. ``now`` gives UTC, ``new_id`` an id at that instant, ``zone`` says which day it is."""

    def __init__(
        self,
        kinds: Mapping[str, RunRules],
        stored: Runs,
        policies: Policies,
        recorder: Recorder,
        asking: Asking,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
        zone: ZoneInfo,
    ) -> None:
        self.kinds = kinds
        self.stored = stored
        self._policies = policies
        self._recorder = recorder
        self._asking = asking
        self._now = now
        self._new_id = new_id
        self._zone = zone

    def today(self) -> date:
        """The day it is."""
        return self._now().astimezone(self._zone).date()

    def rules(self, name: str) -> RunRules:
        """One kind of run; raises ``NotFound``."""
        if name not in self.kinds:
            known = list(self.kinds)
            hint = nearest(name, known) or told("; the runs are {known}.", known=joined(", ", known))
            raise NotFound(told("There is no run {name}{hint}", name=name[:64], hint=hint))
        return self.kinds[name]

    def begin(self, name: str, as_of: date, *, by: By, again: bool = False) -> Run:
        """The run of that kind and day: begun now, or as it stands; ``again`` begins one that ended anew.

        Raises ``NotFound``, ``Invalid`` for a day still to come, and ``Refused`` without a ruleset in force
        or behind a later run of a policy that goes by steps already taken: it would repeat or undercut them.
        """
        rules = self.rules(name)
        if as_of > self.today():
            message = told("{as_of} is still to come; a run looks at a day that has begun", as_of=as_of)
            raise Invalid("The run cannot begin.", [Problem(message)])
        standing = self.stored.of_day(name, as_of)
        if standing is not None and standing.finished_at is not None and not again:
            return standing
        at = self._now()
        ready = self._policies.in_force(rules.policy, at)
        check_order(rules, ready, as_of, self.stored.last_day(name))
        if standing is not None and standing.finished_at is None:
            return standing
        ruleset = ready.ruleset
        check_fit(rules, ruleset)
        digest = ruleset.digest
        who = OPERATOR if by is None else by.id
        if standing is None:
            run = Run(self._new_id(at), name, as_of, digest, who, at)
        else:
            fresh = Run(standing.id, name, as_of, digest, who, standing.begun_at)
            run = replace(fresh, round=standing.round + 1)
        self._recorder.record(self._entry(run, at, "begun", RunBegun(run, again=standing is not None)))
        return run

    def looked_at(self, name: str, as_of: date) -> int:
        """How many customers a run would look at; raises ``NotFound``."""
        rules = self.rules(name)
        return len(self._asking.customers(rules, Run(_NONE, name, as_of, "", "", self._now())))

    def go(self, run: Run, processes: int, told: Told, stopping: Callable[[], bool]) -> Run:
        """Decide what is left of a run; ``told`` hears how many customers of how many were looked at.

        The run as it stands then: finished, unless it was ``stopping``. Raises ``Unavailable``.
        """
        if run.finished_at is not None:
            return run
        rules = self.rules(run.name)
        going = Going(run, rules, self._policies.by_digest(run.digest))
        customers = self._asking.customers(rules, run)
        pages = [customers[at : at + AT_ONCE] for at in range(0, len(customers), AT_ONCE)]
        blocks: deque[Block] = deque()

        def batches() -> Iterator[Any]:
            for page in pages:
                if stopping():
                    return
                blocks.append(self._asking.block(rules, run, going.ready, page))
                yield blocks[-1].batch

        given = ({run.digest: self._policies.text(run.digest)}, self._asking.filled_by(rules))
        alone = 1 if len(pages) <= FEW else min(processes, os.cpu_count() or 1)
        done = 0
        for results in by_processes(decided, batches(), alone, begin, given):
            block = blocks.popleft()
            run = self._written(Going(run, rules, going.ready), block, results)
            done += block.looked_at
            told(done, len(customers))
        return self._finished(run) if done == len(customers) else run

    def _written(self, going: Going, block: Block, results: Sequence[Decided | NotDecided]) -> Run:
        """Record what is to be recorded of a block, and how far the run came."""
        run, counts = going.run, Counter[str]()
        counts["looked_at"] = len(results)
        if going.rules.each is Each.CUSTOMER:
            counts["left_out"] = block.looked_at - len(results)
        known = self._known(run, block)
        items: list[RunItem] = []
        still: list[str] = []
        waiting: list[tuple[Subject, Decided]] = []
        for subject, one in zip(block.subjects, results, strict=True):
            if isinstance(one, NotDecided):
                items.append(_refused(subject, one))
                counts["refused"] += 1
            elif not going.rules.wants(
                one.told,
                block.before.get(subject.customer),
                signalled=subject.customer in block.signalled,
            ):
                counts["not_due"] += 1
            elif known.get(subject.reference) == one.facts_sha256:
                still.append(subject.reference)
            else:
                waiting.append((subject, one))
        recordings = [each for _, one in waiting for each in one.recordings]
        outcomes = iter(self._recorder.record_many(recordings))
        for subject, one in waiting:
            outcome, *_ = [next(outcomes) for _ in one.recordings]
            items.append(self._item(going, subject, one, outcome))
            counts["decided"] += 1
            counts[f"outcome {items[-1].outcome}"] += 1
        counts["unchanged"] = len(still)
        run = replace(run, done_until=block.last, counts=_added(run.counts, +counts))
        self.stored.stand(run, items, still)
        return run

    def _known(self, run: Run, block: Block) -> Mapping[str, bytes]:
        """What items of earlier rounds were decided on."""
        if run.round == 1 or not block.subjects:
            return {}
        return self.stored.known(run.id, [one.reference for one in block.subjects])

    def _item(self, going: Going, subject: Subject, one: Decided, outcome: Recorded | Exception) -> RunItem:
        ruleset, decision, found = going.ready.ruleset, one.recordings[0].id, one
        if isinstance(outcome, AlreadyClaimed):
            decision = outcome.decision_id
            if not outcome.same_body:  # decided before the stop, on what was known then
                found = self._as_recorded(decision, one)
        elif isinstance(outcome, Exception):
            raise outcome
        about = (decision, found.outcome, found.facts_sha256, found.told)
        return item(going.rules, ruleset, subject.reference, subject.customer, *about)

    def _as_recorded(self, decision: UUID, one: Decided) -> Decided:
        document = document_of(self._recorder.unsealed(self._recorder.get(decision).entry))
        told, sha = told_of(document, one.told), facts_sha256(document)
        return one._replace(outcome=document["outcome"], told=told, facts_sha256=sha)

    def _finished(self, run: Run) -> Run:
        at = self._now()
        ended = replace(run, finished_at=at)
        self._recorder.record(self._entry(ended, at, "finished", RunFinished(ended)))
        return ended

    def _entry(self, run: Run, at: datetime, state: str, change: RunBegun | RunFinished) -> Recording:
        ruleset = self._policies.by_digest(run.digest).ruleset
        clear: dict[str, JSON] = {
            "run": run.name,
            "state": state,
            "as_of": run.as_of.isoformat(),
            "round": run.round,
            "policy": ruleset.policy,
            "version": ruleset.version,
            "digest": run.digest,
            "counts": dict(run.counts),
        }
        first = isinstance(change, RunBegun) and not change.again
        return Recording(
            id=run.id if first else self._new_id(at),
            kind=EntryKind.RUN,
            at=at,
            clear=clear,
            sealed_plaintext=sealed_bytes({"run": str(run.id)}),
            actor=run.by,
            changes=(change,),
        )


def _refused(subject: Subject, one: NotDecided) -> RunItem:
    said = "; ".join([one.message, *(problem.message for problem in one.problems)])
    return RunItem(subject.reference, subject.customer, None, None, bytes(32), {}, problem=said)


def _added(counts: Mapping[str, Any], more: Mapping[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in sorted({*counts, *more})}
