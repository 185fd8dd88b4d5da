"""The master keys at hand: the one in its file, and while it is being replaced the next one, too.

Which of them may wrap is for the key database to say (``app.store.keys``). A process that
meets a key wrapped under one that it does not know reads the files anew, so a rotation
needs no restart where the next key lies beside the present one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from app.domain.errors import Unavailable
from app.ledger.sealing import MasterKey


class Masters:
    """``read`` gives the bytes of the master keys at hand: the present one first, then any next one."""

    def __init__(self, read: Callable[[], Sequence[bytes]]) -> None:
        self._read = read
        self._at_hand: dict[str, MasterKey] = {}
        self._read_anew()
        self.wrapping = next(iter(self._at_hand.values()))
        """The one under which new data keys are wrapped."""

    def of(self, fingerprint: str) -> MasterKey:
        """The master key of that fingerprint; raises ``Unavailable`` where it is not at hand."""
        if fingerprint not in self._at_hand:
            self._read_anew()
        try:
            return self._at_hand[fingerprint]
        except KeyError:
            raise _another(fingerprint, self._at_hand) from None

    def choose(self, accepted: Collection[str]) -> None:
        """Wrap under one that the key database accepts from now on; raises ``Unavailable`` without any."""
        self._read_anew()
        fit = [one for name, one in self._at_hand.items() if name in accepted]
        if not fit:
            raise _another(", ".join(accepted), self._at_hand)
        self.wrapping = fit[0]

    def _read_anew(self) -> None:
        keys = [MasterKey(one) for one in self._read()]
        self._at_hand = {one.fingerprint: one for one in keys}


def _another(wanted: str, at_hand: Collection[str]) -> Unavailable:
    return Unavailable(
        f"The key database belongs to the master key {wanted}, and this one is {', '.join(at_hand)}. Give the"
        " master key that it was made with (TERMWISE_MASTER_KEY_FILE), or the next one beside it, as .next."
    )
