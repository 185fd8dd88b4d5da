"""Where a walk over extents stands: what every name can be, and how strict the outcome can be so far."""

from __future__ import annotations

from collections.abc import Iterable

from app.analysis.possible.extents import Extent
from app.domain.ruleset import Ruleset

UNSET = -1
"""No rule has set an outcome yet: the answer would be the ruleset's ``otherwise``."""


class Hopeless(Exception):
    """Nothing in the box can have an outcome as mild as is asked for."""


class State:
    """What is possible in a box, provided that the outcome will be no stricter than ``severity``.

    An outcome never becomes milder on the way, so what is stricter already is left out.
    """

    __slots__ = ("extents", "severity", "_severities", "_ruleset", "_otherwise")

    def __init__(self, ruleset: Ruleset, extents: dict[str, Extent], severity: int) -> None:
        self.extents = extents
        self.severity = severity
        self._ruleset = ruleset
        self._otherwise = ruleset.severities[ruleset.otherwise]
        self._severities = frozenset((UNSET,))

    def add(self, sure: int, perhaps: Iterable[int]) -> None:
        """A step that sets ``sure`` at least, and perhaps one of the others."""
        either = {UNSET, *perhaps}
        found = {max(one, sure, other) for one in self._severities for other in either}
        self._severities = frozenset(one for one in found if one <= self.severity)
        if not self._severities:
            raise Hopeless

    def said(self) -> Extent:
        """The outcome so far, as a word that later steps may read."""
        final = (self._otherwise if one == UNSET else one for one in self._severities)
        return Extent(words=frozenset(self._ruleset.outcomes[one].id for one in final))

    def finish(self) -> None:
        """Raise ``Hopeless`` where nothing sets an outcome and ``otherwise`` is too strict."""
        if self._severities == {UNSET} and self._otherwise > self.severity:
            raise Hopeless
