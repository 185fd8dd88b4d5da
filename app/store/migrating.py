"""Brings a database to the tables that this version of the service works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.domain.errors import Unavailable

_MIGRATIONS = Path(__file__).with_name("migrations")
_ADVISORY_LOCK = 7_311_874_650
LOG, KEYS = "log", "keys"


def migrate(engine: Engine, chain: str) -> None:
    """Run what is missing of ``chain`` (``log`` or ``keys``), all of it in one transaction.

    Processes that start together wait for each other. Raises ``Unavailable`` when the database is newer than
    this version of the service.
    """
    with _alone(engine) as connection:
        _known(connection, chain)
        config = _config(chain)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(connection: Connection, chain: str) -> bool:
    """Whether the database stands at the last migration of ``chain``."""
    return _standing(connection) == ScriptDirectory.from_config(_config(chain)).get_current_head()


def _config(chain: str) -> Config:
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
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _known(connection: Connection, chain: str) -> None:
    standing = _standing(connection)
    if standing is None:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config(chain)).walk_revisions()}
    if standing not in known:
        raise Unavailable(
            f"The database was made by a newer version of Termwise (it stands at {standing!r}, which this"
            " version does not know). Start that version, or restore the database of before the upgrade."
        )


def _standing(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
