"""Meanings: whether two versions decide alike, and how much of what was recorded lies where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from app.analysis.comparison.meaning import Meaning
from app.analysis.comparison.regions import OUTCOME, OUTPUTS, REASONS, Key
from app.analysis.rehearsal import Difference
from app.domain.requests import Caller
from app.domain.ruleset import Ruleset
from app.services.comparing.comparing import proved
from app.services.comparing.rehearsed import Filters, Manner, Rehearsal
from app.services.comparing.rehearsing import Rehearsing, go_on
from app.services.policies import Policies, Ready


@dataclass(frozen=True, slots=True)
class Meant:
    """What was proved of two versions. ``recorded`` are recorded decisions by region; None: not counted.

    A recorded decision differs in a region that a proof would have found, had it come to its end.
    """

    before: Ruleset
    after: Ruleset
    meaning: Meaning
    rehearsal: Rehearsal | None = None
    recorded: dict[Key, int] | None = None


class Meanings:
    """Compares what versions mean. To count recorded decisions is a rehearsal, and recorded as one."""

    def __init__(self, policies: Policies, rehearsing: Rehearsing) -> None:
        self._policies = policies
        self._rehearsing = rehearsing

    def compared(self, before: Ready, after: Ready) -> Meant:
        """Prove that both mean the same, or find where they do not."""
        return Meant(before.ruleset, after.ruleset, proved(before, after, self._policies.engine))

    def weighed(
        self, before: Ready, after: Ready, caller: Caller, between: Callable[[], bool] = go_on
    ) -> Meant:
        """The same, with the newest recorded decisions of the policy counted by region."""
        found = self.compared(before, after)
        made = self._rehearsing.decisions(after, Filters(), Manner(), caller, against=before, between=between)
        counted = Counter(_key(one) for one in made.differing)
        return Meant(found.before, found.after, found.meaning, made, dict(counted))


def _key(one: Difference) -> Key:
    before, after = one.one.before.outcome, one.one.after.outcome
    if before != after:
        return before, after, OUTCOME
    return before, after, OUTPUTS if one.outputs else REASONS
