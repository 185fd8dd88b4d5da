"""The pages about customers: what their file holds, and what came of it."""

from app.web.pages.customers import views

MODULES = (views,)
