"""What a decision found without asking: for sales, who are told from where, and see in the file with what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from app.domain.access import Action
from app.domain.ruleset import Ruleset
from app.domain.values import Text
from app.services.assembly import Services
from app.web.pages.answering import visible_with
from app.web.pages.language import N_

SOURCES: Mapping[str, str] = {
    "file": N_("from the customer file"),
    "receivables": N_("from the receivables"),
    "signals": N_("from what was reported about the customer"),
}
"""Where a fact was found, by the word of its origin."""


class Found(NamedTuple):
    """A fact that was found; ``href`` is its history in the file, empty where the reader may not see that."""

    label: Text
    source: str
    href: str


def found_for(services: Services, answer: Mapping[str, Any], ruleset: Ruleset) -> list[Found]:
    """The facts of an answer to sales that others brought, in the order of the ruleset."""
    facts, customer = services.customers.filing.facts(), answer["customer"]
    own = visible_with(Action.READ_FACT_HISTORY)
    theirs = customer is not None and services.recorder.reaches(own, customer)
    open_ones = facts.specs.keys() - facts.sensitive if theirs else frozenset()
    return [
        Found(
            spec.label,
            SOURCES[source],
            f"/customers/{quote(customer)}/facts/{name}" if source == "file" and name in open_ones else "",
        )
        for name, spec in ruleset.facts.items()
        if (source := answer["filled_in"].get(name)) is not None
    ]
