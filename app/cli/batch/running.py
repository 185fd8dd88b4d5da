"""Runs a batch: rows in, results out in order, each row decided once however often the run is begun."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import orjson

from app.cli.batch.table import Row, Table
from app.domain.audit import IdempotencyClaim
from app.domain.errors import Invalid, Problem, TermwiseError, Unavailable
from app.domain.requests import Caller, DecisionRequest
from app.services.assembly import Services
from app.services.decisions.deciding import Answer, Item
from schemas.mapping.rows import LeftOut, RowMapping


@dataclass(frozen=True, slots=True)
class Run:
    """What is decided: every row of ``table`` on each of ``days``, in their order, under the id ``run``."""

    id: str
    policy: str
    table: Table
    mapping: RowMapping
    days: tuple[date, ...]
    enrich: bool = True

    @property
    def caller(self) -> Caller:
        """Who asks: the run, so that its decisions can be found by their requester."""
        return Caller(f"batch:{self.id}", "file", may_give_any=True, backdate=True)

    @property
    def rows(self) -> int:
        """How many rows there are to go through, over all days."""
        return self.table.rows * len(self.days)


class Asked(NamedTuple):
    """A row whose decision is under way."""

    row: Row
    day: date
    request: DecisionRequest


class Result(NamedTuple):
    """What became of one row: the answer, the refusal, or that it was left out."""

    row: Row
    day: date
    request: DecisionRequest | None
    answer: Answer | TermwiseError | LeftOut


def results(services: Services, run: Run, stopping: Callable[[], bool]) -> Iterator[Result]:
    """The result of each row, in order, until the end or until ``stopping``; what is yielded is durable.

    Raises ``Unavailable`` when the store does not record: such rows are not refused, but undecided.
    """
    for day in run.days:
        yield from _of_day(services, run, day, stopping)


def _of_day(services: Services, run: Run, day: date, stopping: Callable[[], bool]) -> Iterator[Result]:
    read: deque[Asked | Result] = deque()
    for answer in services.deciding.decide_many(run.policy, _items(run, day, stopping, read), run.caller):
        if isinstance(answer, Unavailable):
            raise answer
        yield from _settled(read)
        asked = read.popleft()
        yield Result(asked.row, asked.day, asked.request, answer)
    yield from _settled(read)


def _items(run: Run, day: date, stopping: Callable[[], bool], read: deque[Asked | Result]) -> Iterable[Item]:
    """The rows that are to be decided; each row is put into ``read``, with its result where there is one."""
    for row in run.table:
        if stopping():
            return
        found = requested(run.mapping, row, day)
        if isinstance(found, DecisionRequest):
            found = replace(found, enrich=run.enrich)
            read.append(Asked(row, day, found))
            yield Item(found, _claim(run, row, day, found))
        else:
            read.append(Result(row, day, None, found))


def requested(mapping: RowMapping, row: Row, day: date) -> DecisionRequest | TermwiseError | LeftOut:
    """What a row asks for, what is wrong with it, or that it is left out."""
    if row.cells is None:
        problem = Problem("the row has more or fewer cells than the header")
        return Invalid("The row cannot be read.", [problem])
    try:
        return mapping.request(row.cells, day)
    except TermwiseError as error:
        return error


def _claim(run: Run, row: Row, day: date, request: DecisionRequest) -> IdempotencyClaim:
    asked = [request.facts, request.customer, request.reference, request.as_of, request.currency]
    body = sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()
    return IdempotencyClaim(run.caller.name, run.policy, f"{day} row {row.number}", body)


def _settled(read: deque[Asked | Result]) -> Iterator[Result]:
    while read and isinstance(one := read[0], Result):
        read.popleft()
        yield one
