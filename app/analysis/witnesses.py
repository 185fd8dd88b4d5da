"""Settles what geometry claims of one step: it cannot happen, or on these facts it does.

Facts are found by exploring and by a solver that knows the whole chain, and by climbing
where that gives up; whatever is found was run through the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from app.analysis.claims import Claim
from app.analysis.findings import Facts, Finding, severity_of
from app.analysis.geometry.grid import Box, Grid
from app.analysis.nearer import nearer
from app.analysis.reached import Reached
from app.analysis.search.chain import Chain, Run
from app.analysis.search.climbing import Climber
from app.analysis.survey import Surveyed
from app.analysis.symbolic.asking import Questions
from app.analysis.symbolic.boxes import inside
from app.analysis.symbolic.terms import Term
from app.analysis.wording import facts_said
from app.domain.matching import rule_numbers
from app.domain.messages import told

MOST_CLAIMS = 200  # looked at in one step
MOST_ASKED = 25  # that the solver is asked about one by one
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """``never``: proved. ``facts``: it happens on these. Neither: nothing was found on ``tried`` facts."""

    never: bool = False
    facts: Facts | None = None
    too_hard: tuple[str, ...] = ()
    tried: int = 0

    @property
    def open(self) -> bool:
        """Whether it was not settled."""
        return not self.never and self.facts is None


class Witnesses:
    """Settles claims, and finds facts for rules and outcomes."""

    def __init__(
        self, chain: Chain, climber: Climber, reached: Reached, surveyed: Sequence[Surveyed]
    ) -> None:
        self.reached = reached
        self.chain = chain
        self._climber = climber
        self._ruleset = chain.plan.ruleset
        self._surveyed = surveyed

    @cached_property
    def questions(self) -> Questions:
        """The whole chain, encoded when first asked about."""
        return Questions(self._ruleset, self._surveyed)

    def settled(
        self,
        condition: Term,
        wanted: Callable[[Run], bool],
        grid: Grid | None = None,
        boxes: Sequence[Box] = (),
    ) -> Answer:
        """Whether facts make the condition true; ``wanted`` tells of a run whether they did.

        Where the solver gives up, it is climbed towards the boxes of the grid.
        """
        reply = self.questions.possible(condition)
        if reply.never:
            return Answer(never=True)
        if reply.facts is not None and wanted(self._run(reply.facts)):
            return Answer(facts=reply.facts)
        found = None if grid is None else self.leading_to(grid, boxes, wanted)
        return Answer(facts=found, too_hard=reply.too_hard, tried=self.chain.runs)

    def shown(self, claims: Iterable[Claim]) -> tuple[list[Finding], list[Answer]]:
        """The findings of one step and check: those that facts show, and how many more there are.

        Claims that were proved impossible are no findings. The second are those not settled.
        """
        looked_at = list(islice(claims, MOST_CLAIMS))
        if not looked_at:
            return [], []
        answers = [(claim, Answer(facts=self._seen(claim))) for claim in looked_at]
        if any(answer.open for _, answer in answers) and self._none_other(looked_at):
            answers = [(claim, one if one.facts else Answer(never=True)) for claim, one in answers]
        answers.sort(key=lambda one: one[1].facts is None)
        for i, (claim, answer) in enumerate(answers[:MOST_ASKED]):
            if answer.open:
                answers[i] = (claim, self._asked(claim))
        left = [(claim, answer) for claim, answer in answers if not answer.never]
        left.sort(key=lambda one: one[1].facts is None)
        shown = [self._finding(claim, answer.facts) for claim, answer in left[:MOST_SHOWN]]
        more = len(left) - len(shown)
        if more:
            least = "at least " if len(looked_at) == MOST_CLAIMS else ""
            shown[-1] = replace(
                shown[-1],
                message=told(
                    "{message} (and {least}{more} more)", message=shown[-1].message, least=least, more=more
                ),
            )
        return shown, [answer for _, answer in left if answer.open]

    def leading_to(self, grid: Grid, boxes: Sequence[Box], wanted: Callable[[Run], bool]) -> Facts | None:
        """Facts that lead into one of the boxes to a decision as wanted; every run on the way is noted."""
        return self._climber.find(grid, boxes, lambda facts: wanted(self._run(facts)), self.reached.telling())

    def _run(self, facts: Facts) -> Run:
        run = self.chain.run(facts)
        self.reached.take(run)
        return run

    def _seen(self, claim: Claim) -> Facts | None:
        return next((one for one in self.reached.showing(claim) if self._shows(claim, one)), None)

    def _none_other(self, claims: Sequence[Claim]) -> bool:
        """Whether it is proved that nothing of the kind ever happens in this step, all boxes at once."""
        whole, terms = self.questions.whole, self.questions.terms
        anywhere = [self._rules_as(claim) for claim in claims]
        step = whole.steps[claims[0].grid.number]
        distinct = dict.fromkeys(anywhere)
        return self.questions.possible(terms.both(step.alive, terms.some(distinct))).never

    def _rules_as(self, claim: Claim) -> Term:
        terms, step = self.questions.terms, self.questions.whole.steps[claim.grid.number]
        holding = [step.holds[i] for i in rule_numbers(claim.holding)]
        return terms.both(*holding, *(terms.no(step.holds[i]) for i in rule_numbers(claim.silent)))

    def _asked(self, claim: Claim) -> Answer:
        terms, step = self.questions.terms, self.questions.whole.steps[claim.grid.number]
        condition = terms.both(step.alive, self._rules_as(claim), inside(terms, claim.grid, claim.box, step))
        return self.settled(condition, lambda run: _met(claim, run), claim.grid, [claim.box])

    def _shows(self, claim: Claim, facts: Facts) -> bool:
        values = self.chain.values_at(claim.grid.number, facts)
        if values is None or not claim.grid.holds_in(claim.box, values):
            return False
        return _met(claim, self.chain.run(facts))

    def _finding(self, claim: Claim, facts: Facts | None) -> Finding:
        severity = severity_of(self._ruleset, claim.check, proven=facts is not None)
        assert severity is not None
        if facts is None:
            said = told(
                "{message}; no facts that lead there were found, so perhaps none do", message=claim.message
            )
            return Finding(claim.check, said, claim.line, severity)
        facts = nearer(self._ruleset, facts, lambda one: self._shows(claim, one))
        said = told(
            "{message}; it happens on {facts}", message=claim.message, facts=facts_said(self._ruleset, facts)
        )
        return Finding(claim.check, said, claim.line, severity, facts)


def _met(claim: Claim, run: Run) -> bool:
    rows = run.rows.get(claim.grid.number)
    return rows is not None and claim.met_by(rows)
