"""Liveness, readiness and metrics."""

from __future__ import annotations

from flask import Blueprint, Response

from app.domain.errors import Unavailable
from app.services.assembly import Services
from app.web.answers import json_answer
from app.web.metrics import CONTENT_TYPE, Metrics


def health_routes(services: Services, metrics: Metrics) -> Blueprint:
    """``/healthz`` answers while the process lives, ``/readyz`` only while decisions can be recorded."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return json_answer({"status": "alive"})

    @routes.get("/readyz")
    def readyz() -> Response:
        faults = list(services.store.guards())
        if not services.policies.names():
            faults.append("no ruleset is known; run `termwise rulesets sync --bootstrap`")
        if faults:
            raise Unavailable(f"Decisions cannot be made as they should: {'; '.join(faults)}")
        return json_answer({"status": "ready"})

    @routes.get("/metrics")
    def read_metrics() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE)

    return routes
