"""All pages: the sections with their addresses, put into the application under one name."""

from __future__ import annotations

from flask import Blueprint, Flask

from app.services.assembly import Services
from app.web.pages import (
    customers,
    decisions,
    editing,
    entrance,
    first_screen,
    oversight,
    people,
    portfolio,
    referrals,
    requests,
    rulesets,
    static_files,
)
from app.web.pages.answering import Site
from app.web.pages.page import Page

SECTIONS = (
    entrance,
    *first_screen.MODULES,
    *decisions.MODULES,
    *requests.MODULES,
    *referrals.MODULES,
    *portfolio.MODULES,
    *customers.MODULES,
    *rulesets.MODULES,
    editing,
    *oversight.MODULES,
    *people.MODULES,
)
"""Modules with ``PAGES`` and ``routes(services)``: one line a folder. A new section is one line here."""

PAGES: tuple[Page, ...] = (*static_files.PAGES, *(page for section in SECTIONS for page in section.PAGES))


def register(app: Flask, services: Services) -> None:
    """Put every page into ``app``."""
    pages = Blueprint("pages", __name__)
    pages.register_blueprint(static_files.routes())
    for section in SECTIONS:
        pages.register_blueprint(section.routes(services))
    app.register_blueprint(pages)
    Site(services, frozenset(page.path for page in PAGES if page.method == "get")).attach(app)
