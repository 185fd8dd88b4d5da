"""Cases that are answered otherwise, as sentences: the outcome, the reasons and the outputs that differ."""

from __future__ import annotations

from collections.abc import Iterator

from app.analysis.comparison.cases import CaseDifference, Told
from app.domain.ruleset import Ruleset
from app.domain.values import Text, Value, ValueType
from app.domain.wording import spoken

_BASELINE = Text("The baseline", "基准样本")
_CASE = Text("Case “{}”", "案例“{}”")
_OF = {
    "before": Text(" (of {before} only)", "（仅见于 {before}）"),
    "after": Text(" (of {after} only)", "（仅见于 {after}）"),
    "both": Text("", ""),
}
_NOT_COMPARABLE = Text(
    ": {own} answers {outcome}; not comparable: {why}", "：{own} 答 {outcome}；无法比较：{why}"
)
_NOTHING = Text("nothing", "无")
_COME, _GONE = Text("{} added", "新增 {}"), Text("{} gone", "不再有 {}")
_OTHER_ORDER = Text("reasons in another order", "理由次序不同")


def case_said(one: CaseDifference, before: Ruleset, after: Ruleset, language: str) -> str:
    """One case, and how both answers differ."""
    name = _CASE.said_in(language).format(one.name) if one.name else _BASELINE.said_in(language)
    versions = {"before": before.version, "after": after.version}
    named = name + _OF[one.of].said_in(language).format(**versions)
    if one.before is not None and one.after is not None:
        said = differences_said(one.before, one.after, before, after, language)
        return named + ("：" if language == "zh" else ": ") + said
    told, own = (one.after, after) if one.before is None else (one.before, before)
    return named + _NOT_COMPARABLE.said_in(language).format(
        own=own.version, outcome=told.outcome if told else "", why=one.not_comparable
    )


def differences_said(old: Told, new: Told, before: Ruleset, after: Ruleset, language: str) -> str:
    """What two answers to the same facts say otherwise, the outcome first."""
    return ("；" if language == "zh" else "; ").join(_differences(old, new, before, after, language))


def _differences(old: Told, new: Told, before: Ruleset, after: Ruleset, language: str) -> Iterator[str]:
    yield old.outcome if old.outcome == new.outcome else f"{old.outcome} -> {new.outcome}"
    yield from _reasons(old.reasons, new.reasons, language)
    for name in dict.fromkeys((*old.outputs, *new.outputs)):
        values = old.outputs.get(name), new.outputs.get(name)
        if values[0] != values[1]:
            said = [
                _value(value, ruleset.types.get(name), language)
                for value, ruleset in zip(values, (before, after), strict=True)
            ]
            yield f"`{name}` {' -> '.join(said)}"


def _reasons(old: tuple[str, ...], new: tuple[str, ...], language: str) -> Iterator[str]:
    come = [code for code in new if code not in old]
    gone = [code for code in old if code not in new]
    for codes, words in ((come, _COME), (gone, _GONE)):
        if codes:
            yield words.said_in(language).format(", ".join(codes))
    if old != new and not come and not gone:
        yield _OTHER_ORDER.said_in(language)


def _value(value: Value, kind: ValueType | None, language: str) -> str:
    if value is None or kind is None:
        return _NOTHING.said_in(language)
    return spoken(value, kind, language)
