"""On PostgreSQL, two roles: one owns the tables and migrates, the other serves and can only add to the log.

Where ``TERMWISE_MIGRATION_URL`` is not set, one role does both, and the triggers alone
stand between the service and its own log.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.store.block_tables import BLOCKS
from app.store.customers_tables import WORKING
from app.store.keeping_tables import HISTORY, dying_key
from app.store.people_tables import CHANGING
from app.store.reading import Reader
from app.store.receivables_tables import TOTALS
from app.store.receivables_tables import WORKING as RECEIVABLES
from app.store.runs_tables import WORKING as RUNS
from app.store.tables import APPEND_ONLY, idempotency
from app.store.tree_tables import GUARDED, pending, tree_head

_OWNS = """
SELECT tableowner = current_user AS owns FROM pg_tables
WHERE schemaname = current_schema() AND tablename = 'entry'
"""
_RIGHTS = """
SELECT held.name, held.may FROM (
    SELECT name, may FROM unnest(CAST(:names AS text[])) AS name
    CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS may
) AS held WHERE has_table_privilege(current_user, held.name, held.may) ORDER BY held.name, held.may
"""
_LOG = [table.name for table in (*APPEND_ONLY, *GUARDED, *HISTORY, *BLOCKS)]
_CHANGING = [table.name for table in (*CHANGING, *WORKING, *RECEIVABLES, *TOTALS, *RUNS, tree_head)]
_PASSING = [table.name for table in (idempotency, pending, dying_key)]


def grant(connection: Connection, role: str) -> None:
    """Give ``role`` what the service needs, and nothing that changes or removes an entry."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    schema = connection.dialect.identifier_preparer.quote(
        str(connection.execute(text("SELECT current_schema()")).scalar_one())
    )
    log, changing, passing = ", ".join(_LOG), ", ".join(_CHANGING), ", ".join(_PASSING)
    for statement in (
        f"GRANT USAGE ON SCHEMA {schema} TO {quoted}",
        f"REVOKE ALL ON {log}, {changing}, {passing}, alembic_version FROM {quoted}",
        f"GRANT SELECT, INSERT ON {log} TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {changing} TO {quoted}",
        f"GRANT SELECT, INSERT, DELETE ON {passing} TO {quoted}",
        f"GRANT SELECT ON alembic_version TO {quoted}",
    ):
        connection.execute(text(statement))


def faults(reader: Reader) -> list[str]:
    """What the service's role may do to the log and should not; nothing when it owns the log itself."""
    if reader.on_sqlite:
        return []
    owns = reader.first(text(_OWNS))
    if owns is None or owns.owns:
        return []
    return [
        f"the service's role may {row.may} {row.name}: let migrations grant its rights"
        for row in reader.all(text(_RIGHTS).bindparams(names=_LOG))
    ]
