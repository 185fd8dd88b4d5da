"""Who issues documents to customers: the company, whom to ask for a review, and in which language.

Nothing of it is required: a statement of reasons says which of it is missing, and that it is not to be sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.settings import reading
from app.settings.setting import Setting
from app.settings.unsafe import UnsafeSetting

LANGUAGES = ("en", "zh")
MOST_CHARACTERS = 300
SHIPPED_NOTICES = Path(__file__).resolve().parent.parent.parent / "rulesets" / "notices.yaml"
COMPANY, ADDRESS = "TERMWISE_COMPANY", "TERMWISE_COMPANY_ADDRESS"
CONTACT, DAYS = "TERMWISE_REVIEW_CONTACT", "TERMWISE_REVIEW_DAYS"

SETTINGS = (
    Setting(COMPANY, "none", "name of the company that decides, on documents to customers"),
    Setting(ADDRESS, "none", "its address, in one line"),
    Setting(CONTACT, "none", "whom a customer asks for a review: a person, a mail address, a telephone"),
    Setting(DAYS, "60", "days to ask for one where the ruleset does not say, 1 to 3650 (60: 12 CFR 1002.9)"),
    Setting("TERMWISE_LANGUAGE", "en", "or `zh`: language of documents to customers where none is asked for"),
    Setting(
        "TERMWISE_BUYER_COUNTRY",
        "none",
        "where buyers are whose country nobody says (ISO 3166-1, such as `US`): adds the notices of its law",
    ),
    Setting("TERMWISE_NOTICES", "`rulesets/notices.yaml`", "YAML file of what the law asks a refusal to say"),
)


@dataclass(frozen=True)
class Issuer:
    """Who issues; None is not set. ``review_days`` counts from the decision. ``country`` is the buyer's."""

    company: str | None
    address: str | None
    contact: str | None
    review_days: int
    language: str
    country: str | None
    notices: Path

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables without which a document is not to be sent."""
        given = {COMPANY: self.company, ADDRESS: self.address, CONTACT: self.contact}
        return tuple(name for name, value in given.items() if value is None)


def read(given: Mapping[str, str]) -> Issuer:
    """The issuer that the environment names; raises UnsafeSetting."""
    return Issuer(
        company=_line(given, COMPANY),
        address=_line(given, ADDRESS),
        contact=_line(given, CONTACT),
        review_days=reading.whole(given, DAYS, 60, 1, 3650),
        language=_language(given),
        country=_country(given),
        notices=reading.file(given, "TERMWISE_NOTICES", SHIPPED_NOTICES),
    )


def _line(given: Mapping[str, str], name: str) -> str | None:
    text = given.get(name)
    if text is not None and (len(text) > MOST_CHARACTERS or not text.isprintable()):
        raise UnsafeSetting(name, text, f"use one line of at most {MOST_CHARACTERS} characters")
    return text


def _language(given: Mapping[str, str]) -> str:
    language = given.get("TERMWISE_LANGUAGE", "en")
    if language not in LANGUAGES:
        raise UnsafeSetting("TERMWISE_LANGUAGE", language, f"use {' or '.join(LANGUAGES)}")
    return language


def _country(given: Mapping[str, str]) -> str | None:
    country = given.get("TERMWISE_BUYER_COUNTRY")
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        raise UnsafeSetting("TERMWISE_BUYER_COUNTRY", country, "use two capitals (ISO 3166-1), such as US")
    return country
