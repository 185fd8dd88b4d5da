"""What may be a name, an id, a code; and the words that the language keeps for itself."""

from __future__ import annotations

import re
from typing import Any

from app.domain.messages import told
from app.domain.rules import AS_OF, OUTCOME, MatchStep, Rule, RuleList, Table
from app.domain.values import Text
from schemas.ruleset.faults import Faults
from schemas.text import Block, line_of

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
IDENTIFIER = re.compile(r"[a-z][a-z0-9-]{1,63}")
REASON = re.compile(r"[A-Z][A-Z0-9_]{2,39}")
CHOICE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
CODE = re.compile(r"[A-Z][A-Z0-9_]*")
UNKNOWN = "unknown"
CELL_WORDS = frozenset(("yes", "no", "known", UNKNOWN, "not", "all", AS_OF, OUTCOME))
FORMULA_WORDS = frozenset(("if", "then", "else", "and", "or"))
LETTER_WORDS = frozenset(("reason", "reasons", "customer", "reference", "decision_id", "currency"))
RESERVED = CELL_WORDS | FORMULA_WORDS | LETTER_WORDS


def text(block: Block) -> Text:
    """A label in both languages."""
    return Text(str(block["en"]), str(block["zh"]))


def spoken(identifier: str) -> Text:
    """A step without a label is shown by its id, in words."""
    words = identifier.replace("-", " ").replace("_", " ")
    return Text(words, words)


def place_of(step: MatchStep, rule: Rule) -> str:
    """``table `limits`, row `best```: where a fault of a rule that has been read stands."""
    if isinstance(step, RuleList):
        return told("rules `{step}`, rule `{rule}`", step=step.id, rule=rule.id)
    if isinstance(step, Table):
        return told("table `{table}`, row `{row}`", table=step.id, row=rule.id)
    return told("scorecard `{scorecard}`, band `{band}`", scorecard=step.id, band=rule.id)


class Register:
    """The names and ids of one ruleset; notes one that cannot be, or stands twice."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.names: dict[str, Any] = {}
        self._ids: dict[str, tuple[Any, str]] = {}

    def name(self, name: Any, where: str = "") -> None:
        """Take down a new name; facts, parameters, outputs, formulas and scorecards share one namespace."""
        if not NAME.fullmatch(name):
            message = told(
                "`{name}` cannot be a name; names are lower-case words joined by _, such as order_amount",
                name=name,
            )
            self._faults.at(name, message, where)
        elif name in RESERVED:
            self._faults.at(
                name, told("`{name}` is a word of the language; choose another name", name=name), where
            )
        first = self.names.setdefault(name, name)
        if first is not name:
            message = told(
                "`{name}` is already declared on line {line}; facts, parameters, outputs, formulas and "
                "scorecards share their names",
                name=name,
                line=line_of(first),
            )
            self._faults.at(name, message, where)

    def identifier(self, identifier: Any, called: str, where: str = "") -> None:
        """Take down a new id of a step, row, rule, band or letter; they are unique in a ruleset."""
        if not IDENTIFIER.fullmatch(identifier):
            message = told(
                "`{identifier}` cannot be an id; ids are lower-case words joined by -, such as term-too-long",
                identifier=identifier,
            )
            self._faults.at(identifier, message, where)
        first, was = self._ids.setdefault(identifier, (identifier, called))
        if first is not identifier:
            line = line_of(first)
            message = told(
                "the id `{identifier}` is that of a {was} on line {line}; ids are unique in a ruleset",
                identifier=identifier,
                was=told(was),
                line=line,
            )
            self._faults.at(identifier, message, where)

    def step(self, identifier: Any, called: str, where: str = "") -> None:
        """Take down the id of a table or rule list, which must not be read as a value's name either."""
        self.identifier(identifier, called, where)
        if identifier in self.names:
            line = line_of(self.names[identifier])
            message = told(
                "`{identifier}` is also the name of a value on line {line}; give the {called} another id",
                identifier=identifier,
                line=line,
                called=told(called),
            )
            self._faults.at(identifier, message, where)
