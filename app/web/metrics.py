"""Prometheus metrics: requests by route, and decisions by policy, outcome and engine doubt."""

from __future__ import annotations

from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from app.domain.decision import Evaluation

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts in a registry of its own, so that two applications in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "termwise_request_seconds", "Time to answer", ["route", "status"], registry=self.registry
        )
        self._evaluations = Counter(
            "termwise_evaluations",
            "Evaluations by policy and outcome",
            ["policy", "outcome"],
            registry=self.registry,
        )
        self._doubts = Counter(
            "termwise_engine_doubts",
            "Evaluations that no engine's answer could be used for",
            ["policy", "code"],
            registry=self.registry,
        )

    def count_evaluation(self, evaluation: Evaluation) -> None:
        """Called for every evaluation, recorded or simulated."""
        policy = evaluation.ruleset.policy
        self._evaluations.labels(policy, evaluation.outcome).inc()
        if evaluation.failure is not None:
            self._doubts.labels(policy, evaluation.failure.code).inc()

    def register(self, app: Flask) -> None:
        """Time every request under its route, never under its path: ids would make a metric each."""

        @app.before_request
        def start() -> None:
            g.started = perf_counter()

        @app.after_request
        def stop(response: Response) -> Response:
            route = request.url_rule.rule if request.url_rule else "none"
            self._requests.labels(route, str(response.status_code)).observe(perf_counter() - g.started)
            return response

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
