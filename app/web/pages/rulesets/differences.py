"""What differs between two versions, as whoever approves one reads it: labels, values with units, answers.

What a page cannot say better stands as the comparison itself says it, with the names of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from app.analysis.comparison.cases import CaseDifference, Told
from app.analysis.comparison.changes import Change, Effect, Follows, Sort
from app.analysis.comparison.regions import Region
from app.analysis.comparison.wording import change_said, effect_said
from app.domain.declarations import Outcome
from app.domain.rules import OUTCOME, Rule
from app.domain.ruleset import Case, Ruleset
from app.web.pages.language import N_, _, language
from app.web.pages.rulesets.words import Words
from schemas.ruleset.cases import FIRED, NOT_FIRED, REASONS

_VALUE = ("value",)
_GIVEN, _EXPECT = "given", "expect"
_EXPECTED = {
    OUTCOME: N_("Outcome"),
    REASONS: N_("Reasons"),
    FIRED: N_("Rules that hold"),
    NOT_FIRED: N_("Rules that do not hold"),
}
_NOTHING = "–"


class Difference(NamedTuple):
    """``what`` was ``before`` and is ``after``: ``said`` is what of it, or a sentence instead.

    ``line`` is that of the newer text, 0 for none; ``rule`` is ``step/rule`` where one is meant; ``case`` is
    the name of the case that it is of, if of any.
    """

    what: str
    before: str = ""
    after: str = ""
    said: str = ""
    line: int = 0
    rule: str = ""
    case: str = ""


class Answered(NamedTuple):
    """A case, or a sample customer, that comes out otherwise: both outcomes, and what else differs.

    ``rules`` are those that count on one side only, by name, with whether it is the newer side.
    """

    name: str
    before: Outcome | None
    after: Outcome | None
    differs: tuple[Difference, ...] = ()
    why_not: str = ""
    rules: tuple[tuple[str, bool], ...] = ()


class Differences:
    """Says what differs between two versions."""

    def __init__(self, before: Ruleset, after: Ruleset) -> None:
        self._both = before, after
        self._old, self._new = Words(before), Words(after)
        self._named = {
            (step.id, rule.id): words.rule(rule, step)
            for words in (self._old, self._new)
            for step in words.ruleset.match_steps
            for rule in step.rules
        }
        self._cases = [{one.name: one for one in ruleset.cases} for ruleset in self._both]

    def changes(self, several: Iterable[Change]) -> Iterator[Difference]:
        """What was written anew; a value of a case once, in however many parts of it something was."""
        told = set()
        for one in several:
            if (found := self._of_case(one)) is None:
                yield self._change(one)
            elif (one.id, one.field[:2]) not in told:
                told.add((one.id, one.field[:2]))
                yield found

    def _of_case(self, one: Change) -> Difference | None:
        """What a case gives or expects otherwise; None for all other changes."""
        old, new = (cases.get(one.id) for cases in self._cases)
        parted = one.kind == "case" and one.sort is Sort.CHANGED and len(one.field) > 1 and not one.same_value
        if not parted or old is None or new is None:
            return None
        part, name = one.field[:2]
        label = _(_EXPECTED[name]) if name in _EXPECTED else self._new.labels.get(name)
        label, line = label or self._old.labels.get(name, name), one.lines_after.first
        pairs = ((self._old, old), (self._new, new))
        if part == _EXPECT:
            before, after = (_expected(words, case, name) for words, case in pairs)
            return Difference(_("Expected: %(what)s", what=label), before, after, "", line, case=one.id)
        if part == _GIVEN and (name in old.given or name in new.given):
            before, after = (_given(words, case, name) for words, case in pairs)
            return Difference(_("Given: %(what)s", what=label), before, after, "", line, case=one.id)
        return None

    def _change(self, one: Change) -> Difference:
        line = one.lines_after.first
        values = [_parameter(words, one.id) for words in (self._old, self._new)]
        if one.kind == "parameter" and one.sort is Sort.CHANGED and one.field == _VALUE and all(values):
            return Difference(self._new.labels[one.id], values[0], values[1], "", line)
        called = self._named.get((one.of, one.id)) or self._new.labels.get(one.id, "")
        rule = f"{one.of}/{one.id}" if (one.of, one.id) in self._named else ""
        return Difference(called, said=change_said(one, language()), line=line, rule=rule)

    def effect(self, one: Effect) -> Difference:
        """What follows for a rule or text that was not touched."""
        old, new = (ruleset.rules_by_id.get(f"{one.of}/{one.id}") for ruleset in self._both)
        if old is None or new is None or one.follows not in (Follows.FIRES, Follows.GIVES, Follows.POINTS):
            called = self._new.labels.get(one.id, "")
            return Difference(called, said=effect_said(one, language()))
        label = _("Points") if one.follows is Follows.POINTS else self._new.labels[one.name]
        before, after = self._part(self._old, old, one), self._part(self._new, new, one)
        called = self._named[one.of, one.id]
        return Difference(called, before, after, label, new.line, f"{one.of}/{one.id}")

    def _part(self, words: Words, rule: Rule, one: Effect) -> str:
        """What a rule of one side asks or gives where the effect is."""
        if one.follows is Follows.POINTS:
            return str(rule.points)
        if one.follows is Follows.FIRES:
            return "; ".join(words.condition(each) for each in rule.when if each.name == one.name)
        return "; ".join(words.contribution(each) for each in rule.then if each.output == one.name)

    def case(self, one: CaseDifference) -> Answered:
        """A case that comes out otherwise."""
        name = one.name or _("The baseline as it is.")
        if one.before is None or one.after is None:
            return Answered(name, None, None, why_not=one.not_comparable or "")
        return Answered(
            name, *self._outcomes(one.before, one.after), (*self._differs(one.before, one.after),)
        )

    def region(self, one: Region) -> Answered:
        """All customers who come out otherwise in one way."""
        rules = [(rule, False) for rule in one.gone] + [(rule, True) for rule in one.new]
        named = ((self._called(rule), newer) for rule, newer in rules)
        outcomes = self._outcomes(one.before, one.after)
        return Answered("", *outcomes, (*self._differs(one.before, one.after),), rules=(*named,))

    def _called(self, rule: str) -> str:
        step, _slash, id = rule.partition("/")
        return self._named.get((step, id), rule)

    def _outcomes(self, before: Told, after: Told) -> tuple[Outcome, Outcome]:
        old, new = self._both
        return old.outcome(before.outcome), new.outcome(after.outcome)

    def _differs(self, before: Told, after: Told) -> Iterator[Difference]:
        gone = [self._old.reason(code) for code in before.reasons if code not in after.reasons]
        come = [self._new.reason(code) for code in after.reasons if code not in before.reasons]
        if gone or come:
            yield Difference(_("Reasons"), " ".join(gone) or "–", " ".join(come) or "–")
        for name in {**before.outputs, **after.outputs}:
            values = (before.outputs.get(name), after.outputs.get(name))
            if values[0] != values[1]:
                label = self._new.labels.get(name) or self._old.labels[name]
                was, now = _output(self._old, name, values[0]), _output(self._new, name, values[1])
                yield Difference(label, was, now)


def _parameter(words: Words, name: str) -> str:
    found = words.ruleset.parameters.get(name)
    return "" if found is None else words.value(found.value, found.type)


def _expected(words: Words, case: Case, name: str) -> str:
    """What a case expects under a key; a dash where it says nothing of it."""
    if name == OUTCOME:
        return _NOTHING if case.outcome is None else words.outcome(case.outcome)
    if name == REASONS:
        said = None if case.reasons is None else " ".join(map(words.reason, case.reasons)) or _("none")
        return _NOTHING if said is None else said
    if name in (FIRED, NOT_FIRED):
        wanted = case.fired if name == FIRED else case.not_fired
        steps = words.ruleset.match_steps
        found = {one.id: words.rule(one, step) for step in steps for one in step.rules if one.id in wanted}
        return " · ".join(found.get(id, id) for id in wanted) or _NOTHING
    return words.told(name, case.values[name]) if name in case.values else _NOTHING


def _given(words: Words, case: Case, name: str) -> str:
    """What a case says of a fact."""
    return words.told(name, case.given[name]) if name in case.given else _("the baseline")


def _output(words: Words, name: str, given: Any) -> str:
    return words.told(name, given) if name in words.ruleset.outputs else "–"
