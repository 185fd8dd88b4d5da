"""The service with nobody checked: every request is taken for that of the owner of ``BENCH_KEY``.

Only here is the switch of ``app.factory.application`` used that makes it so.
"""

from __future__ import annotations

import os

from flask import Flask

from app.factory import application
from app.services.assembly import open_services
from app.settings import Settings
from app.web.metrics import Metrics
from tests.bench.machine import KEY


def create(settings: Settings, key: str) -> Flask:
    """As ``app.factory.create_app``, but for the guard."""
    metrics = Metrics()
    services = open_services(settings, migrate=True, sequencing=True, count=metrics.count_evaluation)
    return application(services, metrics, everyone_is=services.signing_in.principal_of_key(key))


if KEY in os.environ:
    app = create(Settings.from_env(), os.environ[KEY])
