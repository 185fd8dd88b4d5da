"""Where two versions give other reasons, or the same in another order, in terms of their facts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from app.analysis.symbolic.chain import Encoding
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.terms import Term
from app.domain.rules import Scorecard

Given = Sequence[tuple[str, Term]]  # codes with the truth that a rule gives them, the first before the rest


def reasons_differ(terms: Terms, one: Encoding, other: Encoding) -> tuple[Term, tuple[str, ...]]:
    """Whether the reasons differ where both decide; and the scorecards of which the order is not certain.

    Reasons stand by the severity of their rule, the points lost, and the text. Where a scorecard is scaled,
    the points lost hang on what is unknown: its order is certain only where both cards are the same.
    """
    unsure = _unsure(one, other)
    first, second = _given(one), _given(other)
    if list(first) == list(second):
        return terms.false, unsure
    codes = list(dict.fromkeys(code for code, _ in (*first, *second)))
    there = [{code: _any(terms, given, code) for code in codes} for given in (first, second)]
    ways = [terms.no(terms.same(there[0][code], there[1][code])) for code in codes]
    for a, b in combinations(codes, 2):
        orders = [_before(terms, given, a, b) for given in (first, second)]
        if orders[0] is not orders[1]:
            turned = terms.no(terms.same(*orders))
            ways.append(terms.both(there[0][a], there[0][b], there[1][a], there[1][b], turned))
    return terms.some(ways), unsure


def _given(encoding: Encoding) -> Given:
    """Codes in their order, with the truth that each is given."""
    severities = encoding.ruleset.severities
    found: list[tuple[int, Decimal, str, Term]] = []
    for matched in encoding.steps:
        lost = _lost(matched.step) if isinstance(matched.step, Scorecard) else {}
        for i, rule in enumerate(matched.step.rules):
            if rule.reason:
                key = (-severities[rule.outcome], -lost.get(i, Decimal(0)))
                found.append((*key, rule.reason, matched.effective[i]))
    found.sort(key=lambda one: one[:2])
    return [(code, truth) for _, _, code, truth in found]


def _lost(card: Scorecard) -> dict[int, Decimal]:
    found, position = {}, 0
    for characteristic in card.characteristics:
        best = max(rule.points for rule in characteristic.rules if rule.points is not None)
        for i, rule in enumerate(characteristic.rules):
            found[position + i] = Decimal(0) if rule.points is None else best - rule.points
        position += len(characteristic.rules)
    return found


def _unsure(one: Encoding, other: Encoding) -> tuple[str, ...]:
    cards = [
        {step.id: step for step in each.ruleset.steps if isinstance(step, Scorecard) and step.scale}
        for each in (one, other)
    ]
    names = dict.fromkeys((*cards[0], *cards[1]))
    return tuple(name for name in names if _points(cards[0].get(name)) != _points(cards[1].get(name)))


def _points(card: Scorecard | None) -> object:
    return card and [(one.fact, [rule.points for rule in one.rules]) for one in card.characteristics]


def _any(terms: Terms, given: Given, code: str) -> Term:
    return terms.some(truth for one, truth in given if one == code)


def _before(terms: Terms, given: Given, a: str, b: str) -> Term:
    """Whether, of two codes that are both given, ``a`` stands before ``b``."""
    places = [i for i, (code, _) in enumerate(given) if code == a]
    others = [i for i, (code, _) in enumerate(given) if code == b]
    if not places or not others or max(places) < min(others) or max(others) < min(places):
        return terms.constant(bool(places) and (not others or places[0] < others[0]))
    seen, ways = terms.false, []
    for code, truth in given:
        if code == b:
            seen = terms.either(seen, truth)
        elif code == a:
            ways.append(terms.both(truth, terms.no(seen)))
    return terms.some(ways)
