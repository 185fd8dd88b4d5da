"""Thresholds, and the cases beside them, in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.analysis.cases.finding import Unreached, Why
from app.analysis.cases.seeing import Seen
from app.analysis.cases.threshold import Side, Threshold
from app.analysis.geometry.columns import SOMETHING
from app.analysis.wording import label_of
from app.domain.rules import AS_OF
from app.domain.ruleset import Ruleset
from app.domain.values import LANGUAGES, Text, Value
from app.domain.wording import measured

_TURNS = Text("{rule} {turns}: {values}", "{rule} {turns}：{values}")
_HOLDS, _SILENT = Text("just holds", "恰好成立"), Text("just does not hold", "恰好不成立")
_TRUE, _FALSE = Text("just true", "恰好为真"), Text("just false", "恰好为假")
_MORE = Text("{said}, and {number} more", "{said}，另有 {number} 处")
_BASELINE, _CASE = Text("the baseline", "基准"), Text('the case "{name}"', "案例“{name}”")
_CHANGED, _AS_IT_IS = (
    Text("{base} with {changes}", "{base}，改为：{changes}"),
    Text("{base} as it is", "{base}不变"),
)
_REASONS = {
    Why.BEYOND: Text("it can have no value there", "该处不可能有取值"),
    Why.NEVER: Text(
        "proven that no facts lead there while it decides", "已证明没有任何事实能在其起决定作用时到达该处"
    ),
    Why.APART: Text("facts lie there, but none were found just beside it", "该侧有事实，但未找到紧邻阈值者"),
    Why.TOO_HARD: Text(
        "no facts were found, and no proof that there are none", "未找到事实，也未能证明不存在"
    ),
}
_HARD = Text("{said}; too hard: {steps}", "{said}；过难之处：{steps}")
_SIDE = Text("{place}: {text}, {side}", "{place}：{text}，{side}")
_ABOVE, _BELOW = Text("just above", "恰在其上"), Text("just below", "恰在其下")


def place_of(one: Threshold) -> str:
    """``step/rule``, or the name of the formula."""
    return one.step if one.rule is None else f"{one.step}/{one.rule.id}"


def test_of(one: Threshold) -> str:
    """The test as its author wrote it."""
    return one.text if one.condition is None else f"{one.condition.name} {one.text}"


def case_name(
    ruleset: Ruleset,
    several: Sequence[Threshold],
    sides: Sequence[Side],
    seen: Seen,
    base: str | None,
    changes: Sequence[str],
) -> Text:
    """What a case shows, and what it changes in ``base``, another case or the baseline (None)."""
    return Text(*(_case_name(ruleset, several, sides, seen, base, changes, one) for one in LANGUAGES))


def _case_name(
    ruleset: Ruleset,
    several: Sequence[Threshold],
    sides: Sequence[Side],
    seen: Seen,
    base: str | None,
    changes: Sequence[str],
    language: str,
) -> str:
    said = _turns(ruleset, several[sides[0].threshold], sides[0], seen, language)
    if len(sides) > 1:
        said = _MORE.said_in(language).format(said=said, number=len(sides) - 1)
    began = _BASELINE.said_in(language) if base is None else _CASE.said_in(language).format(name=base)
    told = [
        f"{label_of(ruleset, name).said_in(language)} {_said(ruleset, name, _value(seen, name), language)}"
        for name in changes
    ]
    form = _CHANGED if told else _AS_IT_IS
    joined = ("、" if language == "zh" else ", ").join(told)
    return f"{said}; ".replace("; ", "；" if language == "zh" else "; ") + form.said_in(language).format(
        base=began, changes=joined
    )


def _turns(ruleset: Ruleset, one: Threshold, side: Side, seen: Seen, language: str) -> str:
    holds = side.above is one.holds_above
    if one.rule is None:
        turns, rule = (_TRUE if holds else _FALSE), f"{one.step}, {one.text}"
    else:
        turns, rule = (_HOLDS if holds else _SILENT), one.rule.id
    values = seen.at(one.number)
    names = [one.name] if one.name is not None else list(one.names)
    told = [
        f"{label_of(ruleset, name).said_in(language)} {_said(ruleset, name, (values or {})[name], language)}"
        for name in names
    ]
    joined = ("、" if language == "zh" else ", ").join(told)
    return _TURNS.said_in(language).format(rule=rule, turns=turns.said_in(language), values=joined)


def unreached_said(several: Sequence[Threshold], one: Unreached) -> Text:
    """A side that no case lies on, and why."""
    threshold = several[one.side.threshold]
    found = []
    for language in LANGUAGES:
        side = (_ABOVE if one.side.above else _BELOW).said_in(language)
        why = _REASONS[one.why].said_in(language)
        if one.too_hard:
            why = _HARD.said_in(language).format(said=why, steps=", ".join(one.too_hard))
        text = _SIDE.said_in(language).format(place=place_of(threshold), text=test_of(threshold), side=side)
        found.append(f"{text}: {why}" if language == "en" else f"{text}：{why}")
    return Text(*found)


def _value(seen: Seen, name: str) -> Value:
    return seen.facts.as_of if name == AS_OF else seen.facts.values[name]


def _said(ruleset: Ruleset, name: str, value: Value, language: str) -> str:
    if isinstance(value, str) and value.startswith(SOMETHING):
        return value
    joined = ("、" if language == "zh" else ", ").join(
        measured(value, ruleset.types[name], language, ruleset.currency)
    )
    return joined or "-"
