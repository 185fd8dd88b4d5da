"""Giving out a statement of reasons: read, put into words, rendered, and recorded before it leaves.

That it was given is an entry of the log: who took it out, of which decision, in which form and language, and
(sealed, as it could be guessed from) the SHA-256 of its bytes. So it can be shown years later that a
customer was told, and that a paper is what was given then, whatever has changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from app.domain.audit import EntryKind, Recording
from app.domain.notices import Notices
from app.domain.ruleset import Ruleset
from app.domain.sealed import StoredResolution
from app.ledger.leaf import leaf_hash
from app.rendering import html, pdf
from app.services.decisions.alternatives import Alternatives
from app.services.policies import Policies
from app.services.recording import Recorder
from app.services.statements.forward import ways_told
from app.services.statements.holding import Holding, check_addressed, held_by_person, held_by_rules
from app.services.statements.sheets import sheet_of
from app.services.statements.telling import Teller
from app.settings.issuer import Issuer
from app.store.referrals import Referrals
from schemas.decisions import document_of, sealed_bytes


class Form(StrEnum):
    """The forms of a statement; each is its file's extension."""

    HTML = "html"
    PDF = "pdf"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; ``language`` and the buyer's ``country`` are None where the operator's hold.

    ``visible_to`` is the id of a person who sees their own decisions only.
    """

    decision: UUID
    form: Form
    language: str | None = None
    country: str | None = None
    visible_to: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement tells, in JSON's terms, and its bytes in the form that was asked for."""

    told: Mapping[str, Any]
    form: Form
    body: bytes


class Statements:
    """Gives out statements. ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        policies: Policies,
        recorder: Recorder,
        referrals: Referrals,
        alternatives: Alternatives,
        issuer: Issuer,
        notices: Notices,
        *,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._policies = policies
        self._recorder = recorder
        self._referrals = referrals
        self._alternatives = alternatives
        self._language = issuer.language
        self._teller = Teller(issuer, notices, zone)
        self._zone = zone
        self._now = now
        self._new_id = new_id

    def give(self, wanted: Wanted, by: str, role: str) -> Statement:
        """The statement, once an entry says that ``by`` (a person's id) took it out; raises as ``read``."""
        found = self.read(wanted)
        self._recorder.record(_recording(found, self._now(), self._new_id, by, role))
        return found

    def read(self, wanted: Wanted) -> Statement:
        """The statement, unrecorded: what holds of the decision, for the eyes of its customer.

        The same decision and resolution, under the same settings, give the same bytes. Raises ``NotFound``,
        ``Erased``, ``Refused`` for a decision of which none is given, ``Invalid``.
        """
        stored = self._recorder.get(wanted.decision, wanted.visible_to)
        document = document_of(self._recorder.unsealed(stored.entry))
        ruleset = self._policies.by_digest(document["digest"]).ruleset
        check_addressed(ruleset)
        settled = self._settled(wanted.decision)
        held, language = self._held(ruleset, document, settled), wanted.language or self._language
        told = {
            **self._teller.statement(wanted.decision, ruleset, document, held, language, wanted.country),
            "ways_forward": self._ways(wanted, held, language),
            "proof": {
                "ruleset": {"version": ruleset.version, "digest": ruleset.digest},
                "leaf_hash": leaf_hash(stored.entry.leaf).hex(),
                "resolution": None if settled is None else _proof(settled),
            },
        }
        return Statement(told, wanted.form, self._rendered(told, wanted.form))

    def _settled(self, id: UUID) -> StoredResolution | None:
        latest = self._referrals.latest(id)
        return latest if latest is not None and latest.resolution.holds_at(self._now()) else None

    def _held(
        self, ruleset: Ruleset, document: Mapping[str, Any], settled: StoredResolution | None
    ) -> Holding:
        if settled is None:
            return held_by_rules(ruleset, document)
        sealed = document_of(self._recorder.unsealed(settled.entry))
        return held_by_person(ruleset, document, settled.resolution, sealed["terms"])

    def _ways(self, wanted: Wanted, held: Holding, language: str) -> Sequence[str]:
        """What would have changed it, by the rules that decided; of what a person decided nobody can say."""
        if held.resolution is not None:
            return ()
        found = self._alternatives.of(wanted.decision, wanted.visible_to, as_decided=True)
        return ways_told(found, language)

    def _rendered(self, told: Mapping[str, Any], form: Form) -> bytes:
        if form is Form.JSON:
            return orjson.dumps(told)
        sheet = sheet_of(told, self._zone)
        if form is Form.HTML:
            return html.page(sheet)
        return pdf.document(sheet, datetime.fromisoformat(told["decided_at"]))


def _proof(settled: StoredResolution) -> dict[str, str]:
    return {"id": str(settled.entry.id), "leaf_hash": leaf_hash(settled.entry.leaf).hex()}


def _recording(
    given: Statement, at: datetime, new_id: Callable[[datetime], UUID], by: str, role: str
) -> Recording:
    told = given.told
    resolution = told["proof"]["resolution"]
    return Recording(
        id=new_id(at),
        kind=EntryKind.STATEMENT,
        at=at,
        clear={
            "decision": told["id"],
            "resolution": None if resolution is None else resolution["id"],
            "policy": told["policy"],
            "form": str(given.form),
            "language": told["language"],
            "role": role,
        },
        sealed_plaintext=sealed_bytes({"sha256": sha256(given.body).hexdigest()}),
        subject=told["customer"],
        actor=by,
    )
