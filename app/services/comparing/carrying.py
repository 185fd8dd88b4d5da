"""Facts of one version as another version of the policy reads them, or why it cannot: nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.errors import Invalid
from app.domain.messages import joined, told
from app.domain.values import Value
from app.services.policies import Ready


@dataclass(frozen=True, slots=True)
class NotComparable:
    """Why a version cannot be asked about some facts: what is in the way by the fact's name."""

    because: Mapping[str, str]

    @property
    def said(self) -> str:
        """All of it in one line."""
        return "; ".join(self.because.values())


def carried(ready: Ready, given: Mapping[str, Any], recalls: frozenset[str] = frozenset()) -> Any:
    """``given`` (facts in their JSON form, null where unknown) as complete facts of ``ready``.

    ``NotComparable`` where a known fact is not declared, is of another type or out of bounds, or where a
    fact is needed that was not known. A fact that was not asked for and may be unknown is unknown; but of
    ``recalls``, those that are missing would have been looked up at the time, so nobody knows them now.
    """
    version, specs = ready.ruleset.version, ready.ruleset.facts
    known = {name: value for name, value in given.items() if value is not None}
    because = {
        name: told("`{name}` is known, and {version} has no such fact", name=name, version=version)
        for name in known
        if name not in specs
    }
    for name, spec in specs.items():
        if name not in given and spec.recall is not None and spec.recall.by in recalls:
            because[name] = told(
                "`{name}` would have been recalled from earlier decisions, and was not recorded", name=name
            )
    typed: dict[str, Value] = {}
    try:
        typed = ready.facts.read({name: value for name, value in known.items() if name in specs})
    except Invalid as error:
        for one in error.problems:
            because.setdefault(one.pointer.rpartition("/")[2], joined("", (one.message, f" ({version})")))
    return NotComparable(because) if because else typed
