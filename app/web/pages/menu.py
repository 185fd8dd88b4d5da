"""The menu: where the header leads, for whoever may go there."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from app.domain.access import Action
from app.web.pages.language import N_


class Entry(NamedTuple):
    """An address, its name in English, and the action that one must be allowed."""

    path: str
    name: str
    action: Action


_ENTRIES = (
    Entry("/", N_("Now"), Action.READ_ME),
    Entry("/requests", N_("Requests"), Action.DECIDE),
    Entry("/referrals", N_("Referrals"), Action.LIST_REFERRALS),
    Entry("/decisions", N_("Decisions"), Action.SEARCH_DECISIONS),
    Entry("/customers", N_("Customers"), Action.LIST_FILED_CUSTOMERS),
    Entry("/receivables", N_("Receivables"), Action.REPORT_RECEIVABLES),
    Entry("/runs", N_("Runs"), Action.LIST_RUNS),
    Entry("/rulesets", N_("Rulesets"), Action.LIST_VERSIONS),
    Entry("/overrides", N_("Overrides"), Action.COUNT_OVERRIDES),
    Entry("/log", N_("Log"), Action.LIST_AUDIT_ENTRIES),
    Entry("/people", N_("People"), Action.LIST_PEOPLE),
    Entry("/keys", N_("Keys"), Action.LIST_KEYS),
)


def entries(paths: Collection[str]) -> tuple[Entry, ...]:
    """Those among ``paths``: nothing is offered that is not there."""
    return tuple(one for one in _ENTRIES if one.path in paths)
