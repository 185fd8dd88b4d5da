"""What keeps a text from being submitted: each thing once, in the ruleset's own words, and where to mend it.

Cases that come out otherwise than they expect, examples that do not show what they are there for, and what
the checks found of steps. ``edit`` is the address of the editor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.analysis.findings import Finding
from app.analysis.rule_examples import ExampleResult
from app.domain.rules import OUTCOME, MatchStep, Rule, RuleList, Table
from app.domain.ruleset import Ruleset
from app.services.rulesets.case_results import CaseResult, Difference
from app.services.rulesets.proving import LOADS, Proof
from app.services.rulesets.samples import Samples
from app.web.pages.language import N_, _, said
from app.web.pages.rulesets.words import Words
from schemas.ruleset.cases import FIRED, NOT_FIRED, REASONS

SAMPLED = frozenset(("cases", "examples"))
"""The checks whose findings are told as cases and examples."""
MOST_RULES = 3
_KEYS = {
    OUTCOME: N_("Outcome"),
    REASONS: N_("Reasons"),
    FIRED: N_("Should hold, and does not"),
    NOT_FIRED: N_("Should not hold, and does"),
}


class Told(NamedTuple):
    """One thing that came out otherwise: what is expected, what came out, and the rules that made it so.

    Of a list, what is missing and what was not expected; either may be empty.
    """

    name: str
    label: str
    expected: str
    got: str
    rules: list[tuple[str, str]]


class FailedCase(NamedTuple):
    """A case that fails, and where it is mended."""

    number: int
    name: str
    href: str
    told: list[Told]


class FailedExample(NamedTuple):
    """An example of a rule: ``why`` it fails, and the fact that would ``mend`` it; both may be empty."""

    rule: str
    label: str
    step: str
    fires: bool
    href: str
    given: list[tuple[str, str]]
    why: str
    mend: str


class Failing:
    """Says what fails of one text that loads."""

    def __init__(self, samples: Samples, edit: str) -> None:
        self._samples = samples
        self._edit = edit
        self._words = Words(samples.ruleset)
        self._rules = dict(_rules(samples.ruleset))

    @property
    def any(self) -> bool:
        """Whether anything fails."""
        return bool(self._samples.failing_cases or self._samples.failing_examples)

    @property
    def cases(self) -> list[FailedCase]:
        """The cases that fail."""
        return [
            FailedCase(n, one.case.name, f"{self._edit}/cases#case-{n}", self.told(one))
            for n, one in enumerate(self._samples.cases)
            if one.differs
        ]

    @property
    def examples(self) -> list[FailedExample]:
        """The examples that fail."""
        return [self.example(one) for one in self._samples.failing_examples]

    def told(self, result: CaseResult) -> list[Told]:
        """What came out of a case otherwise than it expects."""
        return [self._told(one) for one in result.differs]

    def example(self, result: ExampleResult) -> FailedExample:
        """An example, in words; one that holds has neither a reason nor a mend."""
        words, (label, href) = self._words, self.rule(result.rule.id)
        given = [(words.labels[name], words.told(name, value)) for name, value in result.changes.items()]
        mend = "" if result.mend is None else f"{words.labels[result.mend[0]]} {words.told(*result.mend)}"
        why = "" if result.holds else self._why(result)
        return FailedExample(result.rule.id, label, result.step, result.fires, href, given, why, mend)

    def rule(self, id: str) -> tuple[str, str]:
        """What a rule is called, and where it is edited."""
        step, rule = self._rules[id]
        label = self._words.rule(rule, step) if isinstance(step, Table | RuleList) else said(step.label)
        if isinstance(step, Table):
            return label, f"{self._edit}?table={step.id}#row-{id}"
        return label, f"{self._edit}/rules?part={step.id}#row-{id}"

    def _why(self, result: ExampleResult) -> str:
        if not result.fires:
            return _("it fires")
        if result.failing is None:
            return _("it does not fire: another rule comes before it, or its step is not reached")
        return _(
            "it does not fire: %(what)s is %(value)s, and what it asks for is %(wanted)s",
            what=self._label(result.failing.name),
            value=self._words.told(result.failing.name, result.actual),
            wanted=self._words.condition(result.failing),
        )

    def _label(self, name: str) -> str:
        return _(_KEYS[name]) if name in _KEYS else self._words.labels.get(name, name)

    def _told(self, one: Difference) -> Told:
        words, label = self._words, self._label(one.name)
        rules = [self.rule(id) for id in one.rules if id in self._rules][:MOST_RULES]
        if one.name == OUTCOME:
            return Told(one.name, label, words.outcome(one.expected), words.outcome(one.got), rules)
        if one.name == REASONS:
            missing, new = _only(one.expected, one.got), _only(one.got, one.expected)
            said = [_listed(map(words.reason, several)) for several in (missing, new)]
            return Told(one.name, label, said[0], said[1], rules)
        if one.name in (FIRED, NOT_FIRED):
            return Told(one.name, label, "", "", rules)
        return Told(one.name, label, words.told(one.name, one.expected), words.told(one.name, one.got), rules)


class Obstacle(NamedTuple):
    """Something else that the checks found: where it is, and what."""

    where: str
    href: str
    message: str


def obstacles(proof: Proof, edit: str) -> list[Obstacle]:
    """The errors of a proof that are neither cases nor examples."""
    return [_obstacle(proof, one, edit) for one in proof.errors if one.check not in SAMPLED]


def _obstacle(proof: Proof, one: Finding, edit: str) -> Obstacle:
    step = None if proof.ruleset is None or one.check == LOADS else _step_at(proof.ruleset, one.line)
    if step is None:
        return Obstacle(
            _("line %(line)s", line=one.line), f"{edit}/text?line={one.line}#line-{one.line}", one.message
        )
    place = f"?table={step.id}" if isinstance(step, Table) else f"/rules?part={step.id}"
    row = next((rule.id for rule in step.rules if rule.line == one.line), "")
    return Obstacle(said(step.label), f"{edit}{place}{f'#row-{row}' if row else ''}", one.message)


def _step_at(ruleset: Ruleset, line: int) -> MatchStep | None:
    steps = (one for one in ruleset.match_steps if line in (one.line, *(rule.line for rule in one.rules)))
    return next(steps, None)


def _rules(ruleset: Ruleset) -> Iterator[tuple[str, tuple[MatchStep, Rule]]]:
    for step in ruleset.match_steps:
        for rule in step.rules:
            yield rule.id, (step, rule)


def _only(several: Iterable[str], others: Iterable[str]) -> list[str]:
    known = frozenset(others)
    return [one for one in several if one not in known]


def _listed(several: Iterable[str]) -> str:
    return " ".join(several)
