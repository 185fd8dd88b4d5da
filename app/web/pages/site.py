"""All pages: the sections with their addresses, put into the application under one name."""

from __future__ import annotations

from flask import Blueprint, Flask

from app.services.assembly import Services
from app.web.pages import (
    customers,
    decision_search,
    decisions,
    editing,
    entrance,
    first_screen,
    keys,
    log,
    overrides,
    people,
    receivables,
    referrals,
    requests,
    rulesets,
    runs,
    static_files,
)
from app.web.pages.answering import Site
from app.web.pages.page import Page

SECTIONS = (
    entrance,
    first_screen,
    decision_search,
    decisions,
    requests,
    referrals,
    runs,
    receivables,
    customers,
    rulesets,
    editing,
    overrides,
    log,
    people,
    keys,
)
"""Modules with ``PAGES`` and ``routes(services)``. A new section is one line here."""

PAGES: tuple[Page, ...] = (*static_files.PAGES, *(page for section in SECTIONS for page in section.PAGES))


def register(app: Flask, services: Services) -> None:
    """Put every page into ``app``."""
    pages = Blueprint("pages", __name__)
    pages.register_blueprint(static_files.routes())
    for section in SECTIONS:
        pages.register_blueprint(section.routes(services))
    app.register_blueprint(pages)
    Site(services, frozenset(page.path for page in PAGES if page.method == "get")).attach(app)
