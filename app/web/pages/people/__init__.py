"""The pages about who may do what: people with their roles and authority, and keys of programs."""

from app.web.pages.people import keys, views

MODULES = (views, keys)
