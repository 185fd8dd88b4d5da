"""The pages about all customers at once: receivables and what if, and runs over them."""

from app.web.pages.portfolio import receivables, runs

MODULES = (receivables, runs)
