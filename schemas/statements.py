"""What a statement of reasons tells of a decision, and its shape.

A customer reads never more than sales may: the sales view of outcome, outputs, facts and reasons is where
this begins, whoever asks. Of those it tells what the ruleset's own letters to customers name, because their
author chose it for customers; a ruleset without letters tells all that sales may read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.access import View
from app.domain.rules import OUTCOME, Reference
from app.domain.ruleset import Letter, Ruleset
from app.domain.unary_tests import holds
from app.domain.values import Value
from app.domain.wording import measured, names_in
from schemas.recorded import recorded, typed
from schemas.shapes import (
    DAY,
    ID,
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)
from schemas.views import NOT_SHOWN, SalesView, told_facts, told_outputs

CUSTOMER = "customer"
Document = Mapping[str, Any]


def addresses_customers(ruleset: Ruleset) -> bool:
    """Whether its decisions are told to customers: it has letters to them, or no letters at all."""
    return not ruleset.letters or any(one.to == CUSTOMER for one in ruleset.letters)


def asked(ruleset: Ruleset, document: Document, outcome: str, language: str) -> list[dict[str, Any]]:
    """What was asked: the facts that the customer can change, and those that a letter to them names."""
    facts = SalesView(ruleset).facts(document)
    named = _named(ruleset, document, outcome) or frozenset()
    chosen = [
        name
        for name in told_facts(ruleset, View.SALES)
        if ruleset.facts[name].changeable is not None or name in named
    ]
    return _lines(ruleset, {name: facts[name] for name in chosen if name in facts}, language)


def decided(ruleset: Ruleset, document: Document, outcome: str, language: str) -> list[dict[str, Any]]:
    """What was decided besides the outcome: the outputs that a letter to the customer names."""
    outputs, named = SalesView(ruleset).outputs(document), _named(ruleset, document, outcome)
    chosen = {name: value for name, value in outputs.items() if named is None or name in named}
    return _lines(ruleset, chosen, language)


def settled(
    ruleset: Ruleset, document: Document, outcome: str, terms: Document, language: str
) -> list[dict[str, Any]]:
    """What a person settled besides the outcome.

    What was calculated for other terms than theirs would contradict them; so told are the terms that were
    set and, where the proposal was confirmed, its own value of a term that was not.
    """
    if outcome == document["outcome"] and not terms:
        return decided(ruleset, document, outcome, language)
    told = told_outputs(ruleset, View.SALES)
    found = {name: value for name, value in terms.items() if name in told}
    if outcome == document["outcome"] and ruleset.referrals is not None:
        own = SalesView(ruleset).outputs(document)
        found = {name: own[name] for name in ruleset.referrals.terms if name in own} | found
    return _lines(ruleset, found, language)


def reasons(
    ruleset: Ruleset, document: Document, procedural: Collection[str], language: str
) -> tuple[list[dict[str, str]], bool]:
    """The principal reasons that may be told, and whether there is one that may not.

    ``procedural`` ones say nothing of the customer, and neither does that an engine could not answer.
    """
    told = SalesView(ruleset).reasons(document)
    codes = [code for code in ruleset.reasons if code not in procedural]
    found = [{"code": one["code"], "text": one["text"][language]} for one in told if one["code"] in codes]
    hidden = any(one["code"] == NOT_SHOWN["code"] for one in told)
    return found[: ruleset.principal_reasons], hidden


def _named(ruleset: Ruleset, document: Document, outcome: str) -> frozenset[str] | None:
    """The names in the letters to customers that this outcome calls for, else in any; None: no letters."""
    letters = [one for one in ruleset.letters if one.to == CUSTOMER]
    if not letters:
        return None
    called = [one for one in letters if _called_for(one, ruleset, document, outcome)]
    return frozenset[str]().union(*map(names_in, called or letters))


def _called_for(letter: Letter, ruleset: Ruleset, document: Document, outcome: str) -> bool:
    def value(name: str) -> Value:
        return outcome if name == OUTCOME else recorded(ruleset, document, Reference(name))

    return all(holds(one.test, value(one.name)) for one in letter.when)


def _lines(ruleset: Ruleset, values: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Names, labels and values in words; what is unknown, and a list with nothing in it, is left out."""
    types = ruleset.types
    return [
        {
            "name": name,
            "label": _label(ruleset, name, language),
            "said": list(measured(typed(value, types[name]), types[name], language, ruleset.currency)),
        }
        for name, value in values.items()
        if value is not None and value != []
    ]


def _label(ruleset: Ruleset, name: str, language: str) -> str:
    declared = ruleset.outputs.get(name) or ruleset.facts[name]
    return declared.label.said_in(language)


_LINES = listed(closed({"name": TEXT, "label": TEXT, "said": listed(TEXT)}))
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

SHAPES: Mapping[str, Schema] = {
    "Statement": closed(
        {
            "id": ID,
            "language": {"enum": ["en", "zh"]},
            "issuer": closed({"company": TEXT_OR_NULL, "address": TEXT_OR_NULL}),
            "customer": TEXT_OR_NULL,
            "reference": TEXT_OR_NULL,
            "policy": TEXT,
            "subject": TEXT,
            "decided_at": INSTANT,
            "decided_on": {**DAY, "description": "the day of `decided_at` in the operator's zone"},
            "asked": _LINES,
            "outcome": TEXT,
            "outcome_kind": {"enum": ["adverse", "conditional"]},
            "outcome_label": TEXT,
            "by": {"enum": ["rules", "person", "confirmed"]},
            "expires_at": or_null(INSTANT),
            "outputs": _LINES,
            "reasons": listed(closed({"code": TEXT, "text": TEXT})),
            "reasons_withheld": {**YES_NO, "description": "a further reason may not be told to customers"},
            "reasons_specific": {**YES_NO, "description": "one names more than a grade or score"},
            "ways_forward": listed(TEXT),
            "review": closed({"contact": TEXT_OR_NULL, "days": WHOLE, "until": DAY}),
            "country": TEXT_OR_NULL,
            "notices": listed(closed({"id": TEXT, "title": TEXT, "text": TEXT, "source": TEXT})),
            "proof": closed(
                {
                    "ruleset": part("Ruleset"),
                    "leaf_hash": _HASH,
                    "resolution": or_null(closed({"id": ID, "leaf_hash": _HASH})),
                }
            ),
            "missing": {**listed(TEXT), "description": "settings without which it is not to be sent"},
        }
    ),
}
