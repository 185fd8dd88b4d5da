"""Liveness, readiness and metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Blueprint, Response
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.domain.errors import Unavailable
from app.services.assembly import Services
from app.services.log.reaching import Reached, reached
from app.web.answers import json_answer
from app.web.metrics import CONTENT_TYPE, Metrics


def health_routes(services: Services, metrics: Metrics) -> Blueprint:
    """``/healthz`` answers while the process lives, ``/readyz`` only while decisions can be recorded.

    Where they can, but the log is not signed, that is ``degraded``: places are given later, nothing is lost.
    """
    routes = Blueprint("health", __name__)

    def how_far() -> Reached:
        return reached(services.store.tree, services.sequencing, services.deciding.now())

    metrics.registry.register(_Signed(how_far))

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
        fault = how_far().fault
        if fault is not None:
            return json_answer({"status": "degraded", "faults": [f"The log is not signed: {fault}"]})
        return json_answer({"status": "ready"})

    @routes.get("/metrics")
    def read_metrics() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE)

    return routes


class _Signed(Collector):
    """How far the log is signed, asked when the metrics are; nothing while the database does not answer."""

    def __init__(self, reached: Callable[[], Reached]) -> None:
        self._reached = reached

    def collect(self) -> Iterator[Metric]:
        try:
            found = self._reached()
        except Unavailable:
            return
        until = found.until.timestamp() if found.until else 0
        yield GaugeMetricFamily("termwise_log_entries", "Entries under the signed head", found.size)
        yield GaugeMetricFamily("termwise_log_signed_until_seconds", "When the last of them was made", until)
        yield GaugeMetricFamily("termwise_log_waiting_seconds", "Age of the oldest other", found.seconds)
        yield GaugeMetricFamily("termwise_log_fault", "1 while the log is not signed", int(bool(found.fault)))
