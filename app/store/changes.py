"""What a recording changes besides the log: rows of other tables, in the transaction of its entry.

A repository says for each kind of change which rows it writes (``Writes``); here they
become statements. An update or delete must meet exactly one row: whoever changes what
somebody else changed in the meantime is refused, and nothing of the recording is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Dialect, Table
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import Refused

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row. ``unless`` names the columns by which the same row may be there already: then nothing."""

    table: Table
    values: Values
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Other values in the one row that meets ``where``, which holds the revision that was read."""

    table: Table
    where: Values
    values: Values


@dataclass(frozen=True, slots=True)
class Delete:
    """The rows that meet ``where`` go, but not those of ``sparing``; exactly one unless ``any_number``."""

    table: Table
    where: Values
    any_number: bool = field(default=False, kw_only=True)
    sparing: Values = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class Another:
    """Nothing is written: a row besides that of id ``besides`` must meet ``where``, else ``missing`` is said.

    The rows are locked in the order of their ids until the end of the transaction, so that of two changes
    which would together leave none the second sees what the first left.
    """

    table: Table
    where: Values
    besides: UUID
    missing: str


Write: TypeAlias = Insert | Update | Delete | Another
Writes: TypeAlias = Callable[[Any], Iterator[Write]]


class ChangeWriter:
    """Executes changes. ``known`` says for each class of change which rows it writes."""

    def __init__(self, dialect: Dialect, known: Mapping[type, Writes]) -> None:
        self._dialect = dialect
        self._mark = "?" if dialect.name == "sqlite" else "%s"
        self._known = known

    def execute(self, cursor: DBAPICursor, change: Any) -> None:
        """Write what ``change`` writes; raises ``Refused`` where a row is not as it was read."""
        for write in self._known[type(change)](change):
            if isinstance(write, Another):
                self._find(cursor, write)
                continue
            sql, values = self._statement(write)
            cursor.execute(sql, values)
            if _needs_one(write) and cursor.rowcount != 1:
                raise Refused(change.conflict, conflict=True)

    def _find(self, cursor: DBAPICursor, write: Another) -> None:
        where, met = self._met(write.table, write.where)
        lock = "" if self._dialect.name == "sqlite" else " FOR UPDATE"
        sql = f"SELECT id <> {self._mark} FROM {write.table.name} WHERE {where} ORDER BY id{lock}"
        cursor.execute(sql, (self._encoded(write.table, "id", write.besides), *met))
        if not any(row[0] for row in cursor.fetchall()):
            raise Refused(write.missing, conflict=True)

    def _statement(self, write: Insert | Update | Delete) -> tuple[str, tuple[Any, ...]]:
        table = write.table
        if isinstance(write, Insert):
            return self._insert(write)
        where, met = self._met(table, write.where)
        if isinstance(write, Delete):
            spared = [f" AND {name} <> {self._mark}" for name in write.sparing]
            kept = (self._encoded(table, name, value) for name, value in write.sparing.items())
            return f"DELETE FROM {table.name} WHERE {where}{''.join(spared)}", (*met, *kept)
        given = tuple(self._encoded(table, name, value) for name, value in write.values.items())
        columns = ", ".join(f"{name} = {self._mark}" for name in write.values)
        return f"UPDATE {table.name} SET {columns} WHERE {where}", (*given, *met)

    def _insert(self, write: Insert) -> tuple[str, tuple[Any, ...]]:
        table = write.table
        given = tuple(self._encoded(table, name, value) for name, value in write.values.items())
        columns, marks = ", ".join(write.values), ", ".join([self._mark] * len(given))
        if not write.unless:
            return f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", given
        # Not ON CONFLICT: a log table's trigger would refuse the row before the conflict is looked at.
        where, met = self._met(table, {name: write.values[name] for name in write.unless})
        missing = f"WHERE NOT EXISTS (SELECT 1 FROM {table.name} WHERE {where})"
        return f"INSERT INTO {table.name} ({columns}) SELECT {marks} {missing}", (*given, *met)

    def _met(self, table: Table, where: Values) -> tuple[str, tuple[Any, ...]]:
        tests = [
            f"{name} IS NULL" if met is None else f"{name} = {self._mark}" for name, met in where.items()
        ]
        known = [(name, met) for name, met in where.items() if met is not None]
        return " AND ".join(tests), tuple(self._encoded(table, name, met) for name, met in known)

    def _encoded(self, table: Table, name: str, value: Any) -> Any:
        process = table.columns[name].type.dialect_impl(self._dialect).bind_processor(self._dialect)
        return value if process is None else process(value)


def _needs_one(write: Write) -> bool:
    return isinstance(write, Update) or (isinstance(write, Delete) and not write.any_number)
