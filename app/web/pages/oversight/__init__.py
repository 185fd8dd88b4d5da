"""The pages about what people did: overrides, and the log of everything."""

from app.web.pages.oversight import log, overrides

MODULES = (overrides, log)
