"""What a statement of reasons says by law and custom, as data: notices by country, and broad reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.values import Text

Codes = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Notice:
    """A text that the law of some countries (ISO 3166-1 alpha-2) asks a refusal to carry."""

    id: str
    countries: frozenset[str]
    source: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Notices:
    """Every notice, and where rulesets say what it depends on.

    ``country_fact`` names the fact that tells the buyer's country, ``review_days`` the parameter that tells
    how long a review may be asked for. Of the reasons, by policy: ``broad`` ones say only that a grade or a
    score did not suffice, and ``procedural`` ones nothing of the customer.
    """

    notices: tuple[Notice, ...] = ()
    country_fact: str | None = None
    review_days: str | None = None
    broad: Codes = field(default_factory=dict, hash=False)
    procedural: Codes = field(default_factory=dict, hash=False)

    def due(self, country: str | None) -> tuple[Notice, ...]:
        """The notices for a buyer in that country; none while it is not known."""
        return tuple(one for one in self.notices if country in one.countries)
