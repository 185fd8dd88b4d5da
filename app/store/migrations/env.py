"""Runs migrations on the connection that ``app.store.migrating`` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], transactional_ddl=False, render_as_batch=False
)
context.run_migrations()
