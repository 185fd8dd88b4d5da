"""A recorded decision again: the same facts on the same text, with both engines, against the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.decision import Evaluation
from app.domain.ruleset import Ruleset
from app.domain.values import Value
from app.engine.compiled import Compiled
from app.services.policies import Ready
from schemas.decisions import document_of, evaluation_document, sealed_bytes
from schemas.facts import facts_from_json

_COMPARED = ("outcome", "outputs", "reasons", "fired", "derived", "notes", "not_held", "failure", "texts")


@dataclass(frozen=True, slots=True)
class Replay:
    """The outcome of a replay: each difference names what differs, as recorded and as found now."""

    differences: tuple[Mapping[str, Any], ...]

    @property
    def identical(self) -> bool:
        """Whether everything was found again."""
        return not self.differences


def asked(ruleset: Ruleset, document: Mapping[str, Any]) -> tuple[dict[str, Value], date]:
    """The facts of a recorded decision, and as of which day."""
    return facts_from_json(ruleset, document["facts"]), date.fromisoformat(document["as_of"])


def again(ready: Ready, engine: Compiled, document: Mapping[str, Any]) -> Evaluation:
    """The evaluation that the recorded decision came from, made anew."""
    return ready.plan.evaluate(engine.matcher, *asked(ready.ruleset, document))


def replayed(ready: Ready, engine: Compiled, document: Mapping[str, Any]) -> Replay:
    """What differs between a recorded document and the same decision made anew."""
    return compared(again(ready, engine, document), document)


def compared(evaluation: Evaluation, document: Mapping[str, Any]) -> Replay:
    """What differs between a recorded document and an evaluation."""
    found = document_of(sealed_bytes(evaluation_document(evaluation)))
    return Replay(
        tuple(
            {"part": part, "recorded": document[part], "replayed": found[part]}
            for part in _COMPARED
            if document[part] != found[part]
        )
    )
