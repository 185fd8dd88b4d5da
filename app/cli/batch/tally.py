"""Counts the results of a batch as they pass by: outcomes, reasons, classes, and what came true of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from app.cli.batch.backtest import Separation, separation
from app.cli.batch.running import Result
from app.cli.faults import Unusable
from app.domain.errors import TermwiseError
from app.domain.ruleset import Ruleset
from app.domain.values import Kind
from app.services.decisions.deciding import Answer
from schemas.constants import listed, nearest
from schemas.mapping.rows import LeftOut

FAILED = {"1": True, "0": False}
"""What the column of failures says."""


class Hindsight(NamedTuple):
    """How decisions are set against what came true.

    ``against`` is the column that tells; of rows with the same ``last_per`` only the last is counted, such as
    the last year of each firm; ``scores`` are names of numbers that should tell failures apart.
    """

    against: str
    last_per: str | None = None
    scores: tuple[str, ...] = ()


class Case(NamedTuple):
    """One row that is counted in hindsight."""

    failed: bool
    classes: tuple[str | None, ...]
    scores: tuple[Decimal | None, ...]


class Tally:
    """Counts by outcome, reason and the choices ``by``; raises ``Unusable`` for names that are not there."""

    def __init__(self, ruleset: Ruleset, by: Sequence[str], hindsight: Hindsight | None) -> None:
        self._ruleset = ruleset
        self.hindsight = hindsight
        self.by: Mapping[str, tuple[str, ...]] = {name: _choices(ruleset, name) for name in by}
        for name in hindsight.scores if hindsight else ():
            _check_number(ruleset, name)
        self.decided = self.replayed = self.refused = self.left_out = self.left_out_unknown = 0
        self.other_versions: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.classes: Mapping[str, Counter[str | None]] = {name: Counter() for name in by}
        self._cases: dict[str | int, Case] = {}

    @property
    def rows(self) -> int:
        """How many rows have passed."""
        return self.decided + self.refused + self.left_out + self.left_out_unknown

    @property
    def cases(self) -> list[Case]:
        """The rows that are counted in hindsight."""
        return list(self._cases.values())

    def add(self, result: Result) -> None:
        """Count one result."""
        if isinstance(result.answer, TermwiseError):
            self.refused += 1
        elif isinstance(result.answer, LeftOut):
            self.left_out_unknown += result.answer.unknown
            self.left_out += not result.answer.unknown
        else:
            self._decide(result.answer)
            if self.hindsight is not None and result.row.cells is not None:
                self._look_back(self.hindsight, result.row.cells, result.answer.body)

    def separations(self) -> dict[str, Separation]:
        """How well each score tells failures apart."""
        scores = self.hindsight.scores if self.hindsight else ()
        return {
            name: separation((one.scores[place], one.failed) for one in self.cases)
            for place, name in enumerate(scores)
        }

    def _decide(self, answer: Answer) -> None:
        body = answer.body
        self.decided += 1
        self.replayed += answer.replayed
        if body["ruleset"]["digest"] != self._ruleset.digest:
            self.other_versions[body["ruleset"]["version"]] += 1
        self.outcomes[body["outcome"]] += 1
        self.reasons.update(reason["code"] for reason in body["reasons"])
        for name, counted in self.classes.items():
            counted[_found(body, name)] += 1

    def _look_back(self, hindsight: Hindsight, cells: Mapping[str, str], body: Mapping[str, Any]) -> None:
        failed = FAILED.get(cells[hindsight.against].strip())
        if failed is None:
            return
        scores = (_found(body, name) for name in hindsight.scores)
        case = Case(
            failed,
            tuple(_found(body, name) for name in self.by),
            tuple(None if score is None else Decimal(score) for score in scores),
        )
        key = self.decided if hindsight.last_per is None else cells[hindsight.last_per]
        self._cases[key] = case


def _found(body: Mapping[str, Any], name: str) -> Any:
    for part in ("outputs", "derived", "facts"):
        if name in body[part]:
            return body[part][name]
    return None


def _choices(ruleset: Ruleset, name: str) -> tuple[str, ...]:
    kinds = {
        one: kind for one, kind in ruleset.types.items() if kind.kind is Kind.CHOICE and one != "outcome"
    }
    if name not in kinds:
        hint = nearest(name, list(kinds)) or f"; there are {listed(list(kinds)) or 'none'}"
        raise Unusable(f"--by {name}: {ruleset.policy} has no choice of that name{hint}")
    return kinds[name].choices


def _check_number(ruleset: Ruleset, name: str) -> None:
    names = [one for one, kind in ruleset.types.items() if kind.numeric and one not in ruleset.parameters]
    if name not in names:
        hint = nearest(name, names) or f"; there are {listed(names)}"
        raise Unusable(f"--score {name}: {ruleset.policy} has no number of that name{hint}")
