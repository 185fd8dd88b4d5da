"""Texts with placeholders: reasons and letters may name values of the decision, and nothing else."""

from __future__ import annotations

import re
from typing import Any

from app.domain.messages import told
from app.domain.rules import AS_OF, OUTCOME
from app.domain.ruleset import Letter
from app.domain.values import LANGUAGES, Kind, Text
from schemas.constants import nearest, one_of
from schemas.ruleset.conditions import conditions
from schemas.ruleset.faults import within
from schemas.ruleset.scope import Scope
from schemas.ruleset.value_types import flag
from schemas.ruleset.words import REASON, text
from schemas.text import Block, Items

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAMES_IN_LETTERS = frozenset(("customer", "reference", "decision_id", "currency"))
RECIPIENTS = ("customer", "finance", "sales", "legal", "insurer", "agency", "credit-officer")
SERVICE_REASONS = ("ENGINE_DISAGREEMENT", "ENGINE_FAILED", "RULES_CONFLICT")
REASONS, REASON_TEXT, CHOICE_LABEL = "reasons", "text", "label"


def reasons(block: Block, scope: Scope, sensitive: frozenset[str]) -> dict[str, Text]:
    """The reason codes with their texts; each is used by some rule.

    A text that sales read may not name what is ``sensitive``.
    """
    found = {}
    for code, words in block.items():
        where = told("reason `{code}`", code=code)
        if not REASON.fullmatch(code):
            message = "a reason code is written in 3 to 40 capitals, digits and _, such as TERM_TOO_LONG"
            scope.faults.at(code, message, where)
        elif code in SERVICE_REASONS:
            scope.faults.at(code, "this code is the service's own; choose another", where)
        elif code not in scope.reasons_used:
            scope.faults.at(code, "no rule gives this reason; remove it, or let a rule give it", where)
        hidden = flag(words, "sensitive", "yes", scope.faults, where)
        for language in LANGUAGES:
            shown = frozenset() if hidden else sensitive
            _Placeholders(scope, words[language], within(where, language)).check_reason(shown)
        found[str(code)] = text(words)
    return found


def letters(items: Items, scope: Scope) -> tuple[Letter, ...]:
    """The letters that a decision may call for."""
    found = []
    for item in items:
        where = told("letter `{id}`", id=item["id"])
        scope.register.identifier(item["id"], "letter", where)
        with scope.faults.noted(item["to"], where):
            one_of(item["to"], RECIPIENTS)
        when = conditions(item["when"].items(), scope, where)
        for part in ("subject", "body"):
            for language, words in item[part].items():
                placeholders = _Placeholders(scope, words, within(within(where, part), language))
                placeholders.check_letter(blocks=part == "body")
        subject, body = text(item["subject"]), text(item["body"])
        found.append(Letter(str(item["id"]), when, str(item["to"]), subject, body, item.line))
    return tuple(found)


class _Placeholders:
    """The placeholders of one text in one language."""

    def __init__(self, scope: Scope, words: Any, where: str) -> None:
        self._names = scope.names
        self._faults = scope.faults
        self._words = words
        self._where = where
        self._open: list[str] = []
        self._nested = False

    def check_reason(self, sensitive: frozenset[str]) -> None:
        """A reason names facts, parameters, outputs and calculated values, but none that is ``sensitive``."""
        self._check(frozenset(), (AS_OF, OUTCOME), blocks=False)
        for mark in PLACEHOLDER.findall(self._words):
            if mark in sensitive:
                self._note(
                    told(
                        "{{{mark}}} is sensitive or made from what is, and sales read this text; leave the "
                        "value out, or mark the reason with `sensitive: yes`",
                        mark=mark,
                    )
                )

    def check_letter(self, *, blocks: bool) -> None:
        """A letter may also name whom it is about, and repeat a block for each item of a list."""
        self._check(NAMES_IN_LETTERS, (), blocks=blocks)

    def _check(self, own: frozenset[str], never: tuple[str, ...], *, blocks: bool) -> None:
        marks = PLACEHOLDER.findall(self._words)
        if not self._words.count("{") == self._words.count("}") == len(marks):
            self._note("a brace stands alone; a value is named as {order_amount}")
            return
        block = next((mark for mark in marks if mark[:1] in ("#", "/")), None)
        if block and not blocks:
            self._note(told("the list block {{{block}}} stands in the body of a letter only", block=block))
            return
        names = [*(name for name in self._names if name not in never), *sorted(own)]
        for mark in marks:
            with self._faults.noted(self._words, self._where):
                if mark.startswith("#"):
                    self._begin(mark[1:])
                elif mark.startswith("/"):
                    self._end(mark[1:])
                else:
                    self._check_name(mark, names)
        if self._open and not self._nested:
            self._note(
                told(
                    "the block {{#{name}}} is not closed; write {{/{name}}} where it ends",
                    name=self._open[-1],
                )
            )

    def _note(self, message: str) -> None:
        self._faults.at(self._words, message, self._where)

    def _check_name(self, mark: str, names: list[str]) -> None:
        readable = [*names, *(name for block in self._open for name in self._item_names(block))]
        if mark in readable or mark in self._names.doubtful or any(map(self._is_unclear, self._open)):
            return
        if mark in ("reason", REASONS):
            raise ValueError("reasons are a list; write {#reasons}{text}{/reasons} in the body of a letter")
        if mark in (AS_OF, OUTCOME, *NAMES_IN_LETTERS):
            raise ValueError(told("{{{mark}}} can be named in letters only", mark=mark))
        raise ValueError(
            told("{{{mark}}} names nothing that is declared{near}", mark=mark, near=nearest(mark, readable))
        )

    def _is_unclear(self, block: str) -> bool:
        """Whether the block has a fault of its own, so that nothing can be said about what it holds."""
        return block != REASONS and not self._item_names(block)

    def _begin(self, name: str) -> None:
        outer = self._open[-1] if self._open else None
        self._open.append(name)
        if outer is not None and not self._nested:
            self._nested = True
            raise ValueError(
                told(
                    "the block {{#{name}}} stands inside {{#{outer}}}; close that one first",
                    name=name,
                    outer=outer,
                )
            )
        if name != REASONS and self._names.type_of(name).kind not in (Kind.CHOICES, Kind.RECORDS):
            kind = self._names.type_of(name).kind
            raise ValueError(
                told(
                    "{{#{name}}} is of type {kind}; a block is over reasons or a list of choice or record",
                    name=name,
                    kind=kind,
                )
            )

    def _end(self, name: str) -> None:
        if name in self._open:
            self._open.remove(name)
        else:
            now = told("{{#{name}}} is", name=self._open[-1]) if self._open else "no block is"
            raise ValueError(told("{{/{name}}} closes a block, and {now} open here", name=name, now=now))

    def _item_names(self, block: str) -> tuple[str, ...]:
        """What an item of the block may be named by; nothing where the block is over no list."""
        if block == REASONS:
            return (REASON_TEXT,)
        kind = self._names.get(block)
        if kind is None or kind.kind not in (Kind.CHOICES, Kind.RECORDS):
            return ()
        return tuple(kind.fields) if kind.kind is Kind.RECORDS else (CHOICE_LABEL,)
