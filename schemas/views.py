"""What sales are told: the one place that says what is left out of a decision for them.

Told are the outcome, the outputs that are not sensitive, the reasons in words, and the
facts that sales may state themselves. Never the rules that held with the values they
read, calculated values, notes, faults of an engine, sources; nor a reason whose text
is marked sensitive: in its place stands, once, that there is one more.

A reason's text may name a number that it needs to be useful ("prepay 30 %"); who
writes a ruleset words it for the customer. What is sensitive cannot stand there: the
reading of a ruleset refuses that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.access import View
from app.domain.people import Role
from app.domain.ruleset import Ruleset
from app.domain.ways_forward import Way, WaysForward

NOT_SHOWN: Mapping[str, Any] = {
    "code": "NOT_SHOWN",
    "text": {
        "en": "There is a further reason, which a credit officer can tell.",
        "zh": "另有其他原因，请向信用专员了解。",
    },
    "principal": False,
}


def told_facts(ruleset: Ruleset, view: View) -> tuple[str, ...]:
    """The facts that are told: for sales, those they may state themselves and that are not sensitive."""
    if view is View.FULL:
        return tuple(ruleset.facts)
    return tuple(
        name
        for name, one in ruleset.facts.items()
        if not one.sensitive and (not one.given_by or Role.SALES in one.given_by)
    )


def told_outputs(ruleset: Ruleset, view: View) -> tuple[str, ...]:
    """The outputs that are told."""
    return tuple(name for name, one in ruleset.outputs.items() if view is View.FULL or not one.sensitive)


def told_reasons(ruleset: Ruleset, view: View) -> tuple[str, ...]:
    """The codes of the reasons whose texts are told."""
    return tuple(
        code for code in ruleset.reasons if view is View.FULL or code not in ruleset.sensitive_reasons
    )


def told_ways(found: WaysForward, view: View) -> tuple[Way, ...]:
    """The ways forward that are told: for sales, of facts told to them, and none that tells what is not."""
    if view is View.FULL:
        return found.ways
    facts = told_facts(found.ruleset, view)
    return tuple(
        way for way in found.ways if not way.tells and all(one.fact.name in facts for one in way.changes)
    )


class SalesView:
    """Documents of one ruleset as sales read them; what does not depend on the decision is made once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._facts = told_facts(ruleset, View.SALES)
        self._outputs = told_outputs(ruleset, View.SALES)
        self._open = frozenset(name for name, one in ruleset.facts.items() if not one.sensitive)
        self._hidden = ruleset.sensitive_reasons
        self._principal = ruleset.principal_reasons

    def outputs(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs told; none after the engines failed."""
        outputs = document["outputs"]
        return {name: outputs[name] for name in self._outputs if name in outputs}

    def facts(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The facts told. What was recalled, or stood in the customer file, others gave: it is left out."""
        facts = document["facts"]
        others = {*document.get("recalled", ()), *document.get("origins", ())}
        return {name: facts[name] for name in self._facts if name in facts and name not in others}

    def filled_in(self, document: Mapping[str, Any]) -> dict[str, str]:
        """Of each fact that others filled in and that is not sensitive: from where, and not with what."""
        return {
            name: origin["from"]
            for name, origin in document.get("origins", {}).items()
            if name in self._open and document["facts"].get(name) is not None
        }

    def reasons(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The reasons told, in order; which rule gave them is not."""
        told = [
            {"code": code, "text": document["texts"][code], "principal": place < self._principal}
            for place, (code, _) in enumerate(document["reasons"])
            if code not in self._hidden
        ]
        return told if len(told) == len(document["reasons"]) else [*told, dict(NOT_SHOWN)]
