"""A decision and an explanation as a person reads them in a terminal, in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from app.cli.console import table
from app.domain.ruleset import Ruleset
from app.domain.values import Text
from app.domain.wording import spoken
from schemas.constants import listed
from schemas.recorded import typed

MOST_ITEMS = 4
_WORDS = {
    "outcome": Text("Outcome", "结论"),
    "decision": Text("Decision", "决定编号"),
    "ruleset": Text("Ruleset", "规则集"),
    "as_of": Text("As of", "数据日期"),
    "about": Text("About", "对象"),
    "confirm": Text("takes effect only when a person confirms it", "须经人工确认后生效"),
    "output": Text("Output", "结果"),
    "value": Text("Value", "值"),
    "reason": Text("Reason", "理由代码"),
    "text": Text("Text", "说明"),
    "rule": Text("Rule", "规则"),
    "label": Text("Meaning", "含义"),
    "source": Text("Source", "来源"),
    "read": Text("Read", "读取值"),
    "overruled": Text("overruled", "未采用"),
    "decisive": Text("decisive", "决定性"),
    "step": Text("Step", "步骤"),
}


def show_decision(console: Console, ruleset: Ruleset, body: Mapping[str, Any], language: str) -> None:
    """Outcome, outputs, reasons, and every rule that fired with its source and the values it read."""

    def word(name: str) -> str:
        return _WORDS[name].said_in(language)

    confirm = f" ({word('confirm')})" if body["needs_confirmation"] else ""
    about = ", ".join(one for one in (body["customer"], body["reference"]) if one)
    head = [
        (word("outcome"), f"{body['outcome_label'][language]} [{body['outcome']}]{confirm}"),
        (word("decision"), body["id"]),
        (
            word("ruleset"),
            f"{body['policy']} {body['ruleset']['version']}, {ruleset.title.said_in(language)}",
        ),
        (word("as_of"), body["as_of"]),
        *([(word("about"), about)] if about else []),
    ]
    console.print(table(("", ""), head, header=False))
    outputs = [
        (ruleset.outputs[name].label.said_in(language), name, said(value, ruleset, name, language))
        for name, value in body["outputs"].items()
        if value not in (None, [])
    ]
    _section(console, (word("output"), "", word("value")), outputs)
    reasons = [(one["code"], one["text"][language], one["rule"] or "") for one in body["reasons"]]
    _section(console, (word("reason"), word("text"), word("rule")), reasons)
    fired = [
        (
            f"{one['step']}/{one['rule']}",
            one["label"][language],
            one["source"],
            _read(one, ruleset, language),
            _part(one, language),
        )
        for one in body["fired"]
    ]
    _section(console, (word("rule"), word("label"), word("source"), word("read"), ""), fired)


def show_explanation(console: Console, document: Mapping[str, Any], language: str) -> None:
    """Every step in order: a formula with its value and operands, a rule with whether and why."""
    decided_by = f"{document['policy']} {document['ruleset']['version']}"
    console.print(f"{document['outcome_label']} [{document['outcome']}], {decided_by}")
    for step in document["steps"]:
        console.print()
        if step["kind"] == "formula":
            because = f" ({step['because']})" if "because" in step else ""
            console.print(f"{step['step']}: {step['label']} = {step['said']}{because}", style="bold")
            operands = ", ".join(f"{name} {_plain(value)}" for name, value in step["operands"].items())
            console.print(
                f"  {' '.join(step['expression'].split())}" + (f"   [{operands}]" if operands else "")
            )
            continue
        console.print(f"{step['step']}: {step['label']}", style="bold")
        rows = [
            ("+" if rule["fired"] else "-", rule["rule"], rule["said"], rule["source"])
            for rule in step["rules"]
        ]
        console.print(
            table(("", _WORDS["rule"].said_in(language), "", _WORDS["source"].said_in(language)), rows)
        )


def said(value: Any, ruleset: Ruleset, name: str, language: str) -> str:
    """A value in its JSON form as a person reads it."""
    kind = ruleset.types[name]
    return spoken(typed(value, kind), kind, language, ruleset.currency)


def _plain(value: Any) -> str:
    """A value in its JSON form as formulas write it; a long list only begins."""
    if value is None or isinstance(value, bool):
        return {None: "unknown", True: "yes", False: "no"}[value]
    return f"[{listed(value, MOST_ITEMS)}]" if isinstance(value, list) else str(value)


def _section(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        console.print()
        console.print(table(columns, rows))


def _read(one: Mapping[str, Any], ruleset: Ruleset, language: str) -> str:
    return ", ".join(
        f"{name} = {said(value, ruleset, name, language)}" for name, value in one["read"].items()
    )


def _part(one: Mapping[str, Any], language: str) -> str:
    if not one["effective"]:
        return _WORDS["overruled"].said_in(language)
    return _WORDS["decisive"].said_in(language) if one["decisive"] else ""
