"""The pages about one's own requests: asking, and what became of it."""

from app.web.pages.requests import views

MODULES = (views,)
