"""The pages about decisions: searching them, and one with everything that belongs to it."""

from app.web.pages.decisions import search, views

MODULES = (search, views)
