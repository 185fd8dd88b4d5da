"""Ways forward: the smallest changes of what a requester can change that give a milder outcome, in words.

A way is minimal: with its facts no smaller change gives as mild an outcome, and with
fewer of them it takes more steps, or nothing does. One step less and it is no way
forward. Nothing here searches; ``app.analysis.alternatives`` does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.domain.decision import Evaluation
from app.domain.declarations import FactSpec, OutcomeKind
from app.domain.ruleset import Ruleset
from app.domain.values import LANGUAGES, Kind, Text, Value, ValueType
from app.domain.wording import spoken

MOST_OUTPUTS = 3
_TOLD_KINDS = (Kind.MONEY, Kind.PERCENT, Kind.NUMBER, Kind.DAYS, Kind.HOURS, Kind.YES_NO, Kind.CHOICE)
_UNITS = {
    Kind.DAYS: (Text(" day", "天"), Text(" days", "天")),
    Kind.HOURS: (Text(" hour", "小时"), Text(" hours", "小时")),
}
_CHANGE = Text("{label}: {after} instead of {before}", "{label}由{before}改为{after}")
_STATED = Text("{label}: {after} (not stated so far)", "{label}：{after}（此前未填）")
_WAY = Text("{changes}. The outcome is then: {got}.", "{changes}。届时结论为：{got}。")
_AS_IT_IS = Text(
    "Ask again, with nothing changed: the rules now in force give another outcome. It is then: {got}.",
    "无需改动，重新提交即可：现行规则结论不同。届时结论为：{got}。",
)
_VALUE = Text("{label} {value}", "{label}{value}")
_COMMA, _BETWEEN = Text(", ", "，"), Text("; ", "；")
NONE_PROVEN = Text(
    "No change of what the requester may change gives a milder outcome; this is proven.",
    "在申请方可调整的范围内，任何改动都不能得到更宽松的结论；此点已经证明。",
)
MISSING_FIRST = Text(
    "Something is missing: complete what the reasons name, and ask again. No change of what the requester may"
    " change in the request gives a milder outcome; this is proven.",
    "资料不全：请补齐理由所列事项后重新提交。仅调整申请方可调整的内容不能得到更宽松的结论；此点已经证明。",
)
NOTHING_CHANGEABLE = Text(
    "The policy lets the requester change nothing here.",
    "该政策下没有申请方可调整的内容。",
)
MILDEST = Text("There is no milder outcome.", "已是最宽松的结论。")
NONE_FOUND = Text(
    "Not settled: the search reached its limit before it was finished, and found no way forward.",
    "未能确定：搜索在完成前已达到上限，尚未找到可行方案。",
)
MORE_PERHAPS = Text(
    "The search reached its limit before it was finished: there may be further ways.",
    "搜索在完成前已达到上限：可能还有其他方案。",
)
WITHHELD = Text(
    "There is a further way, which a credit officer can tell.",
    "另有其他方案，请向信用专员了解。",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is asked for otherwise; ``before`` is None where it was not stated."""

    fact: FactSpec
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Way:
    """What to change, and what both engines say of the facts so changed.

    Without changes it is enough to ask again. ``steps`` measures the change: the sum over its facts of the
    difference, in steps of the fact. ``tells`` are the sensitive names of which a reader would learn from it.
    """

    changes: tuple[Change, ...]
    evaluation: Evaluation
    steps: Fraction = Fraction(0)
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WaysForward:
    """The ways forward from one decision, fewest facts and then least change first.

    ``unchanged`` is what ``ruleset`` says of the facts as they are; ``decided`` is the outcome that was
    recorded, by the version ``decided_by``. Every way is minimal. ``settled``: the search was finished, so
    that there are no other ways but the number ``left_out``. ``evaluations`` counts the work done for it.
    ``not_carried`` says why the version in force could not be asked, if it was not.
    """

    ruleset: Ruleset
    decided: str
    decided_by: str
    unchanged: Evaluation
    changeable: tuple[str, ...]
    ways: tuple[Way, ...]
    settled: bool
    evaluations: int
    left_out: int = 0
    not_carried: str | None = None

    @property
    def said(self) -> Text | None:
        """What is to be said beside the ways, or in place of them; None where they speak for themselves."""
        if not self.settled:
            return MORE_PERHAPS if self.ways else NONE_FOUND
        if self.ways:
            return None
        severities = self.ruleset.severities
        if 0 in (severities[self.unchanged.outcome], severities.get(self.decided)):
            return MILDEST
        if not self.changeable:
            return NOTHING_CHANGEABLE
        kind = self.ruleset.outcome(self.unchanged.outcome).kind
        return MISSING_FIRST if kind is OutcomeKind.INCOMPLETE else NONE_PROVEN


def way_said(way: Way, unchanged: Evaluation, told_outputs: Collection[str]) -> Text:
    """A way as a sentence in both languages; of the outputs, only those of ``told_outputs`` are named."""
    return Text(*(_sentence(way, unchanged, told_outputs, language) for language in LANGUAGES))


def change_said(change: Change, currency: str) -> Text:
    """One change: ``Prepayment offered: 30% instead of 10%``."""
    return Text(*(_changed(change, currency, language) for language in LANGUAGES))


def told_with(way: Way, unchanged: Evaluation, told_outputs: Collection[str]) -> Sequence[str]:
    """The outputs to name with a way: the terms that a person could set, else those that it makes different.

    No lists are among them, nothing that is not known, and no term that is zero as it was before.
    """
    found, ruleset = way.evaluation, way.evaluation.ruleset
    terms = tuple(ruleset.referrals.terms) if ruleset.referrals is not None else ()
    differing = [name for name, value in found.outputs.items() if value != unchanged.outputs.get(name)]
    return [
        name
        for name in terms or differing
        if name in told_outputs
        and ruleset.types[name].kind in _TOLD_KINDS
        and (value := found.value(name)) is not None
        and (value or name in differing)
    ]


def _sentence(way: Way, unchanged: Evaluation, told: Collection[str], language: str) -> str:
    ruleset = way.evaluation.ruleset
    got = [ruleset.outcome(way.evaluation.outcome).label.said_in(language)]
    for name in told_with(way, unchanged, told)[:MOST_OUTPUTS]:
        value = _said(way.evaluation.value(name), ruleset.types[name], ruleset.currency, language)
        label = ruleset.outputs[name].label.said_in(language)
        got.append(_VALUE.said_in(language).format(label=label, value=value))
    changes = [_changed(one, ruleset.currency, language) for one in way.changes]
    text = _WAY if changes else _AS_IT_IS
    joined = _BETWEEN.said_in(language).join(changes)
    return text.said_in(language).format(changes=joined, got=_COMMA.said_in(language).join(got))


def _changed(change: Change, currency: str, language: str) -> str:
    kind = change.fact.type
    text = _STATED if change.before is None else _CHANGE
    return text.said_in(language).format(
        label=change.fact.label.said_in(language),
        before=_said(change.before, kind, currency, language),
        after=_said(change.after, kind, currency, language),
    )


def _said(value: Value, kind: ValueType, currency: str, language: str) -> str:
    said = spoken(value, kind, language, currency)
    if kind.kind not in _UNITS or value is None:
        return said
    one, several = _UNITS[kind.kind]
    return said + (one if value == 1 else several).said_in(language)
