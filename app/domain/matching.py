"""The port to the engines: which rules of this step hold for these values? Nothing else.

Order, hit policy, amounts, outcome and reasons are the domain's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from app.domain.values import Values

ENGINE_DISAGREEMENT = "ENGINE_DISAGREEMENT"
ENGINE_FAILED = "ENGINE_FAILED"


class Matcher(Protocol):
    """Matches the steps of the one ruleset it was compiled from."""

    def holding(self, step: int, values: Values) -> int:
        """The rules of match step number ``step`` that hold: bit i is set when rule i of the step does.

        Raises ``NoAnswer`` when it cannot tell; never guesses.
        """
        ...


class NoAnswer(Exception):
    """No engine's answer may be used: ``code`` is the reason that the referral will carry."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def rule_numbers(mask: int) -> Iterator[int]:
    """The rule numbers in a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
