"""The keys of a ruleset's text: which stand where, and what kind of thing each holds.

They are settled with care, because published texts are immutable: what is
silent here is refused, not guessed.
"""

from __future__ import annotations

from schemas.ruleset.checking import (
    Anything,
    Cells,
    EachOf,
    Either,
    Inside,
    Keys,
    ListOf,
    Named,
    One,
    OneOr,
    Several,
)
from schemas.ruleset.faults import Faults
from schemas.ruleset.step_shapes import Steps
from schemas.text import Block

ONE, SEVERAL, CELLS, ANYTHING = One(), Several(), Cells(), Anything()
COLUMNS = Several(needs="column")
SAMPLES = Named(deep=True)


def _text(called: str = "text") -> Keys:
    return Keys(called, "", {"en": ONE, "zh": ONE}, {})


TEXT = Inside(_text())
REASON = Keys("reason", "", {"en": ONE, "zh": ONE}, {"sensitive": ONE})
VALUES = Either(EachOf(_text("value")), "a list of codes such as [A, B], or each value with its label")
TYPE = {"type": ONE}
TYPE_OPTIONS = {"values": VALUES, "decimals": ONE}

OUTCOME = Keys("outcome", "id", {"id": ONE, "kind": ONE, "label": TEXT}, {"confirm": ONE})

FACT = Keys(
    "fact",
    "",
    {**TYPE, "label": TEXT},
    {
        **TYPE_OPTIONS,
        "min": ONE,
        "max": ONE,
        "unknown": ONE,
        "given_by": SEVERAL,
        "changeable": Inside(Keys("changeable", "", {"direction": ONE}, {"step": ONE})),
        "max_age": ONE,
        "sensitive": ONE,
        "group": ONE,
        "help": TEXT,
        "recall": Inside(Keys("recall", "", {"output": ONE, "by": ONE}, {})),
    },
)

PARAMETER = Keys("parameter", "", {**TYPE, "value": ANYTHING, "source": ONE, "label": TEXT}, TYPE_OPTIONS)

FIELD = Keys("field", "", {**TYPE, "label": TEXT}, TYPE_OPTIONS)

OUTPUT = Keys(
    "output",
    "",
    {**TYPE, "label": TEXT},
    {**TYPE_OPTIONS, "fields": EachOf(FIELD), "combine": ONE, "total": Named(), "sensitive": ONE},
)

EXAMPLES = {"fires_on": SAMPLES, "not_on": SAMPLES}

FORMULA = Keys(
    "formula",
    "formula",
    {"formula": ONE, **TYPE, "expression": ONE, "label": TEXT},
    {**TYPE_OPTIONS, "output": ONE, "source": ONE},
)

ROW = Keys(
    "row", "id", {"id": ONE, "when": SEVERAL, "then": CELLS, "source": ONE}, {"label": TEXT, **EXAMPLES}
)

TABLE = Keys(
    "table",
    "table",
    {"table": ONE, "hit_policy": ONE, "inputs": COLUMNS, "outputs": COLUMNS, "rows": ListOf(ROW)},
    {"label": TEXT, "aggregate": ONE},
)

RULE = Keys(
    "rule", "id", {"id": ONE, "label": TEXT, "when": Named(), "then": SAMPLES, "source": ONE}, EXAMPLES
)

RULES = Keys("rules", "rules", {"rules": ONE, "hit_policy": ONE, "list": ListOf(RULE)}, {"label": TEXT})

BAND = Keys(
    "band", "id", {"id": ONE, "when": ONE, "points": ONE}, {"reason": ONE, "label": TEXT, "source": ONE}
)

UNKNOWN_BAND = Keys("band", "id", {"id": ONE, "points": ONE}, {"reason": ONE, "label": TEXT, "source": ONE})

CHARACTERISTIC = Keys(
    "characteristic",
    "fact",
    {"fact": ONE, "bands": ListOf(BAND)},
    {"source": ONE, "unknown": Inside(UNKNOWN_BAND)},
)

SCORECARD = Keys(
    "scorecard",
    "scorecard",
    {"scorecard": ONE, "characteristics": ListOf(CHARACTERISTIC)},
    {"label": TEXT, "source": ONE, "scale": ONE, "decimals": ONE},
)

LETTER = Keys("letter", "id", {"id": ONE, "when": Named(), "to": ONE, "subject": TEXT, "body": TEXT}, {})

CASE = Keys("case", "name", {"name": ONE, "given": SAMPLES, "expect": SAMPLES}, {"as_of": ONE})

MONOTONE = Keys("monotone", "", {"better": Named(), "never_worse": ONE}, {})

CHECKS = Keys(
    "checks",
    "",
    {},
    {
        "gaps": ONE,
        "overlaps": ONE,
        "dead_rules": ONE,
        "thresholds": ONE,
        "monotone": ListOf(MONOTONE, may_be_empty=True),
    },
)

TERM = Keys("term", "", {"min": ONE, "max": ONE, "source": ONE}, {"with": SEVERAL})

DUE = Keys("due", "", {"hours": ONE, "source": ONE}, {})

REFERRALS = Keys(
    "referrals",
    "",
    {"amount": ONE, "due": OneOr(Inside(DUE)), "reasons": EachOf(_text("reason"))},
    {"days": ONE, "settle_with": SEVERAL, "also_when": Named(), "terms": EachOf(TERM)},
)

RULESET = Keys(
    "ruleset",
    "",
    {
        "language": ONE,
        "policy": ONE,
        "version": ONE,
        "title": TEXT,
        "currency": ONE,
        "outcomes": ListOf(OUTCOME),
        "otherwise": ONE,
        "facts": EachOf(FACT),
        "steps": Steps({"formula": FORMULA, "table": TABLE, "rules": RULES, "scorecard": SCORECARD}),
        "baseline": SAMPLES,
    },
    {
        "description": TEXT,
        "principal_reasons": ONE,
        "parameters": EachOf(PARAMETER),
        "outputs": EachOf(OUTPUT),
        "reasons": EachOf(REASON),
        "letters": ListOf(LETTER, may_be_empty=True),
        "referrals": Inside(REFERRALS),
        "cases": ListOf(CASE, may_be_empty=True),
        "checks": Inside(CHECKS),
    },
)


def check_shape(text: Block, faults: Faults) -> None:
    """Note every key that is missing, strange or holds the wrong kind of thing."""
    RULESET.check(text, "a ruleset", "", faults)
