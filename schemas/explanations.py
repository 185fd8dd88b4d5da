"""An explanation as JSON: every rule, fired or not, every formula with its operands."""

from __future__ import annotations

from typing import Any

from app.domain.access import View
from app.domain.explanation import Explanation, FormulaExplanation, RuleExplanation, StepExplanation
from app.domain.rules import Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.values import LANGUAGES, Text, Value, ValueType
from app.domain.wording import reason_text, spoken
from schemas.json_values import json_value, json_values
from schemas.origins import said as origin_text
from schemas.views import NOT_SHOWN, told_facts

_FIRED = Text("{label} applies.", "适用：{label}。")
_OVERRULED = Text(
    "{label} applies, but another rule of its step takes precedence.",
    "{label}成立，但同一步骤中另有规则优先。",
)
_SILENT = Text(
    "{label} does not apply: {fact} is {actual}, and the rule asks for {test}.",
    "不适用：{label}。{fact}为{actual}，规则要求{test}。",
)
_UNREACHED = Text("{label} was not reached.", "未执行到：{label}。")
_UNKNOWN_OPERANDS = Text("unknown, because {names} is not known", "未知，因为{names}未知")
_NO_NUMBER = Text(
    "unknown, because it would divide by zero or grow beyond measure", "未知，因为除数为零或数值过大"
)


class _Said:
    """Words in one language, or in both as an object."""

    def __init__(self, ruleset: Ruleset, language: str | None) -> None:
        self.ruleset = ruleset
        self.only = language
        self.labels = _labels(ruleset)

    def __call__(self, text: Text) -> Any:
        return {"en": text.en, "zh": text.zh} if self.only is None else text.said_in(self.only)

    def filled(self, text: Text, **parts: Text) -> Any:
        def fill(language: str) -> str:
            return text.said_in(language).format(
                **{name: part.said_in(language) for name, part in parts.items()}
            )

        return self(Text(*(fill(one) for one in LANGUAGES)))

    def value(self, name: str, value: Value) -> Text:
        kind: ValueType = self.ruleset.types[name]
        return Text(*(spoken(value, kind, one, self.ruleset.currency) for one in LANGUAGES))


def _labels(ruleset: Ruleset) -> dict[str, Text]:
    labels = {"as_of": Text("The day", "日期"), "outcome": Text("The outcome so far", "目前结论")}
    for declared in (ruleset.facts, ruleset.parameters, ruleset.outputs):
        labels.update({name: one.label for name, one in declared.items()})
    labels.update({step.id: step.label for step in ruleset.steps})
    return labels


def explanation_document(explanation: Explanation, language: str | None = None) -> dict[str, Any]:
    """The whole explanation; texts in ``language``, or in both as ``{en, zh}``."""
    evaluation = explanation.evaluation
    ruleset = evaluation.ruleset
    said = _Said(ruleset, language)
    document: dict[str, Any] = {
        "policy": ruleset.policy,
        "ruleset": {"version": ruleset.version, "digest": ruleset.digest},
        "as_of": evaluation.as_of.isoformat(),
        "outcome": evaluation.outcome,
        "outcome_label": said(ruleset.outcome(evaluation.outcome).label),
        "reasons": [
            {"code": one.code, "rule": one.rule, "text": said(reason_text(evaluation, one.code))}
            for one in evaluation.reasons
        ],
        "facts": [
            {
                "name": name,
                "label": said(said.labels[name]),
                "value": json_value(value),
                "said": said(said.value(name, value)),
                **_origin(explanation, name, said),
            }
            for name, value in evaluation.facts.items()
        ],
        "steps": [
            _formula(one, said) if isinstance(one, FormulaExplanation) else _step(one, said)
            for one in explanation.steps
        ],
    }
    if evaluation.failure:
        document["failure"] = {"code": evaluation.failure.code, "detail": evaluation.failure.detail}
    return document


def _origin(explanation: Explanation, name: str, said: _Said) -> dict[str, Any]:
    origin = explanation.origins.get(name)
    return {} if origin is None else {"origin": origin, "origin_said": said(origin_text(origin))}


def explanation_for_sales(explanation: Explanation, language: str | None = None) -> dict[str, Any]:
    """What a representative can use: the reasons in words, and what they could still state themselves.

    No rule, no value read, no threshold and no calculation; see ``schemas.views``.
    """
    evaluation = explanation.evaluation
    ruleset = evaluation.ruleset
    said = _Said(ruleset, language)
    told = [
        {"code": one.code, "text": said(reason_text(evaluation, one.code))}
        for one in evaluation.reasons
        if one.code not in ruleset.sensitive_reasons
    ]
    if len(told) < len(evaluation.reasons):
        told.append({"code": NOT_SHOWN["code"], "text": said(Text(**NOT_SHOWN["text"]))})
    return {
        "policy": ruleset.policy,
        "ruleset": {"version": ruleset.version, "digest": ruleset.digest},
        "as_of": evaluation.as_of.isoformat(),
        "outcome": evaluation.outcome,
        "outcome_label": said(ruleset.outcome(evaluation.outcome).label),
        "reasons": told,
        "not_stated": [
            {"name": name, "label": said(said.labels[name])}
            for name in told_facts(ruleset, View.SALES)
            if evaluation.facts.get(name) is None
        ],
    }


def _formula(one: FormulaExplanation, said: _Said) -> dict[str, Any]:
    formula = one.formula
    document: dict[str, Any] = {
        "step": formula.name,
        "kind": "formula",
        "label": said(formula.label),
        "line": formula.line,
        "expression": formula.text,
        "value": json_value(one.value),
        "said": said(said.value(formula.name, one.value)),
        "operands": json_values(one.operands),
    }
    if one.note is not None and one.note.unknown:
        names = Text(
            *(
                ("、" if lang == "zh" else ", ").join(
                    said.labels[name].said_in(lang) for name in one.note.because
                )
                for lang in LANGUAGES
            )
        )
        document["because"] = (
            said.filled(_UNKNOWN_OPERANDS, names=names) if one.note.because else said(_NO_NUMBER)
        )
    elif one.note is not None:
        document["skipped"] = list(one.note.because)
    return document


def _step(one: StepExplanation, said: _Said) -> dict[str, Any]:
    step = one.step
    kind = "table" if isinstance(step, Table) else "scorecard" if isinstance(step, Scorecard) else "rules"
    document: dict[str, Any] = {
        "step": step.id,
        "kind": kind,
        "label": said(step.label),
        "line": step.line,
        "reached": one.reached,
    }
    if not isinstance(step, Scorecard):
        document["hit_policy"] = str(step.hit_policy)
    document["rules"] = [_rule(rule, said) for rule in one.rules]
    return document


def _rule(one: RuleExplanation, said: _Said) -> dict[str, Any]:
    rule, fired = one.rule, one.fired
    document: dict[str, Any] = {
        "rule": rule.id,
        "label": said(rule.label),
        "source": rule.source,
        "line": rule.line,
        "fired": fired is not None,
    }
    if fired is not None:
        document |= {
            "read": json_values(fired.read),
            "effect": json_values(fired.effect),
            "effective": fired.effective,
            "decisive": fired.decisive,
        }
        if rule.points is not None:
            document |= {"points": f"{rule.points:f}", "points_lost": f"{fired.points_lost or 0:f}"}
        document["said"] = said.filled(_FIRED if fired.effective else _OVERRULED, label=rule.label)
    elif one.failing is not None:
        name, test = one.failing.name, one.failing.test.text
        document["failing"] = {"fact": name, "test": test, "actual": json_value(one.actual)}
        document["said"] = said.filled(
            _SILENT,
            label=rule.label,
            fact=said.labels[name],
            actual=said.value(name, one.actual),
            test=Text(test, test),
        )
    else:
        document["said"] = said.filled(_UNREACHED, label=rule.label)
    return document
