"""Where another role owns the log, the service's role can add to it and read it, and no more."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.domain.lifecycle import State
from app.domain.sealed import DecisionFilter
from app.store.keeping_tables import HISTORY
from app.store.store import Store
from app.store.tables import APPEND_ONLY
from tests.recordings import change, sealed, sealed_claim


@pytest.fixture
def urls(postgres, tmp_path):
    """The service's address, the keys', and the address of the role that owns the log."""
    for role in ("owner", "service"):
        postgres.run("DROP DATABASE IF EXISTS split WITH (FORCE)", f"DROP ROLE IF EXISTS {role}")
    postgres.run("CREATE ROLE owner LOGIN", "CREATE ROLE service LOGIN", "CREATE DATABASE split OWNER owner")
    addresses = (
        postgres.url("split", "service"),
        f"sqlite:///{tmp_path}/keys.db",
        postgres.url("split", "owner"),
    )
    Store.migrate(*addresses)
    yield addresses
    postgres.run("DROP DATABASE split WITH (FORCE)", "DROP ROLE owner", "DROP ROLE service")


def test_the_service_records_and_reads_and_lets_claims_go(urls):
    with Store.open(*urls[:2], writing=True) as store:
        recording = sealed(claim=sealed_claim())
        store.record(recording)
        store.record(change(State.DRAFT))
        assert len(store.finding.search(DecisionFilter()).decisions) == 1
        assert store.forget_claims(recording.entry.at.replace(year=2027)) == 1
        assert store.guards() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET policy = 'x'",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "CREATE TRIGGER t BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION termwise_append_only()",
    ],
)
def test_the_service_can_do_nothing_else_to_a_log_table(urls, statement):
    engine = create_engine(urls[0], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in (*APPEND_ONLY, *HISTORY):
            if "policy" in statement and "policy" not in table.columns:
                continue
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                connection.execute(text(statement.format(table.name)))
    engine.dispose()


def test_a_right_too_many_is_reported(urls):
    engine = create_engine(urls[2], isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        owner.execute(text("GRANT UPDATE, TRUNCATE ON decision TO service"))
    engine.dispose()
    with Store.open(*urls[:2], writing=False) as store:
        assert store.guards() == [
            "the service's role may TRUNCATE decision: let migrations grant its rights",
            "the service's role may UPDATE decision: let migrations grant its rights",
        ]
    Store.migrate(*urls)
    with Store.open(*urls[:2], writing=False) as store:
        assert store.guards() == []
