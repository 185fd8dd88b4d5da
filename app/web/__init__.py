"""HTTP: reads requests, knows the caller, calls one service, turns what comes back into JSON.

Flask lives here and nowhere below. No rule, no SQL, and no decision is made
here: a view reads as request, service, answer.
"""

from __future__ import annotations

from flask import Flask

from app.services.assembly import Services
from app.web import headers, problems
from app.web.api import batches, decisions, documents, policies, searches
from app.web.health import health_routes
from app.web.metrics import Metrics


def register(app: Flask, services: Services, metrics: Metrics) -> None:
    """Put every route and the error handlers into ``app``."""
    app.url_map.merge_slashes = (
        False  # a path with two slashes is another path, not a redirect to who knows where
    )
    problems.register(app)
    metrics.register(app)
    headers.register(app)
    for blueprint in (
        health_routes(services, metrics),
        policies.routes(services),
        decisions.routes(services),
        searches.routes(services),
        batches.routes(services),
        documents.routes(services),
    ):
        app.register_blueprint(blueprint)
