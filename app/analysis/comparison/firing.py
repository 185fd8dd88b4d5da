"""When a test holds, in words: by the values themselves, whatever names the cell writes them by."""

from __future__ import annotations

from collections.abc import Mapping

from app.analysis.geometry.places import Span, bounded, spans_of, value_at
from app.domain.unary_tests import Compare, ContainsAll, IsKnown, IsUnknown, UnaryTest
from app.domain.values import LANGUAGES, Text, Value, ValueType
from app.domain.wording import spoken

_FROM = Text("from {}", "从 {} 起")
_TO = Text("up to {}", "至 {} 止")
_BETWEEN = Text("from {} to {}", "从 {} 至 {}")
_AT = Text("at {}", "为 {} 时")
_ALL_OF = Text("at all of {}", "同时含 {} 时")
_EXCEPT = Text("except {}", "除 {} 外")
_UNKNOWN, _KNOWN = Text("when not known", "未知时"), Text("when known", "已知时")
_NEVER, _ALWAYS = Text("never", "从不"), Text("always", "总是")
_OR = Text(" or ", "或")


def when_it_holds(test: UnaryTest, value_type: ValueType, currency: str) -> Mapping[str, str]:
    """``from 61``, ``from 10 to 59 or when not known``, by language; both bounds are values that hold."""
    if test.irrelevant:
        return {language: _ALWAYS.said_in(language) for language in LANGUAGES}
    said = _in_order if value_type.ordered else _in_choices
    return {language: said(test, value_type, language, currency) for language in LANGUAGES}


def _in_order(test: UnaryTest, value_type: ValueType, language: str, currency: str) -> str:
    def word(tick: int | None) -> str:
        value = None if tick is None else value_at(tick, value_type)
        return "" if value is None else spoken(value, value_type, language, currency)

    parts = []
    for span in spans_of(test, value_type):
        low, high = bounded(span, value_type)
        parts.append(_span_said(Span(low, high), word(low), word(high), language))
    if not test.negated:
        parts += [_UNKNOWN.said_in(language)] * any(isinstance(one, IsUnknown) for one in test.alternatives)
    return _OR.said_in(language).join(parts) or _NEVER.said_in(language)


def _span_said(span: Span, low: str, high: str, language: str) -> str:
    if span.low is None and span.high is None:
        return _KNOWN.said_in(language)
    if span.low is None:
        return _TO.said_in(language).format(high)
    if span.high is None:
        return _FROM.said_in(language).format(low)
    if span.low == span.high:
        return _AT.said_in(language).format(low)
    return _BETWEEN.said_in(language).format(low, high)


def _in_choices(test: UnaryTest, value_type: ValueType, language: str, currency: str) -> str:
    def word(value: Value) -> str:
        values = (value,) if value_type.kind == "list of choice" else value
        return spoken(values, value_type, language, currency)

    values, parts = [], []
    for one in test.alternatives:
        if isinstance(one, Compare):
            values.append(word(one.endpoint.value))
        elif isinstance(one, ContainsAll):
            parts.append(_ALL_OF.said_in(language).format(spoken(one.values, value_type, language)))
        elif isinstance(one, IsKnown):
            parts.append(_KNOWN.said_in(language))
        elif isinstance(one, IsUnknown):
            parts.append(_UNKNOWN.said_in(language))
    listed = _OR.said_in(language).join(values)
    if listed:
        parts.insert(0, listed if test.negated else _AT.said_in(language).format(listed))
    said = _OR.said_in(language).join(parts)
    return _EXCEPT.said_in(language).format(said) if test.negated else said
