"""What a rehearsal is asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.analysis.rehearsal import Difference, Segments, kinds, measured
from app.domain.errors import Invalid, Problem, TermwiseError
from app.domain.messages import told
from app.domain.requests import DecisionRequest
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, ValueType
from schemas.constants import listed, nearest

MOST = 10_000
RECORDED, PORTFOLIO = "decisions", "portfolio"
_IN_PARTS = (Kind.CHOICE, Kind.YES_NO)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which recorded decisions are meant. ``where``: facts (choices, yes_no) and the values they may have.

    ``after`` goes on behind a decision, towards older ones, where an earlier rehearsal was cut.
    """

    since: datetime | None = None
    until: datetime | None = None
    outcome: str | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a rehearsal counts: segments ``by`` these names, sums of the ``measured``, ``most`` decisions."""

    by: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    most: int = MOST


class Row(NamedTuple):
    """A row of a portfolio: its name in the answer, and the request or what is wrong with it.

    None is a row that is left out, and counted as such.
    """

    id: str
    request: DecisionRequest | TermwiseError | None


class Unlike(NamedTuple):
    """A decision or row that could not be compared, and why, by the name of what is in the way."""

    id: str
    customer: str | None
    reference: str | None
    because: Mapping[str, str]

    @property
    def said(self) -> str:
        """All that is in the way, in one line."""
        return "; ".join(self.because.values())


@dataclass(slots=True)
class Rehearsal:
    """What came of it. ``against`` is None where the baseline is what was recorded.

    ``cut`` tells that there are more decisions than were read, or that it was ``stopped`` before the end;
    ``next`` is where to go on.
    """

    ruleset: Ruleset
    against: Ruleset | None
    source: str
    at: datetime
    segments: Segments
    types: Mapping[str, ValueType]
    differing: list[Difference] = field(default_factory=list)
    unlike: list[Unlike] = field(default_factory=list)
    read: int = 0
    erased: int = 0
    left_out: int = 0
    cut: bool = False
    stopped: bool = False
    next: UUID | None = None


def manner(
    rehearsed: Ruleset, baseline: Ruleset, by: Sequence[str], sums: Sequence[str], most: int = MOST
) -> Manner:
    """How to count, with what is added up when nothing is named; raises ``Invalid`` for unknown names."""
    types = kinds(rehearsed, baseline)
    parts = {name for name, kind in types.items() if kind.kind in _IN_PARTS}
    numbers = {name for name, kind in types.items() if kind.numeric}
    problems = [
        *_misnamed("by", by, parts, "choice or yes_no"),
        *_misnamed("sum", sums, numbers, "number"),
    ]
    if problems:
        raise Invalid("The rehearsal cannot be run.", problems)
    chosen = tuple(dict.fromkeys(sums)) or measured(rehearsed, baseline)
    return Manner(tuple(dict.fromkeys(by)), chosen, most)


def of_both(rehearsed: Ruleset, baseline: Ruleset) -> Ruleset:
    """A ruleset to read a portfolio by: with the facts of both versions, the rehearsed one's above."""
    return replace(rehearsed, facts={**baseline.facts, **rehearsed.facts})


def check_where(where: Mapping[str, Sequence[str]], rehearsed: Ruleset, baseline: Ruleset) -> None:
    """Raise ``Invalid`` unless every name is a fact that is a choice or yes_no."""
    facts = {**baseline.facts, **rehearsed.facts}
    known = {name for name, one in facts.items() if one.type.kind in _IN_PARTS}
    problems = _misnamed("where", list(where), known, "choice or yes_no among the facts")
    for name, values in where.items():
        kind = facts[name].type if name in known else None
        allowed = () if kind is None else kind.choices or ("yes", "no")
        problems += [
            Problem(
                told(
                    "`where`: `{name}` is never {word}{near}",
                    name=name,
                    word=one[:64],
                    near=nearest(one, allowed),
                ),
                f"/where/{name}",
            )
            for one in values
            if kind is not None and one not in allowed
        ]
    if problems:
        raise Invalid("The rehearsal cannot be run.", problems)


def _misnamed(key: str, names: Sequence[str], known: set[str], what: str) -> list[Problem]:
    words = sorted(known)
    problems = []
    for name in names:
        if name not in known:
            hint = nearest(name, words) or told("; there are {words}", words=listed(words) or told("none"))
            problems.append(
                Problem(
                    told(
                        "`{key}`: `{name}` is no {what} here{hint}",
                        key=key,
                        name=name[:64],
                        what=told(what),
                        hint=hint,
                    ),
                    f"/{key}",
                )
            )
    return problems
