"""Which tables this version of the service works with, and whether a database has them."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from app.domain.errors import Unavailable

LOG, KEYS = "log", "keys"
HEADS = {LOG: "log_0009", KEYS: "keys_0002"}
"""The last migration of each chain."""


def standing(connection: Connection) -> str | None:
    """The migration at which a database stands, None for one that is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def check_current(connection: Connection, chain: str) -> None:
    """Raise ``Unavailable`` when the database does not stand at the last migration of ``chain``."""
    found = standing(connection)
    if found == HEADS[chain]:
        return
    address = connection.engine.url.render_as_string()
    raise Unavailable(
        f"{address} stands at migration {found or 'none'}, and this version of Termwise works with"
        f" {HEADS[chain]}. Run the migrations (termwise serve does so when it starts), or start the version"
        " that fits."
    )
