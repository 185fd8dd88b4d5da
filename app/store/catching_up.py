"""Brings a database up to this version, where it is not."""

from __future__ import annotations

from sqlalchemy import Engine

from app.store.migrating import HEADS, standing


def bring_up(engine: Engine, chain: str) -> None:
    """Run what is missing of a chain of migrations; see ``app.store.upgrading.upgrade``."""
    with engine.connect() as connection:
        if standing(connection) == HEADS[chain]:
            return
    # Only now: Alembic takes longer to load than the rest of the service, and is needed once a version.
    from app.store.upgrading import upgrade

    upgrade(engine, chain)
