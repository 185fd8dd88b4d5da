"""Declared monotonicity: better facts never make the outcome stricter.

The whole chain is asked twice, over facts that differ in those named alone, of which the
second are as good or better. An outcome is worse where it stands further down the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.analysis.findings import Facts, Finding, Severity
from app.analysis.search.chain import Chain
from app.analysis.settled import Result, Settled, Status, open_said
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.symbols import Number, Symbol, Truth
from app.analysis.symbolic.terms import Term
from app.analysis.witnesses import Witnesses
from app.analysis.wording import facts_said
from app.domain.messages import joined, told
from app.domain.ruleset import Ruleset
from app.domain.values import Text
from app.domain.wording import in_words

MONOTONE = "monotone"


def monotone(ruleset: Ruleset, witnesses: Witnesses) -> Iterator[Result]:
    """Each declaration, proved or shown to be wrong."""
    for declared in ruleset.checks.get(MONOTONE, ()):
        better: Mapping[str, str] = declared["better"]
        yield _settled(ruleset, witnesses, better)


def _settled(ruleset: Ruleset, witnesses: Witnesses, better: Mapping[str, str]) -> Result:
    named = joined(" and ", (joined(" ", (name, told(direction))) for name, direction in better.items()))
    identifier = f"{MONOTONE}/{'+'.join(f'{name}-{way}' for name, way in better.items())}"
    claim = told("With {named} the outcome is never worse", named=named)
    questions, chain = witnesses.questions, witnesses.chain
    terms = questions.terms
    others = questions.other_facts(better, f"{identifier} ")
    second = questions.encoded(ruleset, others)
    worse = terms.some(
        terms.both(after, terms.no(before))
        for before, after in zip(questions.whole.at_least, second.at_least, strict=True)
    )
    improved = [_improved(terms, questions.facts[name], others[name], way) for name, way in better.items()]
    reply = questions.possible(terms.both(*improved, worse))
    if reply.never:
        return Settled(identifier, MONOTONE, claim, 1, Status.PROVEN), []
    if reply.facts is not None and reply.found is not None:
        pair = reply.facts, questions.facts_in(reply.found, f"{identifier} ", better)
        if _is_worse(ruleset, chain, *pair):
            pair = _simplified(ruleset, chain, *pair, better)
            said = told("{claim}: not so{shown}", claim=claim, shown=_shown(ruleset, chain, *pair, better))
            one = Settled(identifier, MONOTONE, claim, 1, Status.REFUTED, pair)
            return one, [Finding(MONOTONE, said, 1, Severity.ERROR, pair[1])]
    one = Settled(identifier, MONOTONE, claim, 1, Status.NOT_SETTLED, (), reply.too_hard, chain.runs)
    return one, [Finding(MONOTONE, open_said(one), 1, Severity.WARN)]


def _improved(terms: Terms, before: Symbol, after: Symbol, way: str) -> Term:
    """Whether a fact is known both times, and as good or better the second."""
    if isinstance(before, Truth) and isinstance(after, Truth):
        first, second = (before.no, after.yes) if way == "up" else (before.yes, after.no)
        return terms.both(before.known, after.known, terms.either(first, second))
    assert isinstance(before, Number)
    assert isinstance(after, Number)
    more = terms.compared("<=" if way == "up" else ">=", before.exact, after.exact)
    return terms.both(before.known, after.known, more)


def _is_worse(ruleset: Ruleset, chain: Chain, before: Facts, after: Facts) -> bool:
    first, second = (chain.run(one).evaluation.outcome for one in (before, after))
    return ruleset.severities[second] > ruleset.severities[first]


def _simplified(
    ruleset: Ruleset, chain: Chain, before: Facts, after: Facts, better: Mapping[str, str]
) -> tuple[Facts, Facts]:
    """Both nearer to the baseline, where that still shows it."""
    for name, value in ruleset.baseline.items():
        if name in better or before.values[name] == value:
            continue
        nearer = tuple(Facts({**one.values, name: value}, one.as_of) for one in (before, after))
        if _is_worse(ruleset, chain, *nearer):
            before, after = nearer
    day = ruleset.baseline_as_of
    nearer = Facts(before.values, day), Facts(after.values, day)
    return nearer if _is_worse(ruleset, chain, *nearer) else (before, after)


def _shown(ruleset: Ruleset, chain: Chain, before: Facts, after: Facts, better: Mapping[str, str]) -> str:
    outcomes = [chain.run(one).evaluation.outcome for one in (before, after)]
    changes = [
        told(
            "{name} from {before} to {after}",
            name=name,
            before=_said(ruleset, name, before),
            after=_said(ruleset, name, after),
        )
        for name in better
    ]
    said = facts_said(ruleset, before)
    return told(
        "; on {facts}, {changes} makes {before} into {after}",
        facts=said,
        changes=joined(" and ", changes),
        before=outcomes[0],
        after=outcomes[1],
    )


def _said(ruleset: Ruleset, name: str, facts: Facts) -> Text:
    return in_words(facts.values[name], ruleset.facts[name].type, ruleset.currency)
