"""The pages about rulesets: reading a version, its way into force, comparing two, and rehearsing one."""

from app.web.pages.rulesets import (
    cases,
    checking,
    comparing,
    drafting,
    moving,
    reading,
    rehearsing,
    rule,
    texts,
    using,
)

MODULES = (reading, cases, texts, rule, checking, drafting, moving, comparing, rehearsing, using)
