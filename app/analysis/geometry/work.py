"""How much a question may cost before the answer is "not settled"."""

from __future__ import annotations


class TooMuch(Exception):
    """The question takes more work than it may; nothing was proved either way."""


class Work:
    """Steps left to spend; equal questions cost equally much on every machine."""

    __slots__ = ("_left",)

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        """Take so many; raises ``TooMuch`` when they are not there."""
        self._left -= steps
        if self._left < 0:
            raise TooMuch
