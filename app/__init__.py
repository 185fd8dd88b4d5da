"""Termwise: facts go in, two engines say which rules hold, a pure function makes the decision.

The decision cannot leave before its audit entry is stored.

The map, from the door inwards; imports run this way only and never back::

    cli        the shell: serve, decide, batch, replay, rulesets, audit
    factory    create_app(): builds store, engine and services, registers web
    web        HTTP: JSON resources, pages, problem details
    services   the only conductors: deciding, publishing, rehearsing, auditing
    engine     which rules of a step hold: durable_rules, and a second opinion
    analysis   gaps, overlaps, dead rules, version differences, counterfactuals
    store      tables, repositories, migrations; one transaction at a time
    ledger     Merkle tree, checkpoint, receipt, sealing: functions over bytes
    credentials  passwords, session tokens and keys: functions over text
    rendering  words in, the bytes of a page or a PDF out
    schemas    (a package beside this one) the shape of what crosses the door
    domain     the hall: values, rules, evaluation, decisions
    settings   the environment, read once and refused when unsafe

The one rule: **each outside library has one room.** durable_rules lives in
``app.engine.durable``, z3 in ``app.analysis``, SQLAlchemy, Alembic and psycopg
in ``app.store``, cryptography in ``app.ledger`` and ``app.credentials``, marshmallow,
PyYAML and lark in ``schemas``, Jinja and Typst in ``app.rendering``, Flask in
``app.web`` with ``factory`` and ``cli``. ``app.domain`` has the standard library
only. ``make lint`` holds all of this.

This file stays a docstring: ``schemas`` imports ``app.domain``, so wiring
anything here would be a circle.
"""
