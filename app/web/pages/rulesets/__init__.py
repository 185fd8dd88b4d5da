"""The pages about rulesets: reading a version, its way into force, comparing two, and rehearsing one."""

from app.web.pages.rulesets import checking, comparing, drafting, moving, reading, rehearsing, using

MODULES = (reading, checking, drafting, moving, comparing, rehearsing, using)
