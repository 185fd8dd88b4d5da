"""What two versions mean, as sentences in English and Chinese."""

from __future__ import annotations

from app.analysis.comparison.case_wording import differences_said
from app.analysis.comparison.meaning import Meaning
from app.analysis.comparison.regions import OUTCOME, OUTPUTS, REASONS, Region
from app.domain.rules import AS_OF
from app.domain.ruleset import Ruleset
from app.domain.values import Text
from app.domain.wording import spoken

EQUAL, DIFFERS, NOT_SETTLED, NOT_COMPARABLE = "equal", "differs", "not_settled", "not_comparable"
MOST_NAMED = 12
_SAID = {
    EQUAL: Text(
        "Equal, proven: for all facts that both versions read, outcome, outputs and reasons are the same.",
        "相同，已证明：对两版均可读取的一切事实，结论、输出与理由皆相同。",
    ),
    NOT_SETTLED: Text(
        "Not settled: no facts were found on which they differ, and no proof that there are none.",
        "未定：未找到使两版结论不同的事实，也未能证明不存在。",
    ),
    NOT_COMPARABLE: Text("Not comparable: {why}.", "无法比较：{why}。"),
}
_DIFFERS = Text("They differ in {number} ways{more}.", "两版有 {number} 种不同{more}。")
_DIFFERS_ONCE = Text("They differ in one way{more}.", "两版有一种不同{more}。")
_ALL, _MORE = (
    Text(", and in no other: proven", "，并已证明别无其他"),
    Text("; perhaps in more", "；可能还有其他"),
)
_APART = Text(" Only one version reads all of: {names}.", " 仅有一版能完整读取：{names}。")
_WAYS = {
    OUTCOME: Text("{before} becomes {after}", "{before} 变为 {after}"),
    OUTPUTS: Text("{before} with other outputs", "仍为 {before}，但输出不同"),
    REASONS: Text("{before} for other reasons", "仍为 {before}，但理由不同"),
}
_ON = Text("; for example on {facts}: {answers}", "；例如：{facts}：{answers}")
_RECORDED = Text("; {number} of {all} recorded decisions", "；已记录的 {all} 项决定中有 {number} 项")
_BASELINE = Text("the baseline", "基准样本")
_WITH = Text("the baseline with {changes}", "基准样本，其中 {changes}")
_RULES = (
    Text("; no longer counts: {names}", "；不再起作用：{names}"),
    Text("; counts now: {names}", "；现起作用：{names}"),
    Text("; contradict each other: {names}", "；相互冲突：{names}"),
)


def verdict_of(found: Meaning) -> str:
    """The answer in one word."""
    if found.incomparable:
        return NOT_COMPARABLE
    if found.regions:
        return DIFFERS
    return EQUAL if found.equal else NOT_SETTLED


def verdict_said(found: Meaning, language: str) -> str:
    """The answer in one sentence, and which facts it says nothing of."""
    word = verdict_of(found)
    if word == DIFFERS:
        more = (_ALL if found.complete else _MORE).said_in(language)
        number = len(found.regions)
        said = (_DIFFERS_ONCE if number == 1 else _DIFFERS).said_in(language).format(number=number, more=more)
    else:
        said = _SAID[word].said_in(language).format(why=found.incomparable)
    if found.apart:
        names = ", ".join(f"`{name}`" for name in found.apart)
        said += _APART.said_in(language).format(names=names)
    return said


def region_said(one: Region, before: Ruleset, after: Ruleset, language: str) -> str:
    """One way to differ, with a sample, what either version answers to it, and which rules make it so."""
    said = _WAYS[one.key[2]].said_in(language).format(before=one.before.outcome, after=one.after.outcome)
    answers = differences_said(one.before, one.after, before, after, language)
    said += _ON.said_in(language).format(facts=_facts(one, before, language), answers=answers)
    for names, words in zip((one.gone, one.new, one.clashing), _RULES, strict=True):
        if names:
            shown = ", ".join(f"`{name}`" for name in names[:MOST_NAMED])
            said += words.said_in(language).format(names=shown)
    return said


def recorded_said(number: int, among: int, language: str) -> str:
    """How much of what was recorded lies in a region."""
    return _RECORDED.said_in(language).format(number=f"{number:,}", all=f"{among:,}")


def _facts(one: Region, ruleset: Ruleset, language: str) -> str:
    """The sample by what differs from the baseline."""
    values, currency = one.facts.values, ruleset.currency
    changes = [
        f"{spec.label.said_in(language)} {spoken(values[name], spec.type, language, currency)}"
        for name, spec in ruleset.facts.items()
        if values[name] != ruleset.baseline.get(name)
    ]
    if one.facts.as_of != ruleset.baseline_as_of:
        changes.append(f"{AS_OF} {one.facts.as_of.isoformat()}")
    if not changes:
        return _BASELINE.said_in(language)
    return _WITH.said_in(language).format(changes=("，" if language == "zh" else ", ").join(changes))
