"""One decision or row under two versions: what each answers, or why they cannot be set side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.analysis.rehearsal import Answer, Compared
from app.domain.errors import TermwiseError
from app.domain.messages import joined, told
from app.domain.values import Values
from app.services.comparing.carrying import NotComparable, carried
from app.services.comparing.rehearsed import Row, Unlike
from app.services.policies import Policies, Ready
from schemas.json_values import json_values

RECALLED_BY = ("reference", "customer")


class Sides:
    """The version that is rehearsed and its baseline; without one, the baseline is what was recorded."""

    def __init__(self, policies: Policies, rehearsed: Ready, against: Ready | None) -> None:
        self._policies = policies
        self._rehearsed = rehearsed
        self._against = against

    def decision(self, id: str, document: Mapping[str, Any]) -> Compared | Unlike:
        """A recorded decision, from its document."""
        about = (id, document["customer"], document["reference"])
        day, facts = date.fromisoformat(document["as_of"]), document["facts"]
        recalls = frozenset(by for by in RECALLED_BY if document[by] is not None)
        if self._against is None:
            before: Answer | NotComparable = _recorded(document)
        else:
            before = self._answered(self._against, carried(self._against, facts, recalls), day)
        after = self._answered(self._rehearsed, carried(self._rehearsed, facts, recalls), day)
        return _side_by_side(about, document["as_of"], facts, before, after)

    def row(self, row: Row, baseline: Ready, today: date) -> Compared | Unlike:
        """A row of a portfolio; each version is given the facts that it declares."""
        request = row.request
        assert request is not None
        if isinstance(request, TermwiseError):
            said = [one.message for one in request.problems] or [request.message]
            return Unlike(row.id, None, None, {"": joined("; ", said)})
        about = (row.id, request.customer, request.reference)
        day = request.as_of or today
        answers = []
        for side in (baseline, self._rehearsed):
            version, currency = side.ruleset.version, side.ruleset.currency
            if request.currency not in (None, currency):
                message = told(
                    "the row is in {currency}, and {version} decides in {own}",
                    currency=request.currency,
                    version=version,
                    own=currency,
                )
                return Unlike(*about, {"currency": message})
            given = {name: value for name, value in request.facts.items() if name in side.ruleset.facts}
            answers.append(self._answered(side, carried(side, given), day))
        return _side_by_side(about, day.isoformat(), request.facts, *answers)

    def _answered(self, ready: Ready, facts: Values | NotComparable, day: date) -> Answer | NotComparable:
        if isinstance(facts, NotComparable):
            return facts
        with self._policies.engine(ready) as engine:
            found = ready.plan.evaluate(engine.matcher, facts, day)
        reasons = tuple(one.code for one in found.reasons)
        return Answer(found.outcome, reasons, json_values(found.outputs), json_values(found.derived))


def _recorded(document: Mapping[str, Any]) -> Answer:
    codes = tuple(code for code, _ in document["reasons"])
    return Answer(document["outcome"], codes, document["outputs"], document["derived"])


def _side_by_side(
    about: tuple[str, str | None, str | None],
    day: str,
    facts: Mapping[str, Any],
    before: Answer | NotComparable,
    after: Answer | NotComparable,
) -> Compared | Unlike:
    because: dict[str, str] = {}
    for side in (before, after):
        if isinstance(side, NotComparable):
            because |= side.because
    if isinstance(before, NotComparable) or isinstance(after, NotComparable):
        return Unlike(*about, because)
    return Compared(*about, day, facts, before, after)
