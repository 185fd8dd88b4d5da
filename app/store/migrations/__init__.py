"""Migrations of the two databases, each a chain of its own: ``log`` and ``keys``.

Tables of the log change by new tables or by a native ADD COLUMN only. Alembic's batch
mode copies a table and drops its triggers without a word; a test refuses it here.
"""
