"""OpenAPI 3.1: one document for the whole service, and one for each policy made from its own facts."""

from __future__ import annotations

from flask import Blueprint

from app.services.assembly import Services


def routes(services: Services) -> Blueprint:
    """``/openapi.json`` and ``/v1/policies/<policy>/openapi.json``."""
    return Blueprint("documents", __name__)
