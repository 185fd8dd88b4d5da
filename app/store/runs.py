"""Runs of the day: where each stands, and its items, written in the order of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.runs import Run, RunBegun, RunFinished, RunItem
from app.store.bulk import Bulk
from app.store.changes import Insert, Update, Write
from app.store.reading import Reader
from app.store.runs_tables import run, run_item
from app.store.tables import referral

_COLUMNS = (
    "run",
    "reference",
    "customer",
    "decision",
    "outcome",
    "facts",
    "told",
    "owner",
    "rank",
    "problem",
    "round",
)
_ITEMS: Select[Any] = select(run_item, referral.c.decision.label("referral")).join(
    referral, referral.c.decision == run_item.c.decision, isouter=True
)
_KEPT = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
_STILL = "UPDATE run_item SET round = {0} WHERE run = {0} AND reference = {0}"
_STAND = "UPDATE run SET done_until = {0}, counts = {0} WHERE id = {0} AND round = {0}"


class Runs:
    """Runs and their items. Items are written with where the run stands, in one transaction."""

    def __init__(self, reader: Reader, bulk: Bulk) -> None:
        self._reader = reader
        self._bulk = bulk
        mark = "?" if reader.on_sqlite else "%s"
        marks = ", ".join([mark] * len(_COLUMNS))
        self._insert = (
            f"INSERT INTO run_item ({', '.join(_COLUMNS)}) VALUES ({marks})"
            f" ON CONFLICT (run, reference) DO UPDATE SET {_KEPT}"
        )
        self._still, self._stand = _STILL.format(mark), _STAND.format(mark)

    def of_day(self, name: str, as_of: date) -> Run | None:
        """The run of that kind and day; None where none was begun."""
        row = self._reader.first(select(run).where(run.c.name == name, run.c.as_of == as_of))
        return None if row is None else _run(row)

    def last_day(self, name: str) -> date | None:
        """The latest day of which a run of that kind was begun; None where none was."""
        days = select(run.c.as_of).where(run.c.name == name)
        row = self._reader.first(days.order_by(run.c.as_of.desc()).limit(1))
        return None if row is None else row.as_of

    def get(self, id: UUID) -> Run | None:
        """The run of that id; None where there is none."""
        row = self._reader.first(select(run).where(run.c.id == id))
        return None if row is None else _run(row)

    def page(self, name: str | None, after: UUID | None, limit: int) -> list[Run]:
        """Runs, begun last first, behind ``after``."""
        statement = select(run).order_by(run.c.id.desc()).limit(limit)
        if name is not None:
            statement = statement.where(run.c.name == name)
        if after is not None:
            statement = statement.where(run.c.id < after)
        return [_run(row) for row in self._reader.all(statement)]

    def stand(self, one: Run, items: Sequence[RunItem], still: Sequence[str] = ()) -> None:
        """Write items, and that the run came to ``done_until``; raises ``Unavailable``.

        ``still`` are references of items of earlier rounds that are as they were.
        """
        rows = [self._row(one, each) for each in items]
        same = [(one.round, self._id(one.id), reference) for reference in still]
        stand = (one.done_until, orjson.dumps(one.counts).decode(), self._id(one.id), one.round)

        def write(cursor: DBAPICursor) -> None:
            if rows:
                cursor.executemany(self._insert, rows)
            if same:
                cursor.executemany(self._still, same)
            cursor.execute(self._stand, stand)

        self._bulk.run(write)

    def known(self, id: UUID, references: Sequence[str]) -> dict[str, bytes]:
        """What those of these items that are there were decided on."""
        rows = self._reader.all(
            select(run_item.c.reference, run_item.c.facts).where(
                run_item.c.run == id, run_item.c.reference.in_(references)
            )
        )
        return {row.reference: bytes(row.facts) for row in rows}

    def told_last(
        self, names: Sequence[str], customers: Sequence[str], besides: Run
    ) -> dict[str, dict[str, Any]]:
        """What was told of these customers last by runs of these kinds, up to the day of ``besides``."""
        statement = (
            select(run_item.c.customer, run_item.c.told)
            .join(run, run.c.id == run_item.c.run)
            .where(
                run_item.c.customer.in_(customers),
                run.c.name.in_(names),
                run.c.as_of <= besides.as_of,
                run.c.id != besides.id,
                run_item.c.decision.is_not(None),
            )
            .order_by(run.c.as_of, run_item.c.decision)
        )
        return {row.customer: orjson.loads(row.told) for row in self._reader.all(statement)}

    def work(self, one: Run, owner: str | None, after: str | None, limit: int) -> list[RunItem]:
        """Everything that is work of the next customers behind ``after``: at most so many of them, whole."""
        conditions = [*_found_by(one), run_item.c.owner.is_not(None)]
        if owner is not None:
            conditions.append(run_item.c.owner == owner)
        names: Select[Any] = select(run_item.c.customer).where(*conditions).distinct()
        if after is not None:
            names = names.where(run_item.c.customer > after)
        page = [row.customer for row in self._reader.all(names.order_by(run_item.c.customer).limit(limit))]
        if not page:
            return []
        within = and_(run_item.c.customer >= page[0], run_item.c.customer <= page[-1])
        statement = _ITEMS.where(*conditions, within)
        ordered = statement.order_by(run_item.c.customer, run_item.c.reference)
        return [_item(row) for row in self._reader.all(ordered)]

    def customers_of(self, one: Run, owner: str) -> int:
        """How many customers somebody has work about."""
        conditions = [*_found_by(one), run_item.c.owner == owner]
        row = self._reader.first(select(func.count(run_item.c.customer.distinct())).where(*conditions))
        return 0 if row is None else int(row[0])

    def work_of(self, one: Run, customers: Sequence[str]) -> list[RunItem]:
        """Everything that is work of these customers, in their order."""
        statement = _ITEMS.where(
            *_found_by(one), run_item.c.owner.is_not(None), run_item.c.customer.in_(customers)
        )
        ordered = statement.order_by(run_item.c.customer, run_item.c.reference)
        return [_item(row) for row in self._reader.all(ordered)]

    def problems(self, one: Run) -> list[RunItem]:
        """What could not be decided."""
        statement = _ITEMS.where(*_found_by(one), run_item.c.problem.is_not(None))
        return [_item(row) for row in self._reader.all(statement.order_by(run_item.c.reference))]

    def _row(self, run: Run, one: RunItem) -> tuple[Any, ...]:
        decision = None if one.decision is None else self._id(one.decision)
        told = orjson.dumps(one.told).decode()
        about = (one.reference, one.customer, decision, one.outcome, one.facts, told)
        return (self._id(run.id), *about, one.owner, one.rank, one.problem, run.round)

    def _id(self, id: UUID) -> bytes | str:
        return id.bytes if self._reader.on_sqlite else str(id)


def begun_writes(change: RunBegun) -> Iterator[Write]:
    """The row of a run that begins, or its next round."""
    one = change.run
    if change.again:
        values = {"done_until": None, "finished_at": None, "digest": one.digest, "counts": "{}"}
        yield Update(run, {"id": one.id, "round": one.round - 1}, {**values, "round": one.round})
        return
    yield Insert(
        run,
        {
            "id": one.id,
            "name": one.name,
            "as_of": one.as_of,
            "digest": one.digest,
            "principal": one.by,
            "begun_at": one.begun_at,
            "round": one.round,
            "counts": "{}",
        },
    )


def finished_writes(change: RunFinished) -> Iterator[Write]:
    """That a run came to its end."""
    one = change.run
    yield Update(
        run, {"id": one.id, "round": one.round, "finished_at": None}, {"finished_at": one.finished_at}
    )


def _found_by(one: Run) -> list[ColumnElement[bool]]:
    """What the last round of a run found: what it found before and not any more is nobody's work."""
    return [run_item.c.run == one.id, run_item.c.round == one.round]


def _run(row: Row[Any]) -> Run:
    about = (row.round, row.done_until, row.finished_at, orjson.loads(row.counts))
    return Run(row.id, row.name, row.as_of, row.digest, row.principal, row.begun_at, *about)


def _item(row: Row[Any]) -> RunItem:
    about = (
        row.decision,
        row.outcome,
        bytes(row.facts),
        orjson.loads(row.told),
        row.owner,
        row.rank,
        row.problem,
        row.referral is not None,
    )
    return RunItem(row.reference, row.customer, *about)
