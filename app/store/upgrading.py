"""Runs Alembic's migrations, without a configuration file. The only module that loads Alembic."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.domain.errors import Unavailable
from app.store.migrating import standing

_MIGRATIONS = Path(__file__).with_name("migrations")
ADVISORY_LOCK = 7_311_874_650
_one_at_a_time = threading.Lock()
"""Alembic keeps what it is doing in a variable of the process."""


def upgrade(engine: Engine, chain: str) -> None:
    """Run what is missing of ``chain``; raises ``Unavailable`` when the database is newer."""
    config = configuration(chain)
    with _one_at_a_time, _alone(engine) as connection:
        found = standing(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise Unavailable(
                f"The database was made by a newer version of Termwise (it stands at {found!r}, which this"
                " version does not know). Start that version, or restore the database of before the upgrade."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configuration(chain: str) -> Config:
    """Alembic's settings for one chain of migrations."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(_MIGRATIONS / chain).replace("%", "%%"))
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that shuts every other migration out."""
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if on_sqlite else "BEGIN")
        try:
            if not on_sqlite:
                # Waiting for another migration, and a long one itself, may take what it takes.
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
