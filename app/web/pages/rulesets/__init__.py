"""The pages about rulesets: reading a version, its way into force, comparing two, and rehearsing one."""

from __future__ import annotations

from flask import Blueprint

from app.services.assembly import Services
from app.web.pages.rulesets import checking, comparing, drafting, moving, reading, rehearsing, using

_MODULES = (reading, checking, drafting, moving, comparing, rehearsing, using)
PAGES = tuple(page for module in _MODULES for page in module.PAGES)


def routes(services: Services) -> Blueprint:
    """``/rulesets`` and everything under it."""
    pages = Blueprint("rulesets", __name__)
    for module in _MODULES:
        pages.register_blueprint(module.routes(services))
    return pages
