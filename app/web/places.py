"""Places for requests of one kind: so many inside, so many waiting, and none waiting longer than a moment."""

from __future__ import annotations

import threading
from collections import deque

from app.settings.rooms import Room


class Places:
    """Who comes first is let in first. Safe for many threads.

    ``patience`` is how many seconds one waits for a place at most: the answer is still worth having then, and
    whoever is told to come back knows it soon. While anybody waits, every place is taken.
    """

    def __init__(self, room: Room, patience: float) -> None:
        self._room = room
        self.patience = patience
        self._mutex = threading.Lock()
        self._turns: deque[threading.Lock] = deque()
        self.inside = 0
        self.turned_away = 0

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._turns)

    def take(self) -> bool:
        """Take a place, if need be after a moment; False where there is none. ``give`` it back."""
        with self._mutex:
            if self.inside < self._room.inside:
                self.inside += 1
                return True
            if len(self._turns) >= self._room.waiting:
                self.turned_away += 1
                return False
            turn = threading.Lock()
            turn.acquire()
            self._turns.append(turn)
        return turn.acquire(timeout=self.patience) or not self._withdrawn(turn)

    def give(self) -> None:
        """Give a place back: to whoever has waited longest."""
        with self._mutex:
            if self._turns:
                self._turns.popleft().release()
            else:
                self.inside -= 1

    def _withdrawn(self, turn: threading.Lock) -> bool:
        """Wait no longer; False when the turn came in the last moment."""
        with self._mutex:
            if turn not in self._turns:
                return False
            self._turns.remove(turn)
            self.turned_away += 1
            return True
