"""Finding decisions by what stands in the clear, newest first, a page at a time, always by an index.

Which index leads is chosen here and not left to the database: that of a reference, a customer, words
(``app.store.blocks``), a person, a policy, or time alone. All else that is asked for is looked up in the rows
to which it leads. Whoever sees their own only is led by what makes it theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, union_all

from app.domain.sealed import DecisionFilter, Page, StoredDecision
from app.store.blocks import SIZE, Blocks, Span
from app.store.decisions import BOTH, MARGIN, MOST_ON_A_PAGE, Decisions, decision_of, id_at
from app.store.people_tables import assignment
from app.store.reading import Reader
from app.store.tables import decision
from app.store.tree_tables import pending, place, tree_head

WORDS = ("version", "outcome", "outcome_kind", "reason", "rule")
"""What is asked for in words for which there are bits."""
LEADING = ("reference", "customer", "requester", "policy")
"""Columns with an index of their own, in the order in which one of them leads."""
MOST_BEHIND = 16
"""While the index is first made: with more full blocks missing from it, rows are walked instead."""
WIDEST = 256
NOTHING = UUID(int=0)
_NOT_LEADING: Mapping[str, Any] = dict.fromkeys(LEADING)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Ids from ``least`` on and below ``end``."""

    least: UUID = NOTHING
    end: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for a query."""
        below = [] if self.end is None else [decision.c.id < self.end]
        return [*([decision.c.id >= self.least] if self.least != NOTHING else []), *below]

    def of(self, spans: Sequence[Span]) -> tuple[int, int]:
        """Of blocks the first, and the one behind the last, that hold ids within."""
        numbers = range(len(spans))
        first = next((one for one in numbers if (spans[one].newest or NOTHING) >= self.least), 0)
        for last in reversed(numbers):
            least = spans[last].oldest
            if least is not None and (self.end is None or least < self.end):
                return first, last + 1
        return first, first

    def hold(self, id: UUID) -> bool:
        """Whether an id lies within."""
        return self.least <= id and (self.end is None or id < self.end)


class Finding:
    """Searches for decisions."""

    def __init__(self, reader: Reader, decisions: Decisions, blocks: Blocks) -> None:
        self.engine = reader.engine
        self._reader = reader
        self._decisions = decisions
        self._blocks = blocks

    def search(self, wanted: DecisionFilter, *, after: UUID | None = None, limit: int = 50) -> Page:
        """Up to ``limit`` decisions (at most 1,000), newest first; ``after`` is the last page's ``next``."""
        limit = max(1, min(limit, MOST_ON_A_PAGE))
        conditions = self._decisions.conditions(wanted)
        ids = self._ids(wanted, _bounds(wanted, after), limit + 1)
        found: list[StoredDecision] = []
        while len(found) <= limit and (some := list(islice(ids, limit + 1))):
            rows = self._reader.all(
                BOTH.where(decision.c.id.in_(some), *conditions).order_by(decision.c.id.desc())
            )
            found += [decision_of(row) for row in rows]
        more = len(found) > limit
        return Page(tuple(found[:limit]), found[limit - 1].entry.id if more else None)

    def _ids(self, wanted: DecisionFilter, bounds: _Bounds, at_once: int) -> Iterator[UUID]:
        """Ids among which all those wanted are, the greatest first, each once."""
        streams = [self._led(one, lead, bounds, at_once) for one, lead in _ways(wanted)]
        return (id for id, _ in groupby(merge(*streams, reverse=True)))

    def _led(
        self, wanted: DecisionFilter, lead: ColumnElement[bool] | None, bounds: _Bounds, at_once: int
    ) -> Iterator[UUID]:
        if lead is None and _words(wanted) and self._is_indexed():
            return self._by_words(wanted, bounds)
        given = {name: value for name in LEADING if (value := getattr(wanted, name)) is not None}
        if lead is None and given:
            name, value = next(iter(given.items()))
            lead = decision.c[name] == value
            led: Mapping[str, Any] = {name: None}
            wanted = replace(wanted, **led)
        conditions = self._looked_up(wanted)
        return self._walked(conditions if lead is None else [lead, *conditions], bounds, at_once)

    def _looked_up(self, wanted: DecisionFilter) -> list[ColumnElement[bool]]:
        """What is wanted, said so that no index of a column is thought of: another one leads."""
        plain = self._decisions.conditions(replace(wanted, **_NOT_LEADING))
        given = [(decision.c[one], value) for one in LEADING if (value := getattr(wanted, one)) is not None]
        return [*plain, *(func.coalesce(column, column) == value for column, value in given)]

    def _walked(self, conditions: list[ColumnElement[bool]], bounds: _Bounds, at_once: int) -> Iterator[UUID]:
        while True:
            statement = select(decision.c.id).where(and_(True, *conditions, *bounds.conditions()))
            rows = self._reader.all(statement.order_by(decision.c.id.desc()).limit(at_once))
            yield from (row.id for row in rows)
            if len(rows) < at_once:
                return
            bounds = replace(bounds, end=rows[-1].id)

    def _is_indexed(self) -> bool:
        size = self._reader.all(select(tree_head.c.size))[0].size
        return int(size) // SIZE - len(self._blocks.spans()) <= MOST_BEHIND

    def _by_words(self, wanted: DecisionFilter, bounds: _Bounds) -> Iterator[UUID]:
        """The ids of a policy's decisions that have all of the words, by blocks from the newest on.

        Places follow the order of ids almost everywhere and not quite, so an id waits until no block that is
        still to come can hold a greater one.
        """
        spans = self._blocks.spans()
        greatest = [NOTHING]  # of all blocks before the one of that number
        for span in spans:
            greatest.append(max(greatest[-1], span.newest or NOTHING))
        held = self._behind(len(spans), wanted, bounds)
        for number, bits in self._bits(wanted, bounds):
            ready = sorted((one for one in held if one > greatest[number + 1]), reverse=True)
            held = [one for one in held if one <= greatest[number + 1]]
            yield from ready
            held += self._at(number, bits, bounds)
        yield from sorted(held, reverse=True)

    def _bits(self, wanted: DecisionFilter, bounds: _Bounds) -> Iterator[tuple[int, int]]:
        """Blocks with the bits of what is wanted, from the newest block on; not those that have none."""
        words, spans = _words(wanted), self._blocks.spans()
        policies = frozenset[str]().union(*(one.policies for one in spans))
        if wanted.policy is not None:
            policies &= {wanted.policy}
        begin, end = bounds.of(spans)
        width = 1
        while end > begin and policies:
            first = max(begin, end - width)
            rows = self._blocks.bits(policies, words, first, end)
            for number in sorted(rows, reverse=True):
                bits = 0
                for policy in policies:
                    both = (1 << SIZE) - 1
                    for word in words:
                        both &= rows[number].get((policy, word), 0)
                    bits |= both
                if bits:
                    yield number, bits
            end, width = first, min(2 * width, WIDEST)

    def _at(self, number: int, bits: int, bounds: _Bounds) -> list[UUID]:
        """The ids at those places of a block, within the bounds."""
        offsets = [offset for offset in range(SIZE) if bits >> offset & 1]
        first = number * SIZE
        within = place.c.place.between(first + offsets[0], first + offsets[-1])
        if len(offsets) * 4 < offsets[-1] - offsets[0]:
            within = place.c.place.in_([first + one for one in offsets])
        rows = self._reader.all(select(place.c.place, place.c.id).where(within))
        found = [row.id for row in rows if bits >> (row.place - first) & 1]
        return [one for one in found if bounds.hold(one)]

    def _behind(self, blocks: int, wanted: DecisionFilter, bounds: _Bounds) -> list[UUID]:
        """The ids of what is wanted among the decisions that no block holds yet."""
        behind = union_all(select(place.c.id).where(place.c.place >= blocks * SIZE), select(pending.c.id))
        statement = select(decision.c.id).where(decision.c.id.in_(behind), *self._looked_up(wanted))
        found = [row.id for row in self._reader.all(statement)]
        return [one for one in found if bounds.hold(one)]


def _ways(wanted: DecisionFilter) -> Iterator[tuple[DecisionFilter, ColumnElement[bool] | None]]:
    """The searches that together find what is wanted, each with what leads it where the filter does not say.

    What is wanted of a customer, or of all, is one. Of what somebody sees there are three: what they asked
    for, what they asked on behalf of others, and what is about their customers.
    """
    seen = wanted.visible_to
    if seen is None or wanted.reference is not None or wanted.customer is not None:
        yield wanted, None
        return
    if wanted.requester in (None, seen.requester):
        yield replace(wanted, requester=seen.requester, visible_to=None), None
    theirs = select(assignment.c.customer).where(assignment.c.person == seen.person)
    for lead in (decision.c.asked_by == seen.requester, decision.c.customer.in_(theirs)):
        yield replace(wanted, visible_to=None), lead


def _words(wanted: DecisionFilter) -> list[str]:
    """What is wanted in words of the index; none where a column leads to fewer."""
    if wanted.reference is not None or wanted.customer is not None:
        return []
    asked = [f"{name} {value}" for name in WORDS if (value := getattr(wanted, name)) is not None]
    if asked and wanted.requester is not None:
        asked.append(f"requester {wanted.requester.hex()}")
    return asked


def _bounds(wanted: DecisionFilter, after: UUID | None) -> _Bounds:
    """Within which ids everything wanted lies."""
    least = NOTHING if wanted.since is None else id_at(wanted.since - MARGIN)
    ends = [] if wanted.until is None else [id_at(wanted.until + MARGIN)]
    return _Bounds(least, min([*ends, *([] if after is None else [after])], default=None))
