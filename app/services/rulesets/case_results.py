"""What comes out of the cases of a text, beside what they expect; and a decision that was made, as a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.analysis.examples import run_case
from app.analysis.wording import without_place
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.rules import OUTCOME
from app.domain.ruleset import Case, Ruleset
from app.domain.values import Value, ValueType
from app.engine.agreement import Engine
from schemas.interchange.cases_text import case_text, value_text
from schemas.interchange.places import with_item
from schemas.interchange.sheets import cell_text
from schemas.json_values import value_from_json
from schemas.ruleset import load
from schemas.ruleset.cases import FIRED, NOT_FIRED, REASONS
from schemas.text import read


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than a case expects; ``name`` is its key in ``expect``.

    ``written`` is what came out as an author writes it. ``rules`` are the ids of those that made it so, none
    where a formula did.
    """

    name: str
    expected: Any
    got: Any
    written: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came out of one case: ``differs`` and ``why`` are empty where it passes."""

    case: Case
    why: tuple[str, ...]
    differs: tuple[Difference, ...]

    @property
    def got(self) -> Mapping[str, str]:
        """By key of ``expect`` what came out otherwise, as an author writes it."""
        return {one.name: one.written for one in self.differs}


def case_results(plan: Plan, matcher: Matcher) -> list[CaseResult]:
    """The results in the order of the cases."""
    found = []
    for case in plan.ruleset.cases:
        findings, evaluation = run_case(plan, matcher, case)
        why = tuple(without_place(one.message) for one in findings)
        found.append(CaseResult(case, why, tuple(_differences(plan.ruleset, case, evaluation))))
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


def _differences(ruleset: Ruleset, case: Case, made: Evaluation) -> Iterator[Difference]:
    """The same as ``run_case`` finds, each with its values, for who says them in other words."""
    held = {one.rule.id for one in made.fired}
    reasons = tuple(one.code for one in made.reasons)
    if case.outcome is not None and case.outcome != made.outcome:
        decisive = tuple(one.rule.id for one in made.fired if one.decisive)
        yield Difference(OUTCOME, case.outcome, made.outcome, made.outcome, decisive)
    if case.reasons is not None and case.reasons != reasons:
        others = (one for one in made.reasons if one.code not in case.reasons and one.rule is not None)
        rules = tuple(str(one.rule).rpartition("/")[2] for one in others)
        yield Difference(REASONS, case.reasons, reasons, _listed(reasons), rules)
    for name, several, wanted in ((FIRED, case.fired, True), (NOT_FIRED, case.not_fired, False)):
        right = tuple(one for one in several if (one in held) is wanted)
        if right != several:
            wrong = tuple(one for one in several if one not in right)
            yield Difference(name, several, right, _listed(right), wrong)
    actual = {**made.derived, **made.outputs}
    for name, expected in case.values.items():
        got = actual.get(name)
        if got != expected and not (expected == () and got is None):
            givers = tuple(one.rule.id for one in made.fired if name in one.effect)
            yield Difference(name, expected, got, written(got, ruleset.types[name]), givers)


def written(value: Value, kind: ValueType) -> str:
    """A value as an author means it: a word without the quotes that YAML wants, a list as it is written."""
    line = f"cell: {value_text(value, kind)}\n"
    return cell_text(read(line)["cell"], line)


def _listed(words: Iterable[str]) -> str:
    return f"[{', '.join(words)}]"
