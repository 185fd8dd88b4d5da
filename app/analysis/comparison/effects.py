"""What follows from changed parameters and formulas, for rules and texts that name them.

Parameters are resolved when a text is loaded, so a rule may fire elsewhere though
not a letter of it changed. Only what both versions have is looked at: what is new
or gone is told as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.analysis.comparison.changes import Change, Effect, Follows, Sort
from app.analysis.comparison.firing import when_it_holds
from app.analysis.comparison.parts import Structure
from app.domain.expressions import names_read
from app.domain.rules import Condition, Contribution, Formula, MatchStep, Reference, Rule, RuleList, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import Compare, Endpoint, Range, UnaryTest
from app.domain.values import LANGUAGES, Text, Value
from app.domain.wording import spoken


class Effects:
    """Finds what follows from the changes between two versions."""

    def __init__(self, before: Ruleset, after: Ruleset) -> None:
        self._before = before
        self._after = after
        self._parameters = frozenset(
            name
            for name, one in after.parameters.items()
            if name in before.parameters
            and (one.type, one.value) != (before.parameters[name].type, before.parameters[name].value)
        )

    def found(self, changes: tuple[Change, ...], structure: Structure) -> tuple[Effect, ...]:
        """Everything that follows; ``structure`` is the newer text, which says which bands name points."""
        rewritten = frozenset(
            one.id
            for one in changes
            if one.kind == "formula" and one.sort is Sort.CHANGED and one.field[:1] == ("expression",)
        )
        return (
            *self._of_rules(_named_points(structure), _renamed(changes)),
            *self._of_formulas(rewritten),
            *self._of_texts(),
        )

    def _of_rules(self, points: Mapping[str, str], renamed: Mapping[str, str]) -> Iterator[Effect]:
        earlier = {rule.id: rule for rule in self._before.rules_by_id.values()}
        for step in self._after.match_steps:
            for rule in step.rules:
                was = earlier.get(renamed.get(rule.id, rule.id))
                if was is not None:
                    yield from self._fires(step, was, rule)
                    yield from self._gives(step, was, rule)
                    name = points.get(rule.id, "")
                    if name in self._parameters and was.points != rule.points:
                        said = [dict.fromkeys(LANGUAGES, str(band.points)) for band in (was, rule)]
                        yield self._effect(Follows.POINTS, step, rule, "", (name,), *said)

    def _fires(self, step: MatchStep, was: Rule, rule: Rule) -> Iterator[Effect]:
        tests = {one.name: one.test for one in was.when}
        tested = [one for one in (*was.when, *rule.when) if not one.test.irrelevant]
        alone = len({one.name for one in tested}) == 1
        for one in rule.when:
            old = tests.get(one.name)
            if old is None or _resolved(old) == _resolved(one.test):
                continue
            causes = self._changed(old, one.test)
            if causes:
                said = [
                    when_it_holds(test, version.types[one.name], version.currency)
                    for test, version in ((old, self._before), (one.test, self._after))
                ]
                yield self._effect(Follows.FIRES, step, rule, one.name, causes, *said, alone=alone)

    def _changed(self, *tests: UnaryTest) -> tuple[str, ...]:
        names = (end.parameter for test in tests for end in test.endpoints() if end.parameter)
        return tuple(dict.fromkeys(name for name in names if name in self._parameters))

    def _gives(self, step: MatchStep, was: Rule, rule: Rule) -> Iterator[Effect]:
        old = {one.output: one for one in was.then}
        for one in rule.then:
            both = [*_references(one), *(_references(old[one.output]) if one.output in old else ())]
            for name in dict.fromkeys(both):
                if name in self._parameters:
                    said = (self._value(self._before, name), self._value(self._after, name))
                    yield self._effect(Follows.GIVES, step, rule, one.output, (name,), *said)

    def _effect(
        self,
        follows: Follows,
        step: MatchStep,
        rule: Rule,
        name: str,
        causes: tuple[str, ...],
        before: Mapping[str, str],
        after: Mapping[str, str],
        *,
        alone: bool = True,
    ) -> Effect:
        kind = "row" if isinstance(step, Table) else "rule" if isinstance(step, RuleList) else "band"
        return Effect(follows, kind, rule.id, step.id, name, causes, before, after, (), alone)

    def _of_formulas(self, rewritten: frozenset[str]) -> Iterator[Effect]:
        readers = _readers(self._after)
        for step in self._after.steps:
            if isinstance(step, Formula):
                causes = tuple(name for name in names_read(step.expression) if name in self._parameters)
                reached = tuple(_through(step.name, readers))
                if causes:
                    yield Effect(
                        Follows.CALCULATES, "formula", step.name, "", "", causes,
                        self._values(self._before, causes), self._values(self._after, causes), reached,
                    )  # fmt: skip
                elif step.name in rewritten and reached:
                    yield Effect(
                        Follows.CALCULATES, "formula", step.name, "", "", (step.name,), readers=reached
                    )

    def _of_texts(self) -> Iterator[Effect]:
        texts: list[tuple[str, str, tuple[Text, ...]]] = [
            ("reason", code, (words,)) for code, words in self._after.reasons.items()
        ]
        texts += [("letter", one.id, (one.subject, one.body)) for one in self._after.letters]
        for kind, name, words in texts:
            for parameter in sorted(self._parameters):
                if any(f"{{{parameter}}}" in one.said_in(lang) for one in words for lang in LANGUAGES):
                    said = (self._value(self._before, parameter), self._value(self._after, parameter))
                    yield Effect(Follows.SAYS, kind, name, "", parameter, (parameter,), *said)

    def _value(self, ruleset: Ruleset, name: str) -> dict[str, str]:
        one = ruleset.parameters[name]
        return {lang: spoken(one.value, one.type, lang, ruleset.currency) for lang in LANGUAGES}

    def _values(self, ruleset: Ruleset, names: tuple[str, ...]) -> dict[str, str]:
        values = [self._value(ruleset, name) for name in names]
        return {lang: ", ".join(one[lang] for one in values) for lang in LANGUAGES}


def _resolved(test: UnaryTest) -> UnaryTest:
    """A test without the names and the writing of its constants."""

    def bare(end: Endpoint) -> Endpoint:
        return Endpoint(end.value)

    alternatives = []
    for one in test.alternatives:
        if isinstance(one, Compare):
            one = replace(one, endpoint=bare(one.endpoint))
        elif isinstance(one, Range):
            one = replace(one, low=bare(one.low), high=bare(one.high))
        alternatives.append(one)
    return UnaryTest(tuple(alternatives), test.negated, "")


def _renamed(changes: tuple[Change, ...]) -> dict[str, str]:
    return {one.id: str(one.before) for one in changes if one.sort is Sort.RENAMED}


def _references(given: Contribution) -> Iterator[str]:
    values: list[Value] = list(given.value.values()) if isinstance(given.value, dict) else [given.value]
    yield from (one.name for one in values if isinstance(one, Reference))


def _named_points(structure: Structure) -> dict[str, str]:
    """What each band writes as its points: a number or the name of a parameter."""
    found: dict[str, str] = {}
    for step in structure.get("steps", ()):
        for one in step.get("characteristics", ()):
            bands = [*one["bands"], *([one["unknown"]] if "unknown" in one else [])]
            found.update({str(band["id"]): str(band["points"]) for band in bands})
    return found


def _readers(ruleset: Ruleset) -> dict[str, list[str]]:
    """Who reads each name: formulas by name, rules as ``step/rule``."""
    found: dict[str, list[str]] = {}
    for step in ruleset.steps:
        if isinstance(step, Formula):
            for name in names_read(step.expression):
                found.setdefault(name, []).append(step.name)
            if step.output is not None:
                found.setdefault(step.name, []).append(step.output)
            continue
        for rule in step.rules:
            for name in _read_by(rule.when, rule):
                found.setdefault(name, []).append(f"{step.id}/{rule.id}")
    return found


def _read_by(when: tuple[Condition, ...], rule: Rule) -> dict[str, None]:
    tested = [one.name for one in when if not one.test.irrelevant]
    given = [name for one in rule.then for name in _references(one)]
    return dict.fromkeys([*tested, *given])


def _through(name: str, readers: Mapping[str, list[str]]) -> Iterator[str]:
    """Those that read ``name``, directly or through formulas, each once."""
    seen, waiting = {name}, [name]
    while waiting:
        for reader in readers.get(waiting.pop(0), ()):
            if reader not in seen:
                seen.add(reader)
                waiting.append(reader)
                yield reader
