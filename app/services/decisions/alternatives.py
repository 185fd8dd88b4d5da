"""Alternatives: what would give a milder outcome than was decided, found exactly and run by both engines.

What counts is what asking again would give: the facts of the decision, recalled ones
and their day included, by the rules **in force now**. Where those are not the rules
that decided, the answer says so; where the facts do not fit them, it is by the rules
that decided, and says why. A statement of reasons tells what held that day, and asks
``as_decided``.

    found = services.alternatives.of(id)             # WaysForward, see app.domain.ways_forward
    for way in found.ways:
        way_said(way, found.unchanged, outputs).en   # "Prepayment offered: 30% instead of 10%. ..."
    found.said                                       # what to say beside the ways, or in place of them

Only what the requester may change is changed: declared ``changeable``, open to the
role that asked, and not recalled from earlier decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from app.analysis.alternatives.finding import Finder
from app.domain.errors import Refused
from app.domain.ruleset import Ruleset
from app.domain.values import Values
from app.domain.ways_forward import Way, WaysForward
from app.services.comparing.carrying import NotComparable, carried
from app.services.decisions.replaying import asked
from app.services.policies import Policies, Ready
from app.services.recording import Recorder
from app.services.remembering import Remembered
from schemas.decisions import document_of
from schemas.ruleset.sensitive import sensitive_names

MOST_WAYS = 8
_KEPT = 64
_RECALLED_BY = ("reference", "customer")


class Alternatives:
    """Finds ways forward from decisions. ``now`` gives UTC, by which the rules in force are found."""

    def __init__(self, policies: Policies, recorder: Recorder, now: Callable[[], datetime]) -> None:
        self._policies = policies
        self._recorder = recorder
        self._now = now
        self._finders: Remembered[str, Finder] = Remembered(_KEPT, self._finder)

    def of(self, id: UUID, visible_to: str | None = None, *, as_decided: bool = False) -> WaysForward:
        """The ways forward from a decision; raises ``NotFound``, and ``Erased`` after an erasure.

        ``visible_to`` is the id of a person who sees their own only.
        """
        document = document_of(self._recorder.unsealed(self._recorder.get(id, visible_to).entry))
        decided = self._policies.by_digest(document["digest"])
        facts, day = asked(decided.ruleset, document)
        now: Ready | str = decided if as_decided else self._in_force(decided)
        if isinstance(now, Ready) and now.ruleset.digest != decided.ruleset.digest:
            recalls = frozenset(by for by in _RECALLED_BY if document[by] is not None)
            fitting = carried(now, document["facts"], recalls)
            now, facts = (fitting.said, facts) if isinstance(fitting, NotComparable) else (now, fitting)
        ready, not_carried = (now, None) if isinstance(now, Ready) else (decided, now)
        names = changeable(ready.ruleset, document["role"], document["recalled"])
        return self._from(ready, facts, day, names, document["outcome"], decided.ruleset.version, not_carried)

    def _from(
        self,
        ready: Ready,
        facts: Values,
        day: date,
        names: Sequence[str],
        outcome: str,
        decided_by: str,
        not_carried: str | None,
    ) -> WaysForward:
        severities = ready.ruleset.severities
        with self._policies.engine(ready) as engine:
            unchanged = ready.plan.evaluate(engine.matcher, facts, day)
            bar = severities[unchanged.outcome]
            was = severities.get(outcome, bar)
            finder = self._finders.get(ready.ruleset.digest)
            found = finder.find(unchanged, names, min(bar, was), quick=engine.direct, sure=engine.matcher)
        ways = found.ways if bar >= was else (Way((), unchanged), *found.ways)
        shown = _shown(ways)
        return WaysForward(
            ruleset=ready.ruleset,
            decided=outcome,
            decided_by=decided_by,
            unchanged=unchanged,
            changeable=found.changeable,
            ways=shown,
            left_out=len(ways) - len(shown),
            settled=found.settled,
            evaluations=found.work,
            not_carried=not_carried,
        )

    def _in_force(self, decided: Ready) -> Ready | str:
        """The rules that answer now, or why there are none."""
        try:
            return self._policies.in_force(decided.ruleset.policy, self._now())
        except Refused as refused:
            return refused.message

    def _finder(self, digest: str) -> Finder:
        plan = self._policies.by_digest(digest).plan
        ruleset = plan.ruleset
        return Finder(plan, sensitive_names(ruleset.facts, ruleset.outputs, ruleset.steps))


def changeable(ruleset: Ruleset, role: str, recalled: Collection[str] = ()) -> tuple[str, ...]:
    """The facts that a requester of that role may change."""
    return tuple(
        name
        for name, one in ruleset.facts.items()
        if one.changeable is not None and (not one.given_by or role in one.given_by) and name not in recalled
    )


def _shown(ways: Sequence[Way]) -> tuple[Way, ...]:
    """The first ways, and of every outcome at least the first, in their order."""
    first: dict[str, int] = {}
    for place, way in enumerate(ways):
        first.setdefault(way.evaluation.outcome, place)
    kept = [*first.values(), *(place for place in range(len(ways)) if place not in first.values())]
    return tuple(ways[place] for place in sorted(kept[: max(MOST_WAYS, len(first))]))
