"""The shipped rulesets, read once for all tests of a process: a policy's text takes a while to read."""

from __future__ import annotations

from app.services.rulesets.publishing import read_folder
from app.settings import SHIPPED_RULESETS

FILES = tuple(read_folder(SHIPPED_RULESETS))
BY_POLICY = {one.ruleset.policy: one for one in FILES}
RULESETS = {one.ruleset.policy: one.ruleset for one in FILES}
