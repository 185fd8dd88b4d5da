"""Rules that contradict each other over the whole chain: what would stop a decision and ask a person."""

from __future__ import annotations

from app.analysis.findings import Finding, Severity
from app.analysis.settled import Result, Settled, Status, open_said
from app.analysis.witnesses import Witnesses

CONFLICTS = "conflicts"


def conflicts(witnesses: Witnesses) -> Result:
    """Whether rules ever contradict each other.

    Facts on which they do join those that exploring found, and are told with these.
    """
    claim = "No rules contradict each other"
    if witnesses.reached.failures:
        facts = tuple(witnesses.reached.failures.values())[:1]
        return Settled(CONFLICTS, CONFLICTS, claim, 1, Status.REFUTED, facts), []
    answer = witnesses.settled(
        witnesses.questions.whole.failed, lambda run: run.evaluation.failure is not None
    )
    if answer.facts is not None:
        return Settled(CONFLICTS, CONFLICTS, claim, 1, Status.REFUTED, (answer.facts,)), []
    if answer.never:
        return Settled(CONFLICTS, CONFLICTS, claim, 1, Status.PROVEN), []
    one = Settled(CONFLICTS, CONFLICTS, claim, 1, Status.NOT_SETTLED, (), answer.too_hard, answer.tried)
    return one, [Finding(CONFLICTS, open_said(one), 1, Severity.WARN)]
