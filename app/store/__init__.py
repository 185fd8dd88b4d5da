"""Durable state: tables, repositories, migrations, and the one writer.

The only package that imports SQLAlchemy, Alembic or psycopg. Repositories take
and return domain objects; rows never leave. ``Store.record()`` is one
transaction: when it returns, all of the recording is durable; when it raises,
none of it is there.

Not here: a way to write an audit entry on its own. Recording a decision or a
change of state writes its entry in the same transaction, so it cannot be
forgotten. Nor is anything encrypted or hashed here: what arrives is sealed.
"""
