"""What holds of a decision, so that a customer can be told its reasons; and of which decisions they are not.

A statement is given for what refuses (adverse) and for what offers something else (conditional): an offer
that is not accepted counts as a refusal (12 CFR 1002.2(c)(1)(i)), and whoever weighs it wants the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.declarations import Outcome, OutcomeKind
from app.domain.errors import Refused
from app.domain.instants import from_utc_text, utc_text
from app.domain.messages import joined, told
from app.domain.referrals import Resolution
from app.domain.ruleset import Ruleset
from schemas.statements import addresses_customers, decided, settled

GIVEN_FOR = (OutcomeKind.ADVERSE, OutcomeKind.CONDITIONAL)
_FOR = "A statement of reasons is given for a decision that refuses, or offers something else than was asked."


@dataclass(frozen=True, slots=True)
class Holding:
    """The outcome that holds since ``at`` (UTC); with a resolution, by the word of a person.

    ``terms`` are what that person set, in JSON's terms. ``proposed`` is the outcome that the rules gave.
    """

    outcome: Outcome
    at: datetime
    proposed: str
    resolution: Resolution | None = None
    terms: Mapping[str, Any] | None = None

    @property
    def by(self) -> str:
        """Who said the last word: ``rules``, a ``person``, or a person who ``confirmed`` the rules."""
        if self.resolution is None:
            return "rules"
        return "confirmed" if self.outcome.id == self.proposed else "person"

    @property
    def expires_at(self) -> datetime | None:
        """When it ends to hold, if that was said."""
        return None if self.resolution is None else self.resolution.expires_at

    def outputs(self, ruleset: Ruleset, document: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
        """What was decided besides the outcome, in words."""
        if self.resolution is None:
            return decided(ruleset, document, self.outcome.id, language)
        return settled(ruleset, document, self.outcome.id, self.terms or {}, language)


def held_by_rules(ruleset: Ruleset, document: Mapping[str, Any]) -> Holding:
    """What holds while no person has settled it; raises ``Refused`` (409) where that is for one to do."""
    made: str = document["outcome"]
    if made in ruleset.asks_a_person:
        label = ruleset.outcome(made).label
        raise _refused(
            told("This decision ({label}) waits for a person; what they settle can be stated.", label=label)
        )
    return _stated(Holding(ruleset.outcome(made), from_utc_text(document["decided_at"]), made))


def held_by_person(
    ruleset: Ruleset, document: Mapping[str, Any], said: Resolution, terms: Mapping[str, Any]
) -> Holding:
    """What a person settled, and holds; raises ``Refused`` (409) where that was favourable."""
    return _stated(Holding(ruleset.outcome(said.outcome), said.at, document["outcome"], said, terms))


def check_addressed(ruleset: Ruleset) -> None:
    """Raise ``Refused`` (409) for a policy whose decisions are not told to customers."""
    if not addresses_customers(ruleset):
        raise _refused(
            told(
                "No letter of {policy} goes to customers: its decisions are not told to them.",
                policy=ruleset.policy,
            )
        )


def _stated(found: Holding) -> Holding:
    if found.outcome.kind in GIVEN_FOR:
        return found
    label = found.outcome.label
    if found.outcome.kind is OutcomeKind.INCOMPLETE:
        raise _refused(
            told(
                "Nothing was refused here ({label}): the decision's letters say what is missing.", label=label
            )
        )
    since = (
        "" if found.resolution is None else told(", as a person settled it at {at}", at=utc_text(found.at))
    )
    raise _refused(told("This decision was favourable ({label}{since}).", label=label, since=since))


def _refused(why: str) -> Refused:
    return Refused(joined(" ", (why, _FOR)), conflict=True)
