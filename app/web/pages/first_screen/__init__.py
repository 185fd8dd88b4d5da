"""The first screen: what needs the reader now, by their role."""

from app.web.pages.first_screen import views

MODULES = (views,)
