"""The triggers that keep log tables append-only: their text, and whether a database still has its guards.

On SQLite, REPLACE deletes the row in its way without asking a delete trigger, whatever
constraint it collides with, the hidden rowid included; so a trigger before insert
refuses every key that is already there. On PostgreSQL truncate has a trigger of its own,
and all are ENABLE ALWAYS: a session in replica mode would pass the others by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Table, UniqueConstraint, text

from app.store.keeping_refusals import KEEPING_REFUSALS
from app.store.reading import Reader
from app.store.refusals import REFUSALS, postgres_body, sqlite_refusal

FUNCTION = "termwise_append_only"
_BODY = """
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
"""
_REFUSALS = (*REFUSALS, *KEEPING_REFUSALS)
_POSTGRES_EVENTS = {"update": "ROW", "delete": "ROW", "truncate": "STATEMENT"}


def unique_keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """Every combination of columns that is unique in ``table``, the primary key first."""
    constraints = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    named = [tuple(column.name for column in one.columns) for one in constraints]
    return (tuple(column.name for column in table.primary_key.columns), *sorted(named))


def sqlite_triggers(table: str, keys: Sequence[Sequence[str]]) -> dict[str, str]:
    """The triggers of one SQLite table, name to statement. ``keys`` are its unique keys; rowid is added."""
    taken = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in (*keys, ("rowid",))
    )
    refuse = "SELECT RAISE(ABORT, '{} is append-only: {} refused')"
    triggers = {
        f"{table}_no_{event}": f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
        f"BEGIN {refuse.format(table, event)}; END"
        for event in ("update", "delete")
    }
    triggers[f"{table}_no_replace"] = (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
        f"BEGIN {refuse.format(table, 'replace')}; END"
    )
    return triggers


def postgres_function() -> str:
    """The statement that makes the function all PostgreSQL triggers call."""
    return f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $do${_BODY}$do$"


def postgres_triggers(table: str) -> Iterator[str]:
    """The statements that guard one PostgreSQL table."""
    for event, level in _POSTGRES_EVENTS.items():
        name = f"{table}_no_{event}"
        when = f"BEFORE {event.upper()} ON {table} FOR EACH {level}"
        yield f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {FUNCTION}()"
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def faults(reader: Reader, tables: Iterable[Table]) -> list[str]:
    """What is missing or other than it should be among the triggers; empty when all is right."""
    should, found = (_sqlite if reader.on_sqlite else _postgres)(reader, list(tables))
    return [
        f"trigger {name} is {'changed' if name in found else 'missing'}: the log is not protected"
        for name, definition in should.items()
        if found.get(name) != definition
    ]


def _sqlite(reader: Reader, tables: Sequence[Table]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    should = {}
    for table in tables:
        should.update(sqlite_triggers(table.name, unique_keys(table)))
    should.update({one.trigger: sqlite_refusal(one) for one in _REFUSALS})
    rows = reader.all(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return should, {row.name: row.sql for row in rows}


def _postgres(reader: Reader, tables: Sequence[Table]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    should = {
        f"{table.name}_no_{event}": f"A BEFORE {event.upper()} {level} {_BODY.strip()}"
        for table in tables
        for event, level in _POSTGRES_EVENTS.items()
    }
    for one in _REFUSALS:
        should[one.trigger] = f"A BEFORE INSERT ROW {postgres_body(one).strip()} in its own schema"
    rows = reader.all(text(_POSTGRES_FOUND))
    return should, {row.name: row.definition for row in rows}


# Bits of tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
_POSTGRES_FOUND = """
SELECT t.tgname AS name,
       t.tgenabled::text || CASE WHEN t.tgtype & 2 > 0 THEN ' BEFORE ' ELSE ' AFTER ' END
       || CASE t.tgtype & 60 WHEN 4 THEN 'INSERT' WHEN 8 THEN 'DELETE' WHEN 16 THEN 'UPDATE'
             WHEN 32 THEN 'TRUNCATE' ELSE '-' END
       || CASE WHEN t.tgtype & 1 > 0 THEN ' ROW ' ELSE ' STATEMENT ' END
       || trim(E' \\n' from p.prosrc)
       || CASE WHEN p.proconfig IS NULL THEN ''
               WHEN p.proconfig = ARRAY['search_path=' || quote_ident(current_schema()) || ', pg_temp']
               THEN ' in its own schema' ELSE ' elsewhere' END AS definition
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgqual IS NULL AND starts_with(t.tgname, c.relname || '_no_')
"""
