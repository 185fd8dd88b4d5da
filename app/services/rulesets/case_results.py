"""What comes out of the cases of a text, beside what they expect; and a decision that was made, as a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.analysis.examples import run_case
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.rules import OUTCOME
from app.domain.ruleset import Case, Ruleset
from app.engine.agreement import Engine
from schemas.interchange.cases_text import case_text, value_text
from schemas.interchange.places import with_item
from schemas.interchange.sheets import cell_text
from schemas.json_values import value_from_json
from schemas.ruleset import load
from schemas.ruleset.cases import FIRED, NOT_FIRED, REASONS
from schemas.text import read


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: why it fails, nothing where it passes.

    ``got`` says by key of ``expect`` what came out otherwise; what came out as expected is not written anew.
    """

    why: tuple[str, ...]
    got: Mapping[str, str]


def case_results(text: bytes) -> list[CaseResult]:
    """The results in the order of the cases. Raises ``Invalid`` for a text that does not load."""
    ruleset = load(text)
    plan = Plan(ruleset)
    found = []
    with Engine(ruleset) as engine:
        for case in ruleset.cases:
            findings, evaluation = run_case(plan, engine.matcher, case)
            head = f"case `{case.name}` (line {case.line}): "
            why = tuple(one.message.removeprefix(head) for one in findings)
            found.append(CaseResult(why, _got(ruleset, case, evaluation)))
    return found


def with_decision(text: bytes, name: str, facts: Mapping[str, Any], as_of: date) -> bytes:
    """``text`` with one more case: facts of a decision (JSON), and what the text says of them now.

    Facts that the text does not declare, and those that are as in its baseline, are left out.
    """
    ruleset = load(text)
    given = {}
    for key, value in facts.items():
        if key in ruleset.facts:
            read = None if value is None else value_from_json(value, ruleset.facts[key].type)
            if read != ruleset.baseline.get(key):
                given[key] = read
    with Engine(ruleset) as engine:
        plan = Plan(ruleset)
        made = plan.evaluate(engine.matcher, {**ruleset.baseline, **given}, as_of)
    reasons = tuple(one.code for one in made.reasons)
    case = Case(name, given, as_of, made.outcome, reasons)
    return with_item(text, "cases", case_text(ruleset, case))


def _got(ruleset: Ruleset, case: Case, made: Evaluation) -> dict[str, str]:
    found = {}
    held = {one.rule.id for one in made.fired}
    reasons = tuple(one.code for one in made.reasons)
    if case.outcome is not None and case.outcome != made.outcome:
        found[OUTCOME] = made.outcome
    if case.reasons is not None and case.reasons != reasons:
        found[REASONS] = _listed(reasons)
    if not held.issuperset(case.fired):
        found[FIRED] = _listed(one for one in case.fired if one in held)
    if not held.isdisjoint(case.not_fired):
        found[NOT_FIRED] = _listed(one for one in case.not_fired if one not in held)
    actual = {**made.derived, **made.outputs}
    for name, expected in case.values.items():
        if actual.get(name) != expected:
            found[name] = _as_meant(value_text(actual.get(name), ruleset.types[name]))
    return found


def _as_meant(written: str) -> str:
    """A word without the quotes that YAML wants around it; a list or a record as it is written."""
    line = f"cell: {written}\n"
    return cell_text(read(line)["cell"], line)


def _listed(words: Iterable[str]) -> str:
    return f"[{', '.join(words)}]"
