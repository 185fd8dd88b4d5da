"""What is claimed of one match step: no overlap, no gap, no rule that is never effective."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from app.analysis.claims import Claim, Verdict
from app.analysis.dead_rules import dead_rules
from app.analysis.examples import Coverage
from app.analysis.findings import DEAD_RULES, GAPS, OVERLAPS, Finding, Severity, severity_of
from app.analysis.gaps import gaps
from app.analysis.overlaps import overlaps
from app.analysis.search.chain import Run
from app.analysis.settled import Result, Settled, Status, open_said
from app.analysis.survey import Surveyed
from app.analysis.symbolic.terms import Term
from app.analysis.unreached import never_effective
from app.analysis.witnesses import Answer, Witnesses
from app.analysis.wording import facts_said, in_step
from app.domain.messages import told
from app.domain.rules import HitPolicy, MatchStep, Scorecard, Table
from app.domain.ruleset import Ruleset

_COMPLETE = (HitPolicy.UNIQUE, HitPolicy.FIRST)
_ALONE = (HitPolicy.UNIQUE, HitPolicy.ANY)
_CLAIMS = {
    OVERLAPS: "no two of its rows that may not hold together ever do",
    GAPS: "a row holds whatever the values",
    DEAD_RULES: "every rule is effective on some facts",
}


def of_step(ruleset: Ruleset, one: Surveyed, sampled: Coverage, witnesses: Witnesses) -> Iterator[Result]:
    """Each claim that the ruleset asks to have checked."""
    step = one.step
    if not isinstance(step, Scorecard) and step.hit_policy in _ALONE and _asked(ruleset, OVERLAPS):
        yield _overlaps(ruleset, one, witnesses)
    if isinstance(step, Table) and step.hit_policy in _COMPLETE and _asked(ruleset, GAPS):
        yield _gaps(ruleset, one, witnesses)
    if _asked(ruleset, DEAD_RULES):
        yield _dead(ruleset, one, sampled, witnesses)


def _asked(ruleset: Ruleset, check: str) -> bool:
    return severity_of(ruleset, check, proven=True) is not None


def _overlaps(ruleset: Ruleset, one: Surveyed, witnesses: Witnesses) -> Result:
    if one.grid is not None:
        found, left = witnesses.shown(overlaps(ruleset, one.grid))
        return _result(one.step, OVERLAPS, found, left)
    conflict = witnesses.questions.whole.steps[one.number].conflict
    said = "rows hold together against the hit policy"
    return _without_grid(ruleset, one, OVERLAPS, witnesses, conflict, lambda rows: rows.bit_count() > 1, said)


def _gaps(ruleset: Ruleset, one: Surveyed, witnesses: Witnesses) -> Result:
    claimed = [] if one.grid is None else list(gaps(ruleset, one.grid))
    found, left = witnesses.shown(claim for claim in claimed if isinstance(claim, Claim))
    if found or (one.grid is not None and not any(isinstance(claim, Verdict) for claim in claimed)):
        return _result(one.step, GAPS, found, left)
    terms, holds = witnesses.questions.terms, witnesses.questions.whole.steps[one.number].holds
    none = terms.no(terms.some(holds))
    return _without_grid(ruleset, one, GAPS, witnesses, none, lambda rows: not rows, "no row holds")


def _without_grid(
    ruleset: Ruleset,
    one: Surveyed,
    check: str,
    witnesses: Witnesses,
    wrong: Term,
    shows: Callable[[int], bool],
    said: str,
) -> Result:
    """What geometry could not lay out, the solver is asked about as a whole."""
    step, number = one.step, one.number
    whole, terms = witnesses.questions.whole.steps[number], witnesses.questions.terms

    def wanted(run: Run) -> bool:
        return number in run.rows and shows(run.rows[number])

    answer = witnesses.settled(terms.both(whole.alive, wrong), wanted)
    found = []
    if answer.facts is not None:
        message = in_step(
            step.id, told("{said} on {facts}", said=said, facts=facts_said(ruleset, answer.facts))
        )
        severity = severity_of(ruleset, check, proven=True) or Severity.WARN
        found.append(Finding(check, message, step.line, severity, answer.facts))
    return _result(step, check, found, [answer] if answer.open else [])


def _dead(ruleset: Ruleset, one: Surveyed, sampled: Coverage, witnesses: Witnesses) -> Result:
    step = one.step
    findings, known = [], set()
    for verdict in dead_rules(ruleset, one.grid) if one.grid is not None else ():
        severity = severity_of(ruleset, DEAD_RULES, proven=verdict.proven)
        if severity is not None and not verdict.open:  # what geometry leaves open is asked of the chain
            findings.append(Finding(DEAD_RULES, verdict.message, verdict.line, severity))
        if verdict.dead:
            known.add(verdict.line)
    reaching = never_effective(ruleset, one, sampled, known, witnesses)
    findings += reaching.findings
    status = Status.REFUTED if reaching.dead else None
    return _result(step, DEAD_RULES, findings, reaching.open, status)


def _result(
    step: MatchStep,
    check: str,
    found: Sequence[Finding],
    left: Sequence[Answer],
    status: Status | None = None,
) -> Result:
    """The claim as it stands, with what is told of it."""
    identifier, claim = f"{check}/{step.id}", in_step(step.id, _CLAIMS[check])
    shown = tuple(one.facts for one in found if one.facts is not None)
    if status is None and check != DEAD_RULES and shown:
        status = Status.REFUTED
    if status is Status.REFUTED:
        return Settled(identifier, check, claim, step.line, status, shown), found
    if not left:
        return Settled(identifier, check, claim, step.line, Status.PROVEN), found
    hard = tuple(dict.fromkeys(name for answer in left for name in answer.too_hard))
    tried = max(answer.tried for answer in left)
    one = Settled(identifier, check, claim, step.line, Status.NOT_SETTLED, (), hard, tried)
    return one, [*found, Finding(check, open_said(one), step.line, Severity.WARN)]
