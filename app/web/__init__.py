"""HTTP: reads requests, knows the caller, calls one service, turns what comes back into JSON or a page.

Flask lives here and nowhere below. No rule, no SQL, and no decision is made
here: a view reads as request, service, answer. The guard stands before all of them,
and admission before Flask itself.
"""

from __future__ import annotations

from flask import Flask

from app.services.assembly import Services
from app.web import admission, headers, logs, problems, request_ids
from app.web.api import (
    audit,
    batches,
    cases,
    comparisons,
    customers,
    decisions,
    documents,
    events,
    imports,
    keeping,
    keys,
    people,
    policies,
    receivables,
    referrals,
    rehearsals,
    rulesets,
    runs,
    searches,
    sessions,
    statements,
    tables,
)
from app.web.guard import Guard
from app.web.health import health_routes
from app.web.metrics import Metrics
from app.web.pages import errors, site


def register(app: Flask, services: Services, metrics: Metrics, guard: Guard) -> None:
    """Put every route and the error handlers into ``app``; raises ``RuntimeError`` for an unguarded route."""
    app.url_map.merge_slashes = (
        False  # a path with two slashes is another path, not a redirect to who knows where
    )
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # nobody is told what a path can do
    problems.register(app, errors.as_page)
    request_ids.register(app)
    metrics.register(app)
    headers.register(app, behind_tls=not services.settings.development)
    logs.register(app)
    for blueprint in (
        health_routes(services, metrics),
        policies.routes(services),
        decisions.routes(services),
        statements.routes(services),
        searches.routes(services),
        batches.routes(services),
        comparisons.routes(services),
        rehearsals.routes(services),
        rulesets.routes(services),
        tables.routes(services),
        cases.routes(services),
        audit.routes(services),
        documents.routes(services),
        sessions.routes(services),
        people.routes(services),
        keys.routes(services),
        referrals.routes(services),
        customers.routes(services),
        receivables.routes(services),
        imports.routes(services),
        runs.routes(services),
        keeping.routes(services),
        events.routes(services),
    ):
        app.register_blueprint(blueprint)
    site.register(app, services)
    guard.register(app)
    admission.register(app, services.settings, metrics)
