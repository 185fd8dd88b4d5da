"""Proving: what a ruleset's text shows about itself, before anybody is asked to approve it.

It loads; every example and case holds, in both engines; the analysis settles of all facts
that there is no gap, overlap or dead rule, that every outcome can occur, that no rules
contradict each other, and what was declared of better facts; and on facts made up near
its thresholds the two engines agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from app.analysis.checking import check
from app.analysis.findings import Finding, Severity
from app.analysis.settled import Settled, Status
from app.analysis.trial import Trial
from app.domain.errors import Invalid
from app.domain.evaluation import Plan
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from app.services.remembering import Remembered
from app.store.rulesets import Rulesets
from schemas.ruleset import load
from schemas.ruleset.head import head_of

SAMPLES = 2000
MOST_REMEMBERED = 256
LOADS = "loads"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in one text, by line. ``shown`` rules were effective on some of ``runs`` facts.

    ``claims`` are what was asked of all facts, each proven, refuted or not settled.
    ``ruleset`` is None where the text cannot be read: then nothing else was looked at.
    """

    findings: tuple[Finding, ...]
    ruleset: Ruleset | None = None
    shown: int = 0
    runs: int = 0
    claims: tuple[Settled, ...] = ()

    @property
    def not_settled(self) -> tuple[Settled, ...]:
        """What whoever approves the text has to acknowledge."""
        return tuple(one for one in self.claims if one.status is Status.NOT_SETTLED)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What bars the text from being submitted."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What has to be looked at."""
        return tuple(one for one in self.findings if one.severity is Severity.WARN)


class Proving:
    """Proves stored texts, each once: a proof is by digest, and seeded, so it never comes out otherwise.

    One text at a time, while others wait: a proof takes seconds of a core. ``samples`` are made-up requests.
    """

    def __init__(self, rulesets: Rulesets, samples: int = SAMPLES) -> None:
        self._rulesets = rulesets
        self._samples = samples
        self._proofs: Remembered[str, Proof] = Remembered(MOST_REMEMBERED, self._proved)

    def proof(self, digest: str) -> Proof:
        """What the text of that digest shows; raises ``NotFound``."""
        return self._proofs.get(digest)

    def _proved(self, digest: str) -> Proof:
        text = self._rulesets.text(digest)
        try:
            ruleset = load(text)
        except Invalid as error:
            return Proof(_unread(error))
        head = head_of(text)
        if (ruleset.policy, ruleset.version) != (head.policy, head.version):
            said = told(
                "the text says {policy} {version} and {other} {number}, both",
                policy=ruleset.policy,
                version=ruleset.version,
                other=head.policy,
                number=head.version,
            )
            return Proof((Finding(LOADS, said, 1),))
        return prove(ruleset, self._samples)


def prove(ruleset: Ruleset, samples: int, advance: Callable[[], None] = lambda: None) -> Proof:
    """What a loaded ruleset shows; ``advance`` is called after each of the made-up ``samples``."""
    plan = Plan(ruleset)
    try:
        loaded = Engine(ruleset)
    except Invalid as error:  # more alternatives than the engines carry
        return Proof(_unread(error), ruleset)
    with loaded as engine:
        report = check(plan, engine.matcher)
        trial = Trial(plan, engine.matcher)
        for _ in range(samples):
            trial.once()
            advance()
    findings: dict[tuple[int, str, Severity], Finding] = {}
    for one in chain(report.findings, trial.findings()):
        findings.setdefault((one.line, one.message, one.severity), one)
    ordered = tuple(findings[key] for key in sorted(findings))
    shown = len(report.coverage.rules | trial.effective)
    return Proof(ordered, ruleset, shown, report.runs + samples, report.claims)


def _unread(error: Invalid) -> tuple[Finding, ...]:
    return tuple(Finding(LOADS, one.message, one.line or 1) for one in error.problems)
