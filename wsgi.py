"""The application as a WSGI server finds it: ``wsgi:app``."""

from __future__ import annotations

from app.factory import create_app
from app.settings import Settings

app = create_app(Settings.from_env())
