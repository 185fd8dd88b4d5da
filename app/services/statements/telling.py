"""What a statement of reasons tells: of the decision, of who decided, and of what the law adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.errors import Invalid, Problem
from app.domain.instants import utc_text
from app.domain.messages import told
from app.domain.notices import Notices
from app.domain.ruleset import Ruleset
from app.domain.values import Kind
from app.services.statements.holding import Holding
from app.settings.issuer import Issuer
from schemas.statements import asked, reasons


class Teller:
    """Puts together what is told, in JSON's terms. ``zone`` says which day an instant is."""

    def __init__(self, issuer: Issuer, notices: Notices, zone: ZoneInfo) -> None:
        self._issuer = issuer
        self._notices = notices
        self._zone = zone

    def statement(
        self,
        id: UUID,
        ruleset: Ruleset,
        document: Mapping[str, Any],
        held: Holding,
        language: str,
        country: str | None,
    ) -> dict[str, Any]:
        """All but the ways forward and the proof; raises ``Invalid`` for a country that the facts contradict.

        The buyer's ``country`` is None where nobody says it; then the operator's setting holds.
        """
        outcome = held.outcome
        nothing = frozenset[str]()
        broad = self._notices.broad.get(ruleset.policy, nothing)
        procedural = self._notices.procedural.get(ruleset.policy, nothing)
        principal, withheld = reasons(ruleset, document, procedural, language)
        country = self._country(country, document)
        return {
            "id": str(id),
            "language": language,
            "issuer": {"company": self._issuer.company, "address": self._issuer.address},
            "customer": document["customer"],
            "reference": document["reference"],
            "policy": ruleset.policy,
            "subject": ruleset.title.said_in(language),
            "decided_at": utc_text(held.at),
            "decided_on": held.at.astimezone(self._zone).date().isoformat(),
            "asked": asked(ruleset, document, outcome.id, language),
            "outcome": outcome.id,
            "outcome_kind": str(outcome.kind),
            "outcome_label": outcome.label.said_in(language),
            "by": held.by,
            "expires_at": None if held.expires_at is None else utc_text(held.expires_at),
            "outputs": held.outputs(ruleset, document, language),
            "reasons": principal,
            "reasons_withheld": withheld,
            "reasons_specific": any(one["code"] not in broad for one in principal),
            "review": self._review(ruleset, held),
            "country": country,
            "notices": self._due(country, language),
            "missing": list(self._issuer.missing),
        }

    def _country(self, said: str | None, document: Mapping[str, Any]) -> str | None:
        """Where the buyer is: as the facts have it, else as the caller says, else the operator."""
        name = self._notices.country_fact
        fact = None if name is None else document["facts"].get(name)
        if fact is not None and said not in (None, fact):
            message = told(
                "`country` is {said}, and the decision was made on `{name}` {fact}; leave it out",
                said=said,
                name=name,
                fact=fact,
            )
            raise Invalid("The statement cannot be given so.", [Problem(message)])
        return fact or said or self._issuer.country

    def _due(self, country: str | None, language: str) -> Sequence[Mapping[str, str]]:
        return [
            {
                "id": one.id,
                "title": one.title.said_in(language),
                "text": one.text.said_in(language),
                "source": one.source,
            }
            for one in self._notices.due(country)
        ]

    def _review(self, ruleset: Ruleset, held: Holding) -> Mapping[str, Any]:
        """Whom to ask, and until when: as many days as the ruleset says, else as the operator does."""
        said = ruleset.parameters.get(self._notices.review_days or "")
        own = None if said is None or said.type.kind is not Kind.DAYS else said.value
        days: int = self._issuer.review_days if own is None else own
        until = held.at.astimezone(self._zone).date() + timedelta(days=days)
        return {"contact": self._issuer.contact, "days": days, "until": until.isoformat()}
