"""Auditing: what was decided, by which rule, on which facts; and the same again, to see that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.domain.access import View
from app.domain.audit import Erased
from app.domain.explanation import Explanation, explain
from app.domain.instants import utc_text
from app.domain.ruleset import Ruleset
from app.domain.sealed import Page, StoredDecision
from app.domain.wording import RenderedLetter, Subject, letters
from app.ledger.leaf import leaf_hash
from app.services.decisions.records import about
from app.services.decisions.repeating import Repeats
from app.services.decisions.replaying import Replay, again, asked, replayed
from app.services.policies import Policies, Ready
from app.services.recording import Recorder, Wanted
from schemas.decisions import document_of
from schemas.origins import origins


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search: what each decision was, and the cursor of the next page."""

    decisions: tuple[Mapping[str, Any], ...]
    next: UUID | None


class Auditing:
    """Reads decisions back, explains and replays them. ``receipt`` signs the hash of a leaf."""

    def __init__(self, policies: Policies, recorder: Recorder, receipt: Callable[[bytes], str]) -> None:
        self._policies = policies
        self._recorder = recorder
        self._receipt = receipt
        self._repeats = Repeats(recorder)

    def decision(self, id: UUID, visible_to: str | None = None, view: View = View.FULL) -> dict[str, Any]:
        """The answer as ``view`` tells it; raises ``NotFound``, and ``Erased`` after an erasure.

        Here and below ``visible_to`` is the id of a person who sees their own only: what is not theirs is
        ``NotFound`` like what is not there.
        """
        return self._answer(self._recorder.get(id, visible_to), view)

    def search(self, wanted: Wanted, *, after: UUID | None, limit: int, view: View = View.FULL) -> Found:
        """Decisions by what stands in the clear, newest first."""
        page = self._page(wanted, after, limit)
        return Found(tuple(_summary(one, view) for one in page.decisions), page.next)

    def opened(self, wanted: Wanted, *, after: UUID | None, limit: int, view: View = View.FULL) -> Found:
        """The same, each with its whole ``answer`` as well; that is None where it was erased."""
        page = self._page(wanted, after, limit)
        told = ({**_summary(one, view), "answer": self._unless_erased(one, view)} for one in page.decisions)
        return Found(tuple(told), page.next)

    def asked_before(self, id: UUID) -> list[dict[str, Any]]:
        """Earlier answers to the same policy, customer and reference on other facts, latest first."""
        return [one.document() for one in self._repeats.before(self._recorder.get(id))]

    def explanation(self, id: UUID, visible_to: str | None = None) -> Explanation:
        """Why each rule did or did not fire."""
        ready, document = self._read(id, visible_to)
        ruleset = ready.ruleset
        with self._policies.engine(ready) as engine:
            found = explain(ready.plan, engine.direct, *asked(ruleset, document))
        return replace(found, origins=origins(document))

    def replay(self, id: UUID, visible_to: str | None = None) -> Replay:
        """The same facts on the same text, with both engines; reports the first difference of each part."""
        ready, document = self._read(id, visible_to)
        with self._policies.engine(ready) as engine:
            return replayed(ready, engine, document)

    def letters(self, id: UUID, visible_to: str | None = None) -> tuple[RenderedLetter, ...]:
        """The letters that the decision calls for, as they were worded in the ruleset of that day."""
        ready, document = self._read(id, visible_to)
        subject = Subject(document["customer"] or "", document["reference"] or "", str(id))
        with self._policies.engine(ready) as engine:
            return letters(again(ready, engine, document), subject)

    def ruleset(self, id: UUID) -> Ruleset:
        """The ruleset that decided."""
        return self._read(id)[0].ruleset

    def _read(self, id: UUID, visible_to: str | None = None) -> tuple[Ready, dict[str, Any]]:
        return self._opened(self._recorder.get(id, visible_to))

    def _page(self, wanted: Wanted, after: UUID | None, limit: int) -> Page:
        source = self._repeats if wanted.repeated else self._recorder
        return source.search(wanted, after=after, limit=limit)

    def _answer(self, stored: StoredDecision, view: View) -> dict[str, Any]:
        ready, document = self._opened(stored)
        told = about(stored.entry.id, document, view, self._receipt(leaf_hash(stored.entry.leaf)))
        return ready.presenter.answer(document, view, **told)

    def _unless_erased(self, stored: StoredDecision, view: View) -> dict[str, Any] | None:
        try:
            return self._answer(stored, view)
        except Erased:
            return None

    def _opened(self, stored: StoredDecision) -> tuple[Ready, dict[str, Any]]:
        document = document_of(self._recorder.unsealed(stored.entry))
        return self._policies.by_digest(document["digest"]), document


def _summary(stored: StoredDecision, view: View) -> dict[str, Any]:
    index = stored.index
    summary = {
        "id": str(stored.entry.id),
        "decided_at": utc_text(stored.entry.at),
        "policy": index.policy,
        "ruleset": {"version": index.version, "digest": index.digest},
        "as_of": index.as_of.isoformat(),
        "outcome": index.outcome,
        "outcome_kind": index.outcome_kind,
    }
    if view is View.SALES:  # some reasons are not told, and which rules held is not
        return summary
    return {**summary, "reasons": list(index.reasons), "rules": list(index.rules)}
