"""Cases, and the examples of single rules: what a ruleset must show before it can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.messages import told
from app.domain.rules import AS_OF, OUTCOME, Formula, Rule, Scorecard, Step, Table
from app.domain.ruleset import Case
from schemas.constants import nearest, one_of
from schemas.ruleset.faults import within
from schemas.ruleset.samples import Samples
from schemas.ruleset.scope import Scope
from schemas.ruleset.texts import SERVICE_REASONS
from schemas.ruleset.words import place_of
from schemas.text import Block, Items, Scalar

REASONS, FIRED, NOT_FIRED = "reasons", "fired", "not_fired"
OWN_KEYS = (OUTCOME, REASONS, FIRED, NOT_FIRED)


def with_examples(step: Step, samples: Samples) -> Step:
    """The step with the examples of its rules typed."""
    if isinstance(step, Formula | Scorecard):
        return step
    rules = tuple(_with_examples(rule, place_of(step, rule), samples) for rule in step.rules)
    if isinstance(step, Table):
        return replace(step, rules=rules)
    return replace(step, rules=rules)


def _with_examples(rule: Rule, where: str, samples: Samples) -> Rule:
    return replace(
        rule,
        fires_on=None
        if rule.fires_on is None
        else samples.example(_block(rule.fires_on), within(where, "fires_on")),
        not_on=None if rule.not_on is None else samples.example(_block(rule.not_on), within(where, "not_on")),
    )


def _block(written: Mapping[str, Any]) -> Block:
    assert isinstance(written, Block)
    return written


def cases(
    items: Items, scope: Scope, samples: Samples, reasons: Sequence[str], as_of: date
) -> tuple[Case, ...]:
    """The cases; ``as_of`` is the baseline's day, which holds unless a case says another."""
    found: list[Case] = []
    names: dict[str, int] = {}
    for item in items:
        where = told("case `{name}`", name=item["name"])
        first = names.setdefault(str(item["name"]), item.line)
        if first != item.line:
            scope.faults.at(
                item["name"],
                told(
                    "the name stands twice, first on line {first}; cases have names of their own", first=first
                ),
                where,
            )
        found.append(_case(item, scope, samples, (*reasons, *SERVICE_REASONS), as_of))
    return tuple(found)


def _case(item: Block, scope: Scope, samples: Samples, reasons: Sequence[str], as_of: date) -> Case:
    where, expect, given = told("case `{name}`", name=item["name"]), item["expect"], item["given"]
    if not expect:
        scope.faults.at(
            expect, "`expect` is empty; write what the decision must be, such as {outcome: ...}", where
        )
    inside = within(where, "expect")
    outcome = _listed_words(expect, OUTCOME, scope.outcome_ids, scope, inside)
    codes = _listed_words(expect, REASONS, reasons, scope, inside)
    fired, silent = (
        _listed_words(expect, key, [*scope.rule_ids], scope, inside) for key in (FIRED, NOT_FIRED)
    )
    others = {key: value for key, value in expect.items() if key not in OWN_KEYS}
    return Case(
        name=str(item["name"]),
        given=samples.given(given, within(where, "given")),
        as_of=samples.day_of(given if AS_OF in given else item, as_of, where),
        outcome=outcome[0] if outcome else None,
        reasons=codes,
        fired=fired or (),
        not_fired=silent or (),
        values=samples.expected(others, inside),
        line=item.line,
    )


def _listed_words(
    expect: Block, key: str, allowed: Sequence[str], scope: Scope, where: str
) -> tuple[str, ...] | None:
    """The words under a key, one or a list; None when the key is not there."""
    if key not in expect:
        return None
    written = expect[key]
    words = written if isinstance(written, Items) and key != OUTCOME else [written]
    found = []
    for word in words:
        with scope.faults.noted(word, within(where, key)):
            if not isinstance(word, Scalar):
                raise ValueError("one word stands here" if key == OUTCOME else "a list of words stands here")
            if key in (FIRED, NOT_FIRED) and word not in allowed:
                raise ValueError(
                    told("there is no rule `{word}`{near}", word=word, near=nearest(word, allowed))
                )
            found.append(one_of(word, allowed))
    return tuple(found)


def derived_names(items: Items) -> tuple[str, ...]:
    """The names of calculated values, formulas and scorecards, in the steps as written."""
    return tuple(str(item[key]) for item in items for key in ("formula", "scorecard") if key in item)
