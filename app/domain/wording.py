"""How values, reasons and letters are worded for people, in both languages.

Placeholders ``{name}`` and list blocks ``{#name}...{/name}`` are all there is:
no expressions, no template engine. What is not known is said to be so, never
shown as zero or left blank. Nothing is escaped here: who puts a text into a
page escapes it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.decision import Evaluation
from app.domain.ruleset import Letter
from app.domain.unary_tests import holds
from app.domain.values import LANGUAGES, Kind, Text, Value, Values, ValueType

_UNKNOWN = Text("not known", "未知")
_YES, _NO = Text("yes", "是"), Text("no", "否")
_NONE = Text("none", "无")
_LISTS = (Kind.CHOICES, Kind.RECORDS)
_UNITS = {
    Kind.DAYS: (Text(" day", "天"), Text(" days", "天")),
    Kind.HOURS: (Text(" hour", "小时"), Text(" hours", "小时")),
}
_BLOCK = re.compile(r"\{#([a-z_0-9]+)\}(.*?)\{/\1\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")

SERVICE_REASONS: Mapping[str, Text] = {
    "ENGINE_DISAGREEMENT": Text(
        "Our two decision engines did not agree, so a credit officer decides.",
        "两套决策引擎结论不一致，转由信用专员人工决定。",
    ),
    "ENGINE_FAILED": Text(
        "A decision engine gave no answer, so a credit officer decides.",
        "决策引擎未给出结果，转由信用专员人工决定。",
    ),
    "RULES_CONFLICT": Text(
        "Two rules of the policy contradict each other here, so a credit officer decides.",
        "政策中的两条规则在此相互矛盾，转由信用专员人工决定。",
    ),
}


def spoken(value: Value, value_type: ValueType, language: str = "en", currency: str = "") -> str:
    """A value as a person reads it: ``90,000.00 CNY``, ``30%``, ``2026-01-31``, a choice by its label."""
    if value is None:
        return _UNKNOWN.said_in(language)
    kind = value_type.kind
    if kind is Kind.MONEY:
        return f"{value:,.{value_type.decimals}f}" + (f" {currency}" if currency else "")
    if kind is Kind.PERCENT:
        return f"{_plain(Decimal(value) * 100)}%"
    if kind is Kind.NUMBER:
        return _plain(Decimal(value))
    if kind is Kind.YES_NO:
        return (_YES if value else _NO).said_in(language)
    if kind is Kind.CHOICE:
        return value_type.label_of(value).said_in(language)
    if kind is Kind.CHOICES:
        joined = ("、" if language == "zh" else ", ").join(
            value_type.label_of(one).said_in(language) for one in value
        )
        return joined or _NONE.said_in(language)
    if kind is Kind.RECORDS:
        return "; ".join(_record(one, value_type, language, currency) for one in value) or _NONE.said_in(
            language
        )
    if kind is Kind.DATES:
        return ", ".join(one.isoformat() for one in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def in_words(value: Value, value_type: ValueType, currency: str = "") -> Text:
    """A value as a person reads it, in both languages."""
    return Text(*(spoken(value, value_type, language, currency) for language in LANGUAGES))


def measured(
    value: Value, value_type: ValueType, language: str = "en", currency: str = ""
) -> tuple[str, ...]:
    """A value with its unit, for where no sentence around it says one: ``60 days``; of a list, each item."""
    if value and value_type.kind is Kind.CHOICES:
        return tuple(value_type.label_of(one).said_in(language) for one in value)
    if value and value_type.kind is Kind.RECORDS:
        return tuple(_record(one, value_type, language, currency) for one in value)
    text = spoken(value, value_type, language, currency)
    if value is None or value_type.kind not in _UNITS:
        return (text,)
    one, several = _UNITS[value_type.kind]
    return (text + (one if value == 1 else several).said_in(language),)


def names_in(letter: Letter) -> frozenset[str]:
    """The names that a letter tells: of values, of lists, and of what is said about it (``customer``)."""
    texts = (letter.subject.en, letter.subject.zh, letter.body.en, letter.body.zh)
    marks = (mark for text in texts for form in (_BLOCK, _PLACEHOLDER) for mark in form.finditer(text))
    return frozenset(mark[1] for mark in marks)


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _record(record: Values, value_type: ValueType, language: str, currency: str) -> str:
    return ", ".join(
        f"{value_type.field_labels[name].said_in(language)} {spoken(record[name], kind, language, currency)}"
        for name, kind in value_type.fields.items()
        if name in record
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what a letter is about; blank where the request did not say."""

    customer: str = ""
    reference: str = ""
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter as it would be sent, in both languages."""

    id: str
    to: str
    subject: Text
    body: Text


def reason_text(evaluation: Evaluation, code: str) -> Text:
    """The words of one reason of this decision."""
    own = evaluation.ruleset.reasons.get(code)
    if own is None:
        return SERVICE_REASONS[code]
    if "{" not in own.en and "{" not in own.zh:
        return own
    return _in_both(own, lambda text, language: _filled(text, _lookup(evaluation, language)))


def letters(evaluation: Evaluation, subject: Subject) -> tuple[RenderedLetter, ...]:
    """The letters that the decision calls for; a failed evaluation calls for none."""
    if evaluation.failure is not None:
        return ()
    return tuple(
        _rendered(evaluation, letter, subject)
        for letter in evaluation.ruleset.letters
        if all(holds(one.test, evaluation.value(one.name)) for one in letter.when)
    )


def _rendered(evaluation: Evaluation, letter: Letter, subject: Subject) -> RenderedLetter:
    def fill(text: str, language: str) -> str:
        named = {
            "customer": subject.customer,
            "reference": subject.reference,
            "decision_id": subject.decision_id,
        }
        named["currency"] = evaluation.ruleset.currency
        look_up = _lookup(evaluation, language)

        def value_of(name: str) -> str:
            return (named[name] or "—") if name in named else look_up(name)

        # Piece by piece: what a block puts in may hold braces that somebody wrote, and they stay as they are.
        pieces, end = [], 0
        for mark in _BLOCK.finditer(text):
            pieces.append(_filled(text[end : mark.start()], value_of))
            pieces.append(_block(evaluation, mark[1], mark[2], language, value_of))
            end = mark.end()
        return "".join([*pieces, _filled(text[end:], value_of)])

    return RenderedLetter(letter.id, letter.to, _in_both(letter.subject, fill), _in_both(letter.body, fill))


def _block(
    evaluation: Evaluation, name: str, text: str, language: str, value_of: Callable[[str], str]
) -> str:
    """The block's text once an item (a reason, a choice, a record); other names are the letter's."""
    if name == "reasons":
        codes = [one.code for one in evaluation.reasons[: evaluation.ruleset.principal_reasons]]
        items: Sequence[Mapping[str, str]] = [
            {"text": reason_text(evaluation, code).said_in(language)} for code in codes
        ]
    else:
        kind = evaluation.ruleset.types[name]
        value = evaluation.value(name) or ()
        if kind.kind is Kind.CHOICES:
            items = [{"label": kind.label_of(one).said_in(language)} for one in value]
        else:
            currency = evaluation.ruleset.currency
            items = [
                {key: spoken(one.get(key), part, language, currency) for key, part in kind.fields.items()}
                for one in value
            ]
    text = text.removeprefix("\n")
    return "".join(
        _filled(text, lambda key, item=item: item[key] if key in item else value_of(key))  # type: ignore[misc]
        for item in items
    )


def _lookup(evaluation: Evaluation, language: str) -> Callable[[str], str]:
    ruleset, types = evaluation.ruleset, evaluation.ruleset.types

    def value_of(name: str) -> str:
        value = evaluation.value(name)
        if value is None and name in ruleset.outputs and types[name].kind in _LISTS:
            return _NONE.said_in(language)  # nobody added to the list, and that is known
        return spoken(value, types[name], language, ruleset.currency)

    return value_of


def _filled(text: str, value_of: Callable[[str], str]) -> str:
    return _PLACEHOLDER.sub(lambda mark: value_of(mark[1]), text)


def _in_both(text: Text, fill: Callable[[str, str], str]) -> Text:
    return Text(fill(text.en, "en"), fill(text.zh, "zh"))
