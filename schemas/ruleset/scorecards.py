"""Scorecards: points by band, a band a rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.domain.messages import told
from app.domain.rules import Characteristic, Condition, Rule, Scorecard
from app.domain.unary_tests import ANYTHING, IsUnknown, UnaryTest
from app.domain.values import SCALES, Kind, ValueType
from schemas.constants import exact, listed, nearest
from schemas.names import Doubtful
from schemas.ruleset.bands import check_partition
from schemas.ruleset.conditions import cells_as_label
from schemas.ruleset.scope import Scope
from schemas.ruleset.value_types import decimal_places
from schemas.ruleset.words import UNKNOWN, spoken, text
from schemas.text import Block

SKIP = "skip"
MOST_BANDS = 100


def scorecard(item: Block, scope: Scope) -> Scorecard:
    """The scorecard as far as it can be read, its score readable from here on; faults are noted."""
    name, where = item["scorecard"], told("scorecard `{scorecard}`", scorecard=item["scorecard"])
    scope.register.name(name)
    decimals, scale = SCALES[Kind.NUMBER], None
    with scope.faults.noted(item.get("decimals", item), where):
        decimals = decimal_places(item["decimals"]) if "decimals" in item else decimals
    with scope.faults.noted(item.get("scale", item), where):
        scale = _scale(item["scale"]) if "scale" in item else None
    read = _Reader(scope, str(item.get("source", "")), scaled="scale" in item)
    found = [read.characteristic(one, where) for one in item["characteristics"]]
    if read.unsourced:
        bands = listed(read.unsourced, 3)
        message = told(
            "no `source` for band {bands}; write it here, at the characteristic or at the band", bands=bands
        )
        scope.faults.at(item, message, where)
    kept = tuple(one for one in found if one)
    every = tuple(rule for one in kept for rule in one.rules)
    kind = ValueType(Kind.NUMBER, decimals)
    if not scope.names.declares(name):
        scope.names.declare(name, kind)
        scope.unknowns.scores[name] = scale is not None and all(
            any(rule.skip for rule in one.rules) for one in kept
        )
    label = text(item["label"]) if "label" in item else spoken(name)
    return Scorecard(str(name), label, kind, kept, every, scale, item.line)


def _scale(written: str) -> Decimal:
    scale = _plain_number(written)
    if scale <= 0:
        raise ValueError(
            "`scale` is the highest score and more than 0; leave it out for the plain sum of points"
        )
    return scale


def _plain_number(written: str) -> Decimal:
    if written.endswith("%"):
        raise ValueError(told("`{written}` is a percentage, and points are plain numbers", written=written))
    return exact(written)


class _Reader:
    """Reads the characteristics of one scorecard."""

    def __init__(self, scope: Scope, source: str, *, scaled: bool) -> None:
        self._scope = scope
        self._faults = scope.faults
        self._source = source
        self._scaled = scaled
        self.unsourced: list[str] = []
        self._facts: set[str] = set()

    def characteristic(self, item: Block, card_name: str) -> Characteristic | None:
        """One characteristic with its bands; its fact must have one value, and each value one band."""
        fact, where = (
            item["fact"],
            told("{card_name}, characteristic `{fact}`", card_name=card_name, fact=item["fact"]),
        )
        known = len(self._faults)
        kind = self._type_of(item, where)
        source = str(item.get("source", self._source))
        tested = None if kind is None else fact
        rules = [self._band(band, tested, band["when"], source, where) for band in item["bands"]]
        bands = len(rules)
        if "unknown" in item:
            rules.append(self._band(item["unknown"], tested, UNKNOWN, source, where))
        tests = [rule.when[0].test for rule in rules[:bands]]
        if kind is None or len(self._faults) > known or any(test.irrelevant for test in tests):
            return None
        best = max(rule.points for rule in rules if rule.points is not None)
        if self._scaled and best <= 0:
            message = "with `scale`, the best band of each characteristic has more than 0 points"
            self._faults.at(item, message, where)
        with self._faults.noted(item, where):
            check_partition(tests, kind, self._scope.facts.get(fact))
            if "unknown" not in item and self._scope.unknowns.possible(fact):
                raise ValueError(
                    told("`{fact}` may be unknown, so say under `unknown:` what it is worth then", fact=fact)
                )
        return Characteristic(str(fact), tuple(rules))

    def _type_of(self, item: Block, where: str) -> ValueType | None:
        with self._faults.noted(item["fact"], where):
            if item["fact"] in self._facts:
                raise ValueError("this fact stands twice in the scorecard; give all its bands in one place")
            self._facts.add(item["fact"])
            kind = self._scope.names.type_of(item["fact"])
            if len(item["bands"]) > MOST_BANDS:
                raise ValueError(
                    told(
                        "a characteristic has at most {most} bands, not {number}",
                        most=MOST_BANDS,
                        number=len(item["bands"]),
                    )
                )
            if not kind.ordered and kind.kind not in (Kind.CHOICE, Kind.YES_NO):
                raise ValueError(
                    told("bands need a fact with one value to test, not one of type {kind}", kind=kind.kind)
                )
            return kind
        return None

    def _band(self, band: Block, fact: Any, cell: Any, source: str, card: str) -> Rule:
        where = told("{card}, band `{id}`", card=card, id=band["id"])
        self._scope.rule_id(band["id"], "band", where)
        test, points, reason = ANYTHING, None, None
        with self._faults.noted(band.get("when", band), where):
            if fact is not None:
                test = self._test(fact, cell, asked="when" in band)
        with self._faults.noted(band["points"], where):
            points = self._points(band["points"], may_skip="when" not in band)
        with self._faults.noted(band.get("reason", band), where):
            reason = self._scope.reason(band["reason"]) if "reason" in band else None
        own_source = str(band.get("source", source))
        if not own_source:
            self.unsourced.append(str(band["id"]))
        return Rule(
            id=str(band["id"]),
            label=text(band["label"]) if "label" in band else cells_as_label([fact], [cell]),
            source=own_source,
            when=(Condition(str(fact), test),),
            reason=reason,
            points=points,
            skip=points is None,
            line=band.line,
        )

    def _test(self, fact: Any, cell: Any, *, asked: bool) -> UnaryTest:
        test = self._scope.test(fact, cell)
        if asked and (test.irrelevant or any(isinstance(one, IsUnknown) for one in test.alternatives)):
            raise ValueError(
                told(
                    "a band is about values, so not `{cell}`; the unknown has its own key, `unknown:`",
                    cell=cell,
                )
            )
        return test

    def _points(self, written: str, *, may_skip: bool) -> Decimal | None:
        if written == SKIP:
            if not may_skip:
                raise ValueError("`skip` is for `unknown:` alone; a band of values has points")
            return None
        if written in self._scope.names.doubtful:
            raise Doubtful
        if written in self._scope.parameters:
            kind, value = self._scope.parameters[written]
            if not kind.numeric:
                raise ValueError(
                    told(
                        "points are a number, and `{written}` is of type {kind}",
                        written=written,
                        kind=kind.kind,
                    )
                )
            return Decimal(value)
        try:
            return _plain_number(written)
        except ValueError as error:
            near = nearest(written, [*self._scope.parameters, SKIP])
            raise ValueError(
                told(
                    "points are a number, the name of a parameter or skip; {error}{near}",
                    error=error,
                    near=near,
                )
            ) from None
