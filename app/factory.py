"""Builds the Flask application: services wired to the store that the settings name, served by ``app.web``."""

from __future__ import annotations

from flask import Flask

from app.services.assembly import Services, open_services
from app.settings import Settings
from app.web import register
from app.web.metrics import Metrics


def create_app(settings: Settings) -> Flask:
    """The application, its store migrated and open; raises ``Refused`` while another process writes."""
    metrics = Metrics()
    return application(open_services(settings, migrate=True, count=metrics.count_evaluation), metrics)


def application(services: Services, metrics: Metrics) -> Flask:
    """The application over services that are open already; whoever opened them closes them."""
    app = Flask("termwise", static_folder=None)
    register(app, services, metrics)
    return app
