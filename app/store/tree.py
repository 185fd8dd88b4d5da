"""The tree in the database: what waits for a place, complete subtrees for proofs, and the one head.

Every extension compares the head's size and epoch and swaps them in the transaction
that writes the places, so of two sequencers that both believe they hold the lease only
one can extend the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, func, or_, select, text
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import Unavailable
from app.domain.sealed import Entry
from app.domain.tree import AnotherLeads, Extension, Placed, Reach, StoredHead, Waiting
from app.store.blocks import Blocks
from app.store.databases import parsed, reading_engine
from app.store.every_row import EveryRow
from app.store.reading import Reader
from app.store.searching import Searching
from app.store.tables import NOT_A_DECISION, decision, entry
from app.store.tree_tables import pending, place, subtree, tree_head

KEPT_LEVELS = 8
"""Subtrees are kept at every level that is a multiple of this: 256 hashes of one make one of the next."""
LEASE_SECONDS = 1.5
"""How long nothing is signed after a sequencer died; its holder keeps it more often than that."""
MOST_AT_ONCE = 1000
_TAKE_ALONE = "UPDATE tree_head SET holder = ?, epoch = epoch + 1 WHERE id = 1"
_TAKE = f"""
UPDATE tree_head SET holder = %s, epoch = epoch + 1, held_until = now() + interval '{LEASE_SECONDS} seconds'
WHERE id = 1 AND (holder IS NULL OR holder = %s OR held_until < now())
"""
_LONGER = f", held_until = now() + interval '{LEASE_SECONDS} seconds'"
_KEEP = f"UPDATE tree_head SET id = id{_LONGER} WHERE id = 1 AND epoch = %s"
_LET_GO = "UPDATE tree_head SET holder = NULL WHERE id = 1 AND epoch = {0}"
_SWAP = """
UPDATE tree_head SET size = {0}, root = {0}, note = {0}, key = {0}{1}
WHERE id = 1 AND size = {0} AND epoch = {0}
"""
_PLACED = (
    select(
        place,
        *(one for one in entry.c if one.name != "id"),
        decision.c.id.label("decided"),
    )
    .join_from(place, entry, place.c.id == entry.c.id, isouter=True)
    .join(decision, place.c.id == decision.c.id, isouter=True)
    .order_by(place.c.place)
)
Work: TypeAlias = Callable[[DBAPICursor], object]


class Tree:
    """Reads the tree, and extends it through ``work``, which does something in the next transaction.

    ``searching`` finds entries by what they are looked for; ``every_row`` reads them all. ``blocks`` is the
    index of the decisions among them.
    """

    def __init__(self, reader: Reader, work: Callable[[Work], None]) -> None:
        self.searching = Searching(reader)
        self.every_row = EveryRow(reader)
        self.blocks = Blocks(reader, work)
        self._reader = reader
        self._work = work
        self._mark = "?" if reader.on_sqlite else "%s"
        self._id: Callable[[UUID], bytes | str] = (lambda id: id.bytes) if reader.on_sqlite else str

    def head(self) -> StoredHead:
        """The head as it stands."""
        row = self._reader.all(select(tree_head))[0]
        return StoredHead(row.size, bytes(row.root), row.note, row.key, row.epoch)

    def reach(self) -> Reach:
        """How far the log is signed, at one moment."""
        oldest = select(entry.c.at).join_from(pending, entry, pending.c.id == entry.c.id)
        newest = select(entry.c.at).join_from(place, entry, place.c.id == entry.c.id)
        row: Any = self._reader.all(
            select(
                select(tree_head.c.size).scalar_subquery(),
                newest.order_by(place.c.place.desc()).limit(1).scalar_subquery(),
                oldest.order_by(pending.c.id).limit(1).scalar_subquery(),
            )
        )[0]
        return Reach(row[0], row[1], row[2])

    def waiting(self, limit: int) -> list[Waiting]:
        """Up to ``limit`` entries without a place, by rising id.

        By id only for order's sake: an older id may turn up later, because databases commit out of order.
        """
        statement = (
            select(entry.c.id, entry.c.kind, entry.c.leaf)
            .join_from(pending, entry, pending.c.id == entry.c.id)
            .order_by(pending.c.id)
            .limit(limit)
        )
        return [Waiting(row.id, row.kind, bytes(row.leaf)) for row in self._reader.all(statement)]

    def counts(self) -> tuple[int, int, int]:
        """How many entries there are, how many have a place, and how many wait for one; at one moment."""
        counted = [
            select(func.count()).select_from(table).scalar_subquery() for table in (entry, place, pending)
        ]
        row: Any = self._reader.all(select(*counted))[0]
        return row[0], row[1], row[2]

    def hashes(self, level: int, first: int, end: int) -> list[bytes]:
        """The kept hashes of a level from position ``first`` up to ``end``, as far as there are any."""
        if level == 0:
            position, statement = place.c.place, select(place.c.hash)
        else:
            position, statement = subtree.c.position, select(subtree.c.hash).where(subtree.c.level == level)
        found = self._reader.all(statement.where(position >= first, position < end).order_by(position))
        return [bytes(row.hash) for row in found]

    def place_of(self, id: UUID) -> int | None:
        """The place of an entry; None while it has none."""
        row = self._reader.first(select(place.c.place).where(place.c.id == id))
        return None if row is None else int(row.place)

    def placed(self, first: int, end: int) -> Iterator[Placed]:
        """Entries from place ``first`` up to ``end``, in order; a place that is missing is left out."""
        for start in range(first, end, MOST_AT_ONCE):
            upto = min(end, start + MOST_AT_ONCE)
            statement = _PLACED.where(place.c.place >= start, place.c.place < upto)
            yield from map(_placed, self._reader.all(statement))

    def at(self, places: Sequence[int]) -> list[Placed]:
        """The entries at these places, in order; a place that is missing is left out."""
        return list(map(_placed, self._reader.all(_PLACED.where(place.c.place.in_(places)))))

    def of(self, ids: Sequence[UUID]) -> dict[UUID, Placed]:
        """Those of some hundred entries that have a place, by id."""
        rows = self._reader.all(_PLACED.where(place.c.id.in_(ids)).order_by(None))
        return {row.id: _placed(row) for row in rows}

    def places_of(self, kind: str, first: int, end: int, limit: int) -> list[int]:
        """Where entries of a kind stand, from place ``first`` up to ``end``; of any kind but decisions."""
        statement = (
            select(place.c.place)
            .join_from(entry, place, place.c.id == entry.c.id)
            .where(entry.c.kind == kind, text(NOT_A_DECISION))
            .where(place.c.place >= first, place.c.place < end)
            .order_by(place.c.place)
            .limit(limit)
        )
        return [int(row.place) for row in self._reader.all(statement)]

    def strays(self) -> Iterator[str]:
        """What stands beside the tree: entries that neither have a place nor wait, decisions, nodes."""
        entries, placed, waiting = self.counts()
        if entries != placed + waiting:
            yield (
                f"there are {entries:,} entries, of which {placed:,} have a place and {waiting:,} wait for"
                " one: the numbers do not add up"
            )
        if placed > (size := self.head().size):
            yield f"{placed - size:,} entries stand behind the head's {size:,}"
        orphans = select(func.count()).select_from(decision.outerjoin(entry, entry.c.id == decision.c.id))
        alone = int(self._reader.all(orphans.where(entry.c.id.is_(None)))[0][0])
        if alone:
            yield f"{alone:,} decisions have no entry"
        last = tree_head.c.size.op(">>")(subtree.c.level)
        beyond = or_(subtree.c.level % KEPT_LEVELS != 0, subtree.c.position < 0, subtree.c.position >= last)
        counted = select(func.count()).select_from(subtree, tree_head).where(beyond)
        if nodes := int(self._reader.all(counted)[0][0]):
            yield f"the stored tree has {nodes:,} nodes that no tree of its size has"

    def take(self, holder: str) -> StoredHead:
        """Become the one who extends the tree; raises ``AnotherLeads`` while it holds the lease.

        On SQLite the process that writes is alone already (``app.store.lock``), and takes over at once.
        """
        sql = _TAKE_ALONE if self._reader.on_sqlite else _TAKE

        def take(cursor: DBAPICursor) -> None:
            cursor.execute(sql, (holder,) if self._reader.on_sqlite else (holder, holder))
            _check_one(cursor, "Another sequencer extends this log and holds the lease.")

        self._work(take)
        return self.head()

    def keep(self, epoch: int) -> None:
        """Hold the lease for another while; raises ``AnotherLeads`` when it took over."""
        if self._reader.on_sqlite:
            return

        def keep(cursor: DBAPICursor) -> None:
            cursor.execute(_KEEP, (epoch,))
            _check_one(cursor, "Another sequencer took over.")

        self._work(keep)

    def let_go(self, epoch: int) -> None:
        """Let the next one in without waiting for the lease to end."""
        self._work(lambda cursor: cursor.execute(_LET_GO.format(self._mark), (epoch,)))

    def extend(self, step: Extension) -> None:
        """Give places; raises ``AnotherLeads``, nothing written, when the head is not ``step.before``."""
        self._work(lambda cursor: self._extend(cursor, step))

    def _extend(self, cursor: DBAPICursor, step: Extension) -> None:
        mark, before, after = self._mark, step.before, step.after
        swapped = (after.size, after.root, after.note, after.key, before.size, before.epoch)
        cursor.execute(_SWAP.format(mark, "" if self._reader.on_sqlite else _LONGER), swapped)
        _check_one(cursor, "Another sequencer extended the tree.")
        ids = [self._id(id) for id, _ in step.hashes]
        rows = [(before.size + n, ids[n], hash) for n, (_, hash) in enumerate(step.hashes)]
        if rows:
            cursor.executemany(f"INSERT INTO place (place, id, hash) VALUES ({mark}, {mark}, {mark})", rows)
            cursor.executemany(f"DELETE FROM pending WHERE id = {mark}", [(id,) for id in ids])
        if step.subtrees:
            sql = f"INSERT INTO subtree (level, position, hash) VALUES ({mark}, {mark}, {mark})"
            cursor.executemany(sql, step.subtrees)


def _check_one(cursor: DBAPICursor, otherwise: str) -> None:
    if cursor.rowcount != 1:
        raise AnotherLeads(otherwise)


def _placed(row: Row[Any]) -> Placed:
    there = row.leaf is not None
    found = Entry(row.id, row.kind, row.at, bytes(row.leaf), bytes(row.sealed), row.key_id) if there else None
    return Placed(row.place, row.id, bytes(row.hash), found, row.decided is not None)


@contextmanager
def reading_tree(url: str) -> Iterator[Tree]:
    """The tree of a database, for reading it in a process that needs nothing else of the store."""
    engine = reading_engine(parsed(url), 1)
    try:
        yield Tree(Reader(engine), _read_only)
    finally:
        engine.dispose()


def _read_only(work: Work) -> None:  # noqa: ARG001
    raise Unavailable("The tree was opened for reading.")
