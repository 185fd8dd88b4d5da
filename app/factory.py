"""Builds the Flask application: services wired to the store that the settings name, served by ``app.web``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.domain.people import Principal
from app.services.assembly import Services, open_services
from app.settings import Settings
from app.web import logs, register
from app.web.guard import Guard
from app.web.limits import Limits
from app.web.metrics import Metrics


class _Application(Flask):
    """Flask for plain functions: it need not look, a dozen times a request, whether one is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings) -> Flask:
    """The application, its store migrated and open; raises ``Refused`` while another process writes."""
    logs.configure(settings.log_level)
    metrics = Metrics()
    services = open_services(settings, migrate=True, sequencing=True, count=metrics.count_evaluation)
    return application(services, metrics)


def application(
    services: Services,
    metrics: Metrics,
    *,
    limits: Limits | None = None,
    everyone_is: Principal | None = None,
) -> Flask:
    """The application over services that are open already; whoever opened them closes them.

    ``limits`` count requests, in place of counters of its own. ``everyone_is`` takes every request for that
    principal's, with nothing checked: for the benchmark, which measures what checking costs. No setting and
    no command reaches it.
    """
    app = _Application("termwise", static_folder=None)
    register(app, services, metrics, Guard(services, limits or Limits(), everyone_is))
    return app
