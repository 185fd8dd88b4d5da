"""The steps of a ruleset as a page shows them: tables by rows, rules as sentences, scorecards as bars.

A long table is shown in part where steps stand together, and whole on a page of its own; so many steps
stand together as a page can carry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.domain.rules import OUTCOME, Condition, Formula, Rule, RuleList, Scorecard, Step, Table
from app.domain.ruleset import Ruleset
from app.web.pages.language import _, said
from app.web.pages.rulesets.formulas import Formulas
from app.web.pages.rulesets.words import Words

MOST_ROWS = 60
"""Rows of a table where all steps are shown."""
MOST_FOUND = 200
MOST_TOGETHER = 90
"""Rules and formulas on one page, before another begins with the next step."""
BAR = 100
REASON = "reason"


def together(ruleset: Ruleset, first: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """The steps from ``first`` on that one page carries, and the one that the next page begins with."""
    names = [step.id for step in ruleset.steps]
    begin = names.index(first) if first in names else 0
    carried = 0
    for place, step in enumerate(ruleset.steps[begin:], begin):
        carried += 1 if isinstance(step, Formula) else min(len(step.rules), MOST_ROWS)
        if carried > MOST_TOGETHER and place > begin:
            return list(steps(ruleset, among=names[begin:place])), names[place]
    return list(steps(ruleset, among=names[begin:])), None


def steps(
    ruleset: Ruleset, find: str = "", only: str | None = None, among: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Each step, those ``among`` these, or ``only`` one of them.

    With ``find`` the rules that hold that text, and no steps without such a rule.
    """
    words = Words(ruleset)
    formulas = Formulas(ruleset, words)
    most = MOST_FOUND if find or only else MOST_ROWS
    for step in ruleset.steps:
        if (only is not None and step.id != only) or (among is not None and step.id not in among):
            continue
        if isinstance(step, Formula):
            told = formulas.said(step)
            if not find or find.lower() in f"{step.id} {said(step.label)} {step.text} {told}".lower():
                output = words.labels.get(step.output or "")
                yield {"kind": "formula", "step": step, "said": told, "output": output}
            continue
        rules = [one for one in step.rules if not find or find.lower() in _searched(one, words)]
        if rules or not find:
            yield {
                **_of_kind(step, rules[:most], words),
                "number": len(rules),
                "shown": min(most, len(rules)),
            }


def _of_kind(step: Step, rules: list[Rule], words: Words) -> dict[str, Any]:
    if isinstance(step, Table):
        return _table(step, rules, words)
    if isinstance(step, Scorecard):
        return _scorecard(step, frozenset(one.id for one in rules), words)
    assert isinstance(step, RuleList)
    return {"kind": "rules", "step": step, "rules": [_sentence(one, words) for one in rules]}


def _sentence(rule: Rule, words: Words) -> dict[str, Any]:
    return {
        "rule": rule,
        "when": list(words.conditions(rule)),
        "effects": list(words.effects(rule)),
        "reason": rule.reason,
    }


def _table(step: Table, rules: list[Rule], words: Words) -> dict[str, Any]:
    heads = {OUTCOME: _("Outcome"), REASON: _("Reason")}
    return {
        "kind": "table",
        "step": step,
        "inputs": [words.labels[name] for name in step.inputs],
        "outputs": [heads.get(name) or words.labels[name] for name in step.outputs],
        "rows": [_row(one, step, words) for one in rules],
    }


def _row(rule: Rule, step: Table, words: Words) -> dict[str, Any]:
    tests: Mapping[str, Condition] = {one.name: one for one in rule.when}
    given = {one.output: words.contribution(one) for one in rule.then}
    if rule.outcome is not None:
        given[OUTCOME] = words.outcome(rule.outcome)
    if rule.reason is not None:
        given[REASON] = rule.reason
    return {
        "rule": rule,
        "cells": [_cell(tests.get(name), words) for name in step.inputs],
        "gives": [given.get(name, "") for name in step.outputs],
    }


def _cell(one: Condition | None, words: Words) -> tuple[str, str]:
    """What a cell asks for, and how the text says that."""
    return ("–", "") if one is None or one.test.irrelevant else (words.condition(one), one.test.text)


def _scorecard(step: Scorecard, wanted: frozenset[str], words: Words) -> dict[str, Any]:
    widest = max((abs(rule.points) for rule in step.rules if rule.points), default=Decimal(1))
    below = any(rule.points is not None and rule.points < 0 for rule in step.rules)
    zero = BAR // 2 if below else 0
    return {
        "kind": "scorecard",
        "step": step,
        "characteristics": [
            {
                "label": words.labels[one.fact],
                "bands": [_band(rule, words, widest, zero) for rule in one.rules if rule.id in wanted],
            }
            for one in step.characteristics
            if any(rule.id in wanted for rule in one.rules)
        ],
        "zero": zero,
    }


def _band(rule: Rule, words: Words, widest: Decimal, zero: int) -> dict[str, Any]:
    """A band with its bar: where it begins and how long it is, of ``BAR`` in all."""
    points = rule.points or Decimal(0)
    length = int(abs(points) / widest * (BAR - zero))
    return {
        "rule": rule,
        "said": "; ".join(said for _label, said in words.conditions(rule)) or _("in any case"),
        "begin": zero - length if points < 0 else zero,
        "length": length,
    }


def _searched(rule: Rule, words: Words) -> str:
    """What a rule is found by."""
    conditions = " ".join(f"{label} {asked}" for label, asked in words.conditions(rule))
    effects = " ".join(f"{one.label} {one.given}" for one in words.effects(rule))
    return f"{rule.id} {said(rule.label)} {rule.source} {rule.reason or ''} {conditions} {effects}".lower()
