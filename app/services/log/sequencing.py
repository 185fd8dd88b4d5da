"""The sequencer: gives waiting entries their places, extends the tree, and signs its head.

Writers do not wait for it: an entry waits in ``pending`` from its own commit on. Each
step drains what waits, whatever the ids, and is one transaction that compares and swaps
the head; the checkpoint goes outside the database after the commit, never before, so that
what is outside is always durable inside. At the start the stored tree must continue the
last head outside: a sequencer that finds fewer entries, or other ones, signs nothing.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from app.domain.audit import EntryKind
from app.domain.errors import Refused
from app.domain.tree import AnotherLeads, Extension, StoredHead, Waiting
from app.ledger.checkpoint import Head
from app.ledger.leaf import leaf_hash
from app.ledger.notes import SigningKey
from app.ledger.outside import Outside
from app.ledger.signing import announced
from app.ledger.tree import Frontier, Node
from app.services.log.indexing import Indexing
from app.services.log.tree import Proofs
from app.store.tree import KEPT_LEVELS, Tree

_log = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.2
SECONDS_AFTER_A_FAULT = 1.0
ROUNDS_A_KEEP = 3
MOST_IN_A_STEP = 500
"""How many places one transaction gives: on SQLite, decisions wait for it."""


class Inconsistent(Refused):
    """The stored tree does not continue the last head outside: nothing is signed, and a person must look."""


class Sequencer:
    """Extends one log's tree. ``holder`` names this process, ``key`` reads the signing key, ``now`` is UTC.

    For one thread at a time. Raises ``AnotherLeads`` while another holds the lease, ``Refused`` for the wrong
    key, ``Inconsistent``, and ``Unavailable`` when the database does not answer; after any of them the next
    ``step`` begins anew.
    """

    def __init__(
        self,
        tree: Tree,
        outside: Outside,
        key: Callable[[], SigningKey],
        *,
        holder: str,
        now: Callable[[], datetime],
    ) -> None:
        self._tree = tree
        self._proofs = Proofs(tree)
        self._outside = outside
        self._read_key = key
        self._holder = holder
        self._now = now
        self._head: StoredHead | None = None
        self._indexing = Indexing(tree.blocks)

    def drain(self) -> int:
        """Give everything that waits its place, and index what was placed; how many got one."""
        given = 0
        while step := self.step():
            given += step
        self.index()
        return given

    def index(self) -> int:
        """Let the index over decisions follow by some blocks; how many."""
        return 0 if self._head is None else self._indexing.catch_up(self._head)

    def step(self) -> int:
        """Give at most ``MOST_IN_A_STEP`` places, sign, and write the checkpoint outside; how many."""
        try:
            if self._head is None:
                self._begin()
                self._publish()
            waiting = self._tree.waiting(MOST_IN_A_STEP)
            return self._extend(waiting) if waiting else 0
        except BaseException:
            self._head = None
            raise

    def keep(self) -> None:
        """Hold the lease while nothing happens."""
        if self._head is not None:
            try:
                self._tree.keep(self._head.epoch)
            except AnotherLeads:
                self._head = None
                raise

    def close(self) -> None:
        """Let the lease go."""
        head, self._head = self._head, None
        if head is not None:
            self._tree.let_go(head.epoch)

    def _begin(self) -> None:
        """Take the lease and look whether this one may sign; if not, another may try."""
        self._indexing.forget()
        head = self._tree.take(self._holder)
        try:
            self._head = self._checked(head)
        except BaseException:
            self._tree.let_go(head.epoch)
            raise

    def _checked(self, head: StoredHead) -> StoredHead:
        self._key = self._read_key()
        self._check_key(head)
        self._frontier = self._proofs.frontier(head.size)
        if self._frontier.root() != head.root:
            raise Inconsistent(
                f"The stored hashes of the {head.size:,} entries lead to another root than the head's."
                " Nothing is signed. Run `termwise audit verify`."
            )
        self._check_outside(head)
        if head.key is None:
            head = replace(head, key=str(self._key.verifying))
            self._outside.write_key(str(self._key.verifying))
        return head

    def _check_key(self, head: StoredHead) -> None:
        if head.key not in (None, str(self._key.verifying)):
            raise Refused(
                f"The log is signed by {head.key}, and the signing key here is {self._key.verifying}. Give"
                " the key in force, or finish its rotation: termwise audit rotate",
                conflict=True,
            )

    def _check_outside(self, head: StoredHead) -> None:
        last = self._outside.last()
        if last is None:
            return
        name = self._key.verifying.name
        if last.origin != name:
            raise Inconsistent(
                f"The checkpoints in {self._outside.folder} are of {last.origin}, not of {name}."
            )
        if last.size > head.size:
            raise Inconsistent(
                f"The last checkpoint outside says {last.size:,} entries, and the database holds"
                f" {head.size:,}: those from {head.size:,} on are missing. Nothing is signed."
            )
        if last.size and self._proofs.frontier(last.size).root() != last.root:
            raise Inconsistent(
                f"The first {last.size:,} entries are other ones than the last checkpoint outside says."
                " Nothing is signed. Run `termwise audit verify`."
            )

    def _extend(self, waiting: Sequence[Waiting]) -> int:
        head = self._head
        assert head is not None
        chosen, key = self._up_to_a_new_key(waiting)
        frontier = Frontier(self._frontier.size, self._frontier.peaks)
        hashes = [(one.id, leaf_hash(one.leaf)) for one in chosen]
        made: list[Node] = [node for _, hash in hashes for node in frontier.append(hash)]
        root = frontier.root()
        note = Head(self._key.verifying.name, frontier.size, root).signed(self._key)
        after = StoredHead(frontier.size, root, note, key, head.epoch)
        kept = [node for node in made if node.level % KEPT_LEVELS == 0]
        self._tree.extend(Extension(head, after, hashes, kept))
        self._head, self._frontier = after, frontier
        self._publish()
        if key != head.key:
            self._head = None  # the next step begins anew, with the key that was announced
        return len(chosen)

    def _up_to_a_new_key(self, waiting: Sequence[Waiting]) -> tuple[Sequence[Waiting], str]:
        """What is placed in this step, and the key in force after it.

        The entry that announces a key is the last that the old one signs.
        """
        for number, one in enumerate(waiting, 1):
            if one.kind == EntryKind.LOG_KEY:
                try:
                    note = json.loads(one.leaf)["clear"]["announcement"]
                    return waiting[:number], str(announced(note, self._key.verifying))
                except (LookupError, TypeError, ValueError, AttributeError) as error:
                    _log.error(
                        "entry %s announces a key that is not signed by the old one: %s", one.id, error
                    )
        return waiting, str(self._key.verifying)

    def _publish(self) -> None:
        """Write the last checkpoint outside; while that fails, no further head is signed."""
        assert self._head is not None
        if self._head.note is not None:
            self._outside.write(self._head.note, self._now())


class Sequencing:
    """A thread that lets a sequencer step five times a second, until it is closed.

    ``failed`` holds what keeps it from signing, None while all is well; ``leads`` whether it is the one that
    signs, None before it has tried. A fault is logged once, and tried again every second.
    """

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="termwise-sequencer", daemon=True)
        self.failed: str | None = None
        self.leads: bool | None = None
        self._thread.start()

    def close(self) -> None:
        """End after a last draining."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        rounds = count(1)
        while not self._ended.wait(SECONDS_AFTER_A_FAULT if self.failed else SECONDS_BETWEEN):
            self._attempt(self._sequencer.drain)
            if self.leads and next(rounds) % ROUNDS_A_KEEP == 0:
                self._attempt(self._sequencer.keep)
        self._attempt(self._sequencer.drain)
        self._attempt(self._sequencer.close)

    def _attempt(self, what: Callable[[], object]) -> None:
        try:
            what()
        except AnotherLeads:
            self.failed, self.leads = None, False
        except Exception as error:  # whatever it is, entries wait, and the next attempt may do it
            if self.failed != str(error):
                _log.error("the log's head is not signed: %s", error)
            self.failed, self.leads = str(error), False
        else:
            self.failed, self.leads = None, True
