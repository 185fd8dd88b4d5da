"""Ties: every row that the service believes beside the log, held against the log; the first that differs.

So are the data keys, which stand in a database of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.ledger.pseudonyms import Pseudonyms
from app.ledger.verifying import Fault
from app.services.log.answers import Answers
from app.services.log.beside import Beside, Difference
from app.services.log.data_keys import DataKeys
from app.services.log.imports_beside import ImportsBeside
from app.services.log.people_beside import PeopleBeside
from app.services.log.verifying import Read
from app.services.policies import Policies
from app.services.recording import Recorder
from app.store.store import Store


class Ties:
    """``hashes`` are those of this log's names. Ask once the log itself was verified: a leaf is believed."""

    def __init__(self, store: Store, recorder: Recorder, policies: Policies, hashes: Pseudonyms) -> None:
        self._store = store
        self._beside = Beside(store, recorder, hashes)
        self._people = PeopleBeside(store, self._beside)
        self._imports = ImportsBeside(store, self._beside)
        self._keys = DataKeys(store, self._beside)
        self._answers = Answers(store, policies)

    def check(self, read: Read | None = None) -> None:
        """Raise ``Fault`` at the first row that says something else than the log, with its entry's index.

        ``read`` is what verifying the log has found; without it what only its rows name is not looked at.
        """
        for told, entry in self._differences(read or Read()):
            index = None if entry is None else self._store.tree.place_of(entry)
            raise Fault(told if index is None else f"entry {index}: {told}", index)

    def _differences(self, read: Read) -> Iterator[Difference]:
        try:
            yield from self._keys.differences(read.sealed_under)
            yield from self._answers.differences(read.answers)
            yield from self._beside.differences()
            yield from self._people.differences()
            yield from self._imports.differences()
        except (ValueError, LookupError, TypeError) as error:
            yield Difference(f"a row beside the log cannot be read: {error}", None)
