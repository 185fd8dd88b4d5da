"""Rules that are never effective and outcomes that never occur, over the whole chain.

What an example, a case or made-up facts reached is settled by that; of the rest it is
asked whether any facts at all reach it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial

from app.analysis.dead_rules import remaining
from app.analysis.examples import Coverage
from app.analysis.findings import DEAD_RULES, Finding, Severity, severity_of
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.work import TooMuch
from app.analysis.search.chain import Run
from app.analysis.settled import Result, Settled, Status, open_said
from app.analysis.survey import Surveyed
from app.analysis.symbolic.asking import Questions
from app.analysis.symbolic.cells import meets
from app.analysis.witnesses import Answer, Witnesses
from app.analysis.wording import in_step, label_of, row
from app.domain.messages import joined, told
from app.domain.rules import Rule, RuleList, Scorecard
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import IsUnknown

EXAMPLES, OUTCOMES = "examples", "outcomes"


@dataclass(slots=True)
class Reaching:
    """What was found of one step: the rules never effective, and the answers not settled."""

    findings: list[Finding] = field(default_factory=list)
    dead: bool = False
    open: list[Answer] = field(default_factory=list)


def without_example(one: Surveyed, sampled: Coverage) -> Iterator[Finding]:
    """Rules of lists need an example or case of their own, even if made-up facts reach them."""
    for rule in one.step.rules:
        if isinstance(one.step, RuleList) and rule.id not in sampled.rules:
            said = told(
                "rule `{rule}` is effective in no example or case; give it fires_on or a case", rule=rule.id
            )
            yield Finding(EXAMPLES, said, rule.line)


def never_effective(
    ruleset: Ruleset, one: Surveyed, sampled: Coverage, known: Collection[int], witnesses: Witnesses
) -> Reaching:
    """The rules of a step that no facts reach; ``known`` are the lines of those known to be dead already."""
    reaching = Reaching(dead=bool(known))
    for number, rule in enumerate(one.step.rules):
        reached = rule.id in sampled.rules or rule.id in witnesses.reached.rules
        if reached or rule.line in known or _asks_unknown(one, rule):
            continue
        whole, terms = witnesses.questions.whole, witnesses.questions.terms
        condition = terms.both(whole.fires(one.number, number), terms.no(whole.failed))
        boxes = _boxes(ruleset, one.grid, number)
        answer = witnesses.settled(condition, partial(_effective, rule), one.grid, boxes)
        if answer.never:
            reaching.dead = True
            reaching.findings += _dead(ruleset, one, number, witnesses)
        elif answer.open:
            reaching.open.append(answer)
    return reaching


def _asks_unknown(one: Surveyed, rule: Rule) -> bool:
    """The language wants such a band wherever it cannot tell that it is never needed."""
    return isinstance(one.step, Scorecard) and all(
        isinstance(test, IsUnknown) for test in rule.when[0].test.alternatives
    )


def _dead(ruleset: Ruleset, one: Surveyed, number: int, witnesses: Witnesses) -> Iterator[Finding]:
    severity, rule = severity_of(ruleset, DEAD_RULES, proven=True), one.step.rules[number]
    if severity is not None:
        why = _why_dead(ruleset, one.number, rule, witnesses.questions)
        yield Finding(
            DEAD_RULES,
            in_step(one.step.id, told("{row} is never effective: {why}", row=row(rule), why=why)),
            rule.line,
            severity,
        )


def _why_dead(ruleset: Ruleset, step: int, rule: Rule, questions: Questions) -> str:
    """The fewest of its conditions that no facts meet together, whatever the steps above make of them."""
    terms, matched = questions.terms, questions.whole.steps[step]
    needed = {
        one.name: (one.test, meets(terms, matched.names[one.name], one.test))
        for one in rule.when
        if not one.test.irrelevant
    }
    if not questions.never(terms.both(matched.alive, *(term for _, term in needed.values()))):
        return "wherever it holds, another rule goes before it or rules contradict each other"
    for name in list(needed):
        rest = {other: one for other, one in needed.items() if other != name}
        if rest and questions.never(terms.both(matched.alive, *(term for _, term in rest.values()))):
            needed = rest
    said = [joined(" ", (label_of(ruleset, name), f"`{test.text}`")) for name, (test, _) in needed.items()]
    if len(said) == 1:
        return told("no {value} ever reaches it through the steps above", value=said[0])
    return told(
        "the steps above never let {values} and {last} come together",
        values=joined(", ", said[:-1]),
        last=said[-1],
    )


def _boxes(ruleset: Ruleset, grid: Grid | None, number: int) -> list[Box]:
    if grid is None:
        return []
    try:
        return remaining(ruleset, grid, number)
    except TooMuch:
        return [grid.boxes[number]]


def _effective(rule: Rule, run: Run) -> bool:
    return any(one.effective and one.rule.id == rule.id for one in run.evaluation.fired)


def outcomes(ruleset: Ruleset, sampled: Coverage, witnesses: Witnesses) -> Iterator[Result]:
    """Of each outcome whether it can occur."""
    for outcome in ruleset.outcomes:
        claim, identifier = (
            told("The outcome {outcome} can occur", outcome=outcome.id),
            f"{OUTCOMES}/{outcome.id}",
        )
        if outcome.id in sampled.outcomes or outcome.id in witnesses.reached.outcomes:
            yield Settled(identifier, OUTCOMES, claim, 1, Status.PROVEN), []
            continue
        if not any(rule.outcome == outcome.id for step in ruleset.match_steps for rule in step.rules):
            if outcome.id not in (ruleset.otherwise, ruleset.referral.id):
                said = told("no rule sets the outcome {outcome}", outcome=outcome.id)
                yield Settled(identifier, OUTCOMES, claim, 1, Status.REFUTED), [Finding(OUTCOMES, said, 1)]
                continue
            if outcome.id == ruleset.referral.id:  # the answer to a conflict, too; but there may be none
                said = told(
                    "no rule asks for a person (outcome {outcome}): only contradictions would",
                    outcome=outcome.id,
                )
                asked = told("A rule asks for a person (outcome {outcome})", outcome=outcome.id)
                found = [Finding(OUTCOMES, said, 1, Severity.WARN)]
                yield Settled(identifier, OUTCOMES, asked, 1, Status.REFUTED), found
                continue
        whole, terms = witnesses.questions.whole, witnesses.questions.terms
        condition = terms.both(terms.no(whole.failed), whole.outcome.chosen[outcome.id])
        answer = witnesses.settled(condition, partial(_ends, outcome.id))
        if answer.never:
            said = told("the outcome {outcome} never occurs, whatever the facts", outcome=outcome.id)
            yield Settled(identifier, OUTCOMES, claim, 1, Status.REFUTED), [Finding(OUTCOMES, said, 1)]
        elif answer.open:
            one = Settled(
                identifier, OUTCOMES, claim, 1, Status.NOT_SETTLED, (), answer.too_hard, answer.tried
            )
            yield one, [Finding(OUTCOMES, open_said(one), 1, Severity.WARN)]
        else:
            yield Settled(identifier, OUTCOMES, claim, 1, Status.PROVEN), []


def _ends(outcome: str, run: Run) -> bool:
    return run.evaluation.failure is None and run.evaluation.outcome == outcome
