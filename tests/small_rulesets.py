"""Small rulesets for tests: the parts that a test is about, in a sound text, decided by both engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from textwrap import dedent, indent

from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, ValueType
from app.engine.agreement import Engine
from schemas.constants import constant, constants
from schemas.ruleset import load

LABEL = "label: {en: Text, zh: 文字}"
OUTCOMES = """
- {id: pass, kind: favourable, label: {en: Passed, zh: 通过}}
- {id: counter, kind: conditional, label: {en: Countered, zh: 还价}}
- {id: refer, kind: referral, label: {en: Referred, zh: 转人工}}
- {id: refuse, kind: adverse, label: {en: Refused, zh: 拒绝}}
"""
TODAY = date(2026, 1, 15)


def text(steps: str, *, otherwise: str = "pass", **parts: str) -> str:
    """The text of a ruleset with these steps; ``parts`` are further keys, each with the lines below it.

    Facts, parameters and outputs may leave out ``label`` and ``source``:
    ``amount: {type: money}`` is enough.
    """
    lines = ["language: 1", "policy: small", "version: 1.0.0", "title: {en: Small, zh: 小}", "currency: CNY"]
    lines += [
        "outcomes:",
        indent(dedent(parts.pop("outcomes", OUTCOMES)).strip("\n"), "  "),
        f"otherwise: {otherwise}",
    ]
    given = {"facts": "", "baseline": "", **parts}
    for key, below in given.items():
        below = dedent(below).strip("\n")
        if key in ("facts", "parameters", "outputs"):
            below = "\n".join(_completed(line, key) for line in below.split("\n") if line.strip())
        lines.append(f"{key}:\n{indent(below, '  ')}" if below.strip() else f"{key}: {{}}")
    return "\n".join([*lines, "steps:", indent(dedent(steps).strip("\n"), "  ")]) + "\n"


def _completed(line: str, key: str) -> str:
    extra = ", source: x" if key == "parameters" and "source:" not in line else ""
    return f"{line[:-1]}{extra}, {LABEL}}}" if "label:" not in line else line


def ruleset(steps: str, **parts: str) -> Ruleset:
    """The ruleset of ``text``; facts that must be known need a value in ``baseline``."""
    return load(text(steps, **parts))


def written(value: str | list[str], value_type: ValueType) -> Value:
    """A value as a text writes it; ``unknown`` is None."""
    if value == "unknown":
        return None
    if value_type.kind is Kind.CHOICES:
        return constants(value if isinstance(value, list) else [value], value_type)
    assert isinstance(value, str)
    return constant(value, value_type)


def rules(name: str, hit_policy: str, *lines: str) -> str:
    """A list of rules, each line such as ``big, {amount: "> 5"}, {outcome: refuse}``: id, when, then."""
    said = [_rule(*line.split(", ", 1)) for line in lines]
    return "\n".join([f"- rules: {name}", f"  hit_policy: {hit_policy}", "  list:", *said])


def _rule(identifier: str, rest: str) -> str:
    when, then = rest.split("}, ", 1)
    return f"  - {{id: {identifier}, {LABEL}, when: {when}}}, then: {then}, source: x}}"


def decide(
    decided: Ruleset, facts: Mapping[str, str | list[str]] | None = None, as_of: date = TODAY
) -> Evaluation:
    """What the ruleset says about its baseline with these facts, matched by both engines."""
    given = {name: written(value, decided.facts[name].type) for name, value in (facts or {}).items()}
    engine = Engine(decided)
    try:
        return Plan(decided).evaluate(engine.matcher, {**decided.baseline, **given}, as_of)
    finally:
        engine.close()
