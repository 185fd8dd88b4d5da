"""The service with its door open: everything that comes is let in, as before there was an admission.

It is served with as many threads as work is done by (``serving.granian(threads=16)``); then what waits, waits
where nobody counts it.
"""

from __future__ import annotations

import os

from flask import Flask

from app.factory import create_app
from app.settings import Settings
from app.web.admission import Admission
from tests.bench.machine import KEY


def create(settings: Settings) -> Flask:
    """As ``app.factory.create_app``, but for the admission."""
    app = create_app(settings)
    admission = app.wsgi_app
    assert isinstance(admission, Admission)
    app.wsgi_app = admission.app  # type: ignore[assignment,method-assign]
    return app


if KEY in os.environ:
    app = create(Settings.from_env())
