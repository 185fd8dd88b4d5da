"""A policy as callers and forms see it: facts as JSON Schema with labels, outputs, outcomes, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.access import View
from app.domain.declarations import FactSpec, Output
from app.domain.ruleset import Ruleset
from app.domain.values import DECIMAL_KINDS, MOST_WHOLE, Kind, Text, ValueType
from schemas.json_values import ANSWERED_DECIMAL, DECIMAL_PATTERN, MAX_TEXT, json_value
from schemas.views import told_facts, told_outputs, told_reasons


def policy_summary(ruleset: Ruleset) -> dict[str, Any]:
    """A policy in a list: its name, and what answers it now."""
    return {
        "policy": ruleset.policy,
        "title": _words(ruleset.title),
        "active": {"version": ruleset.version, "digest": ruleset.digest},
    }


def policy_document(ruleset: Ruleset, view: View = View.FULL) -> dict[str, Any]:
    """Everything a caller needs to ask, and to understand the answer.

    For sales: the facts that are theirs to state, the outputs they are told, and no parameter.
    """
    reasons = told_reasons(ruleset, view)
    return {
        "policy": ruleset.policy,
        "title": _words(ruleset.title),
        "description": _words(ruleset.description) if ruleset.description else None,
        "ruleset": {"version": ruleset.version, "digest": ruleset.digest},
        "currency": ruleset.currency,
        "otherwise": ruleset.otherwise,
        "outcomes": [
            {
                "id": one.id,
                "kind": str(one.kind),
                "label": _words(one.label),
                "needs_confirmation": one.confirm,
            }
            for one in ruleset.outcomes
        ],
        "facts": facts_schema(ruleset, view),
        "outputs": {name: output_schema(ruleset.outputs[name]) for name in told_outputs(ruleset, view)},
        "parameters": {
            name: {
                "type": str(one.type.kind),
                "value": json_value(one.value),
                "source": one.source,
                "label": _words(one.label),
            }
            for name, one in (ruleset.parameters if view is View.FULL else {}).items()
        },
        "reasons": {code: _words(ruleset.reasons[code]) for code in reasons},
        "letters": [one.id for one in ruleset.letters] if view is View.FULL else [],
        "example": example(ruleset, view),
    }


def example(ruleset: Ruleset, view: View = View.FULL) -> dict[str, Any]:
    """Facts that can be sent as they are: those of the ruleset's baseline."""
    known = told_facts(ruleset, view)
    return {
        name: json_value(value)
        for name, value in ruleset.baseline.items()
        if value is not None and name in known
    }


def facts_schema(ruleset: Ruleset, view: View = View.FULL) -> dict[str, Any]:
    """The facts as a JSON Schema (2020-12) object; labels stand beside, under ``x-termwise``."""
    known = told_facts(ruleset, view)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in known if not ruleset.facts[name].unknown_allowed],
        "properties": {name: fact_schema(ruleset.facts[name]) for name in known},
    }


def fact_schema(spec: FactSpec) -> dict[str, Any]:
    """One fact: what JSON it takes, its bounds, and what a form says about it."""
    schema = type_schema(spec.type)
    if spec.unknown_allowed:
        schema = {"anyOf": [schema, {"type": "null"}]}
    about: dict[str, Any] = {"kind": str(spec.type.kind), "label": _words(spec.label)}
    for key, value in (("minimum", spec.minimum), ("maximum", spec.maximum)):
        if value is not None:
            about[key] = json_value(value)
    if spec.type.choices:
        about["choices"] = {choice: _words(spec.type.label_of(choice)) for choice in spec.type.choices}
    if spec.given_by:
        about["given_by"] = list(spec.given_by)
    if spec.group is not None:
        about["group"] = spec.group
    if spec.help is not None:
        about["help"] = _words(spec.help)
    if spec.changeable is not None:
        about["changeable"] = {
            "direction": spec.changeable.direction,
            "step": json_value(spec.changeable.step),
        }
    if spec.recall is not None:
        about["recalled_from"] = {"output": spec.recall.output, "by": spec.recall.by}
    return {**schema, "title": spec.label.en, "x-termwise": about}


def output_schema(output: Output) -> dict[str, Any]:
    """One output of an answer; null while nothing contributed to it."""
    about = {"kind": str(output.type.kind), "label": _words(output.label)}
    schema = {"anyOf": [type_schema(output.type, given=False), {"type": "null"}]}
    return {**schema, "title": output.label.en, "x-termwise": about}


def outputs_schema(ruleset: Ruleset, view: View = View.FULL) -> dict[str, Any]:
    """The outputs of an answer; there are none after the engines disagreed."""
    properties = {name: output_schema(ruleset.outputs[name]) for name in told_outputs(ruleset, view)}
    return {"type": "object", "additionalProperties": False, "properties": properties}


_WHOLE = {"type": "integer", "minimum": -MOST_WHOLE, "maximum": MOST_WHOLE}
_DATE = {"type": "string", "format": "date"}
_PLAIN: Mapping[Kind, Mapping[str, Any]] = {
    Kind.DAYS: _WHOLE,
    Kind.HOURS: _WHOLE,
    Kind.DATE: _DATE,
    Kind.DATES: {"type": "array", "items": _DATE},
    Kind.YES_NO: {"type": "boolean"},
    Kind.TEXT: {"type": "string", "maxLength": MAX_TEXT},
}


def type_schema(value_type: ValueType, *, given: bool = True) -> dict[str, Any]:
    """The JSON form of a value of that type, as it may be ``given``, or else as answers have it."""
    kind = value_type.kind
    if kind in DECIMAL_KINDS and given:
        about = f"a decimal string of at most {value_type.decimals} decimals, or an integer; never a float"
        return {"type": ["string", "integer"], "pattern": DECIMAL_PATTERN, "description": about}
    if kind in DECIMAL_KINDS:
        about = f"a decimal with {value_type.decimals} decimals"
        return {"type": "string", "pattern": ANSWERED_DECIMAL, "description": about}
    if kind is Kind.CHOICE:
        return {"type": "string", "enum": list(value_type.choices)}
    if kind is Kind.CHOICES:
        return {
            "type": "array",
            "items": {"type": "string", "enum": list(value_type.choices)},
            "uniqueItems": True,
        }
    if kind is Kind.RECORDS:
        fields = {
            name: {"anyOf": [type_schema(one, given=given), {"type": "null"}]}
            for name, one in value_type.fields.items()
        }
        return {
            "type": "array",
            "items": {"type": "object", "additionalProperties": False, "properties": fields},
        }
    return dict(_PLAIN[kind])


def _words(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
