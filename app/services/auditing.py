"""Auditing: what was decided, by which rule, on which facts; and the same again, to see that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.decision import Evaluation
from app.domain.explanation import Explanation, explain
from app.domain.instants import utc_text
from app.domain.ruleset import Ruleset
from app.domain.sealed import StoredDecision
from app.domain.values import Value
from app.domain.wording import RenderedLetter, Subject, letters
from app.services.policies import Policies, Ready
from app.services.recording import Recorder, Wanted
from app.services.records import about
from app.store.store import Store
from schemas.decisions import document_of, evaluation_document, sealed_bytes
from schemas.facts import facts_from_json

_COMPARED = ("outcome", "outputs", "reasons", "fired", "derived", "notes", "not_held", "failure", "texts")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search: what each decision was, and the cursor of the next page."""

    decisions: tuple[Mapping[str, Any], ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcome of a replay: each difference names what differs, as recorded and as found now."""

    differences: tuple[Mapping[str, Any], ...]

    @property
    def identical(self) -> bool:
        """Whether everything was found again."""
        return not self.differences


class Auditing:
    """Reads decisions back, explains and replays them."""

    def __init__(self, store: Store, policies: Policies, recorder: Recorder) -> None:
        self._store = store
        self._policies = policies
        self._recorder = recorder

    def decision(self, id: UUID) -> dict[str, Any]:
        """The answer as it was given; raises ``NotFound``, and ``Erased`` after an erasure."""
        ready, document = self._read(id)
        return ready.presenter.answer(document, **about(id, document))

    def search(self, wanted: Wanted, *, after: UUID | None, limit: int) -> Found:
        """Decisions by what stands in the clear, newest first."""
        page = self._recorder.search(wanted, after=after, limit=limit)
        return Found(tuple(_summary(one) for one in page.decisions), page.next)

    def explanation(self, id: UUID) -> Explanation:
        """Why each rule did or did not fire."""
        ready, document = self._read(id)
        ruleset = ready.ruleset
        with self._policies.engine(ready) as engine:
            return explain(ready.plan, engine.direct, *_asked(ruleset, document))

    def replay(self, id: UUID) -> Replay:
        """The same facts on the same text, with both engines; reports the first difference of each part."""
        ready, document = self._read(id)
        evaluation = self._again(ready, document)
        again = document_of(sealed_bytes(evaluation_document(evaluation)))
        return Replay(
            tuple(
                {"part": part, "recorded": document[part], "replayed": again[part]}
                for part in _COMPARED
                if document[part] != again[part]
            )
        )

    def letters(self, id: UUID) -> tuple[RenderedLetter, ...]:
        """The letters that the decision calls for, as they were worded in the ruleset of that day."""
        ready, document = self._read(id)
        subject = Subject(document["customer"] or "", document["reference"] or "", str(id))
        return letters(self._again(ready, document), subject)

    def ruleset(self, id: UUID) -> Ruleset:
        """The ruleset that decided."""
        return self._read(id)[0].ruleset

    def _read(self, id: UUID) -> tuple[Ready, dict[str, Any]]:
        stored = self._store.decisions.get(id)
        document = document_of(self._recorder.unsealed(stored.entry))
        return self._policies.by_digest(document["digest"]), document

    def _again(self, ready: Ready, document: Mapping[str, Any]) -> Evaluation:
        with self._policies.engine(ready) as engine:
            return ready.plan.evaluate(engine.matcher, *_asked(ready.ruleset, document))


def _asked(ruleset: Ruleset, document: Mapping[str, Any]) -> tuple[dict[str, Value], date]:
    return facts_from_json(ruleset, document["facts"]), date.fromisoformat(document["as_of"])


def _summary(stored: StoredDecision) -> dict[str, Any]:
    index = stored.index
    return {
        "id": str(stored.entry.id),
        "decided_at": utc_text(stored.entry.at),
        "policy": index.policy,
        "ruleset": {"version": index.version, "digest": index.digest},
        "as_of": index.as_of.isoformat(),
        "outcome": index.outcome,
        "outcome_kind": index.outcome_kind,
        "reasons": list(index.reasons),
        "rules": list(index.rules),
    }
