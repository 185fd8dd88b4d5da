"""Rules of lists whose outcome never counts, because a stricter one always stands beside it.

Not a fault by itself: two articles may ask for the same. It is told so that nobody
corrects the milder of the two and waits for something to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.analysis.findings import DEAD_RULES, Finding, Severity, severity_of
from app.analysis.search.chain import Run
from app.analysis.settled import Result, Settled, Status, open_said
from app.analysis.witnesses import Witnesses
from app.analysis.wording import in_step, row
from app.domain.messages import told
from app.domain.rules import Rule, RuleList
from app.domain.ruleset import Ruleset

SHADOWED = "shadowed"


def shadowed(ruleset: Ruleset, witnesses: Witnesses) -> Iterator[Result]:
    """Of each list whether every outcome that a rule sets is ever the answer because of it."""
    if severity_of(ruleset, DEAD_RULES, proven=True) is None:
        return
    for number, step in enumerate(ruleset.match_steps):
        if isinstance(step, RuleList) and any(rule.outcome for rule in step.rules):
            yield _of_list(number, step, witnesses)


def _of_list(number: int, step: RuleList, witnesses: Witnesses) -> Result:
    identifier = f"{SHADOWED}/{step.id}"
    claim = in_step(step.id, "of every outcome that it sets, some facts have it for their answer")
    hidden, unsettled = [], []
    for i, rule in enumerate(step.rules):
        if rule.outcome is None or rule.id in witnesses.reached.decisive:
            continue
        if rule.id not in witnesses.reached.rules:
            continue  # never effective at all, or open: told there
        whole, terms = witnesses.questions.whole, witnesses.questions.terms
        decides = terms.both(
            terms.no(whole.failed), whole.fires(number, i), whole.outcome.chosen[rule.outcome]
        )
        answer = witnesses.settled(decides, partial(_decides, rule))
        if answer.never:
            hidden.append(rule)
        elif answer.open:
            unsettled.append(answer)
    if not hidden and unsettled:
        one = unsettled[0]
        settled = Settled(
            identifier, SHADOWED, claim, step.line, Status.NOT_SETTLED, (), one.too_hard, one.tried
        )
        return settled, [Finding(SHADOWED, open_said(settled), step.line, Severity.WARN)]
    status = Status.REFUTED if hidden else Status.PROVEN
    return Settled(identifier, SHADOWED, claim, step.line, status), [_told(step, rule) for rule in hidden]


def _told(step: RuleList, rule: Rule) -> Finding:
    said = in_step(
        step.id,
        told(
            "{row} sets {outcome}, and whenever it does a stricter outcome holds",
            row=row(rule),
            outcome=rule.outcome,
        ),
    )
    return Finding(SHADOWED, said, rule.line, Severity.WARN)


def _decides(rule: Rule, run: Run) -> bool:
    return any(one.decisive and one.rule.id == rule.id for one in run.evaluation.fired)
