"""Log tables take new rows and nothing else, and the store notices when that is no longer so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.domain.errors import Unavailable
from app.domain.keeping import RetentionChange, RetentionRule, SubjectChange, SubjectEvent
from app.domain.keeping import State as Done
from app.domain.lifecycle import State
from app.domain.referrals import Referral, Resolution, ResolutionChange
from app.store import triggers
from app.store.keeping_tables import HISTORY
from app.store.store import Store
from app.store.tables import APPEND_ONLY
from app.store.tree_tables import GUARDED
from tests.recordings import NOON, change, ids, sealed

KEPT = (*APPEND_ONLY, *HISTORY)
TABLES = [table.name for table in KEPT]
# A column of each that no other guard looks at.
FREE = {
    "entry": "kind",
    "decision": "policy",
    "ruleset": "policy",
    "ruleset_event": "at",
    "ruleset_author": "entry",
    "referral": "policy",
    "resolution": "outcome",
    "retired_key": "at",
    "subject_event": "principal",
    "retention_rule": "source",
}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def filled(store):
    """A store with a row in every log table."""
    waiting = sealed(referral=Referral("payment-terms", None))
    store.record(waiting)
    store.record(change(State.DRAFT))
    settled = sealed(decision=None)
    one = Resolution(settled.entry.id, waiting.entry.id, "payment-terms", "offer", "WHY", NOON, "officer-2")
    store.record(replace(settled, changes=(ResolutionChange(one),)))
    held, kept = sealed(decision=None), sealed(decision=None)
    event = SubjectEvent(held.entry.id, b"s" * 16, Done.HELD, NOON, "legal-1")
    store.record(replace(held, changes=(SubjectChange(event),)))
    rule = RetentionRule(kept.entry.id, "payment-terms", 120, "law", NOON, "legal-1")
    store.record(replace(kept, changes=(RetentionChange(rule),)))
    store.keeping.retire([ids.new()], NOON)
    return store


@pytest.fixture
def intruder(filled, database_url):
    """A connection of somebody who has the database and none of our code."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def rows(connection, table):
    return connection.execute(text(f"SELECT * FROM {table}")).all()


@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_changing_and_deleting_are_refused(intruder, statement):
    for table in KEPT:
        before = rows(intruder, table.name)
        for column in table.columns:
            with pytest.raises(DBAPIError, match=f"{table.name} is append-only"):
                intruder.execute(text(statement.format(table=table.name, column=column.name)))
        assert rows(intruder, table.name) == before


@on_postgresql
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_truncating_is_refused_in_a_replica_session_too(intruder, role):
    intruder.execute(text(f"SET session_replication_role = {role}"))
    for table in TABLES:
        for statement in (f"TRUNCATE {table} CASCADE", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="is append-only"):
                intruder.execute(text(statement))
        assert rows(intruder, table)


@on_sqlite
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_replacing_a_row_by_its_key_is_refused(intruder, verb):
    for table in TABLES:
        before = rows(intruder, table)
        forged = FREE.get(table, before[0]._fields[1])
        columns = ", ".join(f"'forged' AS {name}" if name == forged else name for name in before[0]._fields)
        with pytest.raises(IntegrityError, match="replace refused"):
            intruder.execute(text(f"{verb} INTO {table} SELECT {columns} FROM {table}"))
        assert rows(intruder, table) == before


@on_sqlite
def test_replacing_a_row_by_its_hidden_rowid_is_refused(intruder):
    intruder.execute(text("PRAGMA foreign_keys = OFF"))
    for table in TABLES:
        before = rows(intruder, table)
        names = list(before[0]._fields)
        columns = ", ".join(["x'00'", *names[1:]])
        forged = f"REPLACE INTO {table} (rowid, {', '.join(names)}) SELECT rowid, {columns} FROM {table}"
        with pytest.raises(IntegrityError, match="replace refused"):
            intruder.execute(text(forged))
        assert rows(intruder, table) == before


@on_sqlite
def test_replacing_an_event_by_the_one_it_follows_is_refused(intruder):
    intruder.execute(text("PRAGMA foreign_keys = OFF"))
    with pytest.raises(IntegrityError, match="replace refused"):
        intruder.execute(
            text(
                "REPLACE INTO ruleset_event SELECT x'01', policy, version, digest, state, 'forged',"
                " principal, follows, effective_from, made_from, supersedes FROM ruleset_event"
            )
        )


def test_an_upsert_is_refused(intruder):
    key = "ON CONFLICT (id) DO UPDATE SET kind = 'forged'"
    with pytest.raises(DBAPIError, match="is append-only"):
        intruder.execute(text(f"INSERT INTO entry SELECT * FROM entry WHERE true {key}"))


def test_a_fresh_database_has_all_its_guards(store):
    assert store.guards() == []


def test_a_missing_trigger_is_reported(filled, intruder):
    sqlite = intruder.dialect.name == "sqlite"
    missing = []
    for table in TABLES:
        for event in ("update", "delete", "replace" if sqlite else "truncate"):
            name = f"{table}_no_{event}"
            intruder.execute(text(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}"))
            missing.append(f"trigger {name} is missing: the log is not protected")
            assert sorted(filled.guards()) == sorted(missing)


@on_sqlite
def test_a_trigger_that_was_blunted_is_reported(filled, intruder):
    intruder.execute(text("DROP TRIGGER entry_no_delete"))
    blunt = "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry WHEN false BEGIN SELECT 1; END"
    intruder.execute(text(blunt))
    assert filled.guards() == ["trigger entry_no_delete is changed: the log is not protected"]


@on_postgresql
def test_a_trigger_function_that_was_blunted_is_reported(filled, intruder):
    blunt = "CREATE OR REPLACE FUNCTION termwise_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    intruder.execute(text(f"{blunt} 'BEGIN RETURN NEW; END'"))
    assert len(filled.guards()) == 3 * (len(TABLES) + len(GUARDED))


@on_postgresql
@pytest.mark.parametrize("state", ["DISABLE", "ENABLE"])
def test_a_trigger_that_was_switched_off_is_reported(filled, intruder, state):
    intruder.execute(text(f"ALTER TABLE entry {state} TRIGGER entry_no_update"))
    assert filled.guards() == ["trigger entry_no_update is changed: the log is not protected"]


def test_every_unique_key_of_a_log_table_is_guarded_against_replace(intruder):
    for table in KEPT:
        found = inspect(intruder).get_unique_constraints(table.name)
        unique = {tuple(one["column_names"]) for one in found} | {tuple(table.primary_key.columns.keys())}
        assert set(triggers.unique_keys(table)) == unique


def test_asking_a_database_that_is_gone_is_unavailable(postgres, keys_url):

    postgres.run("CREATE DATABASE is_gone")
    Store.migrate(postgres.url("is_gone"), keys_url)
    with Store.open(postgres.url("is_gone"), keys_url, writing=False) as store:
        postgres.run("DROP DATABASE is_gone WITH (FORCE)")
        with pytest.raises(Unavailable):
            store.guards()
