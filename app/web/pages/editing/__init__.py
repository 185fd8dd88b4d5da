"""The editor of a draft: its tables, rules, parameters, cases and text, which are views of one text.

desk     what all views share: the draft as it stands, checking, saving, and two people at once
tables   one table as a sheet of cells
values   rules and parameters: single values of the text, each in a field
cases    the cases with what comes out of each
text     the text itself
filling  what the fields of a form make of a text; spelling numbers as people write them
examples the examples of rules in words; mending what one tap fills in
"""

from __future__ import annotations

from flask import Blueprint

from app.services.assembly import Services
from app.web.pages.editing import cases, tables, text, values
from app.web.pages.editing.desk import Desk

PAGES = (*tables.PAGES, *values.PAGES, *cases.PAGES, *text.PAGES)


def routes(services: Services) -> Blueprint:
    """Everything under ``/rulesets/<policy>/<version>/edit``."""
    pages = Blueprint("editing", __name__, url_prefix="/rulesets/<policy>/<version>/edit")
    desk = Desk(services)
    for view in (tables, values, cases, text):
        view.add(pages, desk)
    return pages
