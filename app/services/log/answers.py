"""Answers held against rulesets: of what kind an outcome is, and whether it waits for a person.

Neither is in the leaf, and both follow from the leaf and the ruleset's text; the second as
far as the outcome alone decides it. So they are known of erased decisions, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.errors import TermwiseError
from app.services.log.beside import Difference
from app.services.log.rows import Answer
from app.services.policies import Policies
from app.store.store import Store


class Answers:
    """Compares what decisions say of their answers with what their rulesets say."""

    def __init__(self, store: Store, policies: Policies) -> None:
        self._store = store
        self._policies = policies

    def differences(self, answers: Mapping[Answer, int]) -> Iterator[Difference]:
        """What differs. ``answers`` are those of verified decisions, each with its first index."""
        for answer, index in answers.items():
            if (wrong := self._wrong(answer)) is not None:
                (placed,) = self._store.tree.at([index])
                yield Difference(f"decision {placed.id}: {wrong}", placed.id)

    def _wrong(self, answer: Answer) -> str | None:
        try:
            ruleset = self._policies.by_digest(answer.digest).ruleset
            kind = str(ruleset.outcome(answer.outcome).kind)
        except (TermwiseError, LookupError) as error:
            return f"its ruleset {answer.digest} does not know its outcome: {error}"
        asks, asked = answer.outcome in ruleset.asks_a_person, ruleset.referrals
        if answer.kind != kind:
            return f"its row says another `outcome_kind` than its ruleset, which says {kind}"
        if asks and not answer.waits:
            return "its outcome asks for a person, and its row of `referral` is gone"
        if answer.waits and not asks and (asked is None or not asked.also_when):
            return "nothing in its ruleset asks for a person, and there is a row of `referral`"
        return None
