"""A bitmap index over decisions: which of them have a rule, a reason, an answer, a version or a person.

Places of the log are counted off in blocks. For each policy and word of a block's decisions there is one
row, with a bit for every place of the block. So the many rules of a decision cost it a few bytes, and several
words are one operation on bits. Whoever gives places writes a block once it is full, apart from decisions;
what lies behind the last one is looked at itself (``app.store.finding``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.tree import AnotherLeads
from app.store.block_tables import decision_bits, decision_block
from app.store.columns import words_of, words_text
from app.store.reading import Reader
from app.store.tables import decision
from app.store.tree_tables import place

SIZE = 1024
"""Places in a block."""
Work: TypeAlias = Callable[[DBAPICursor], object]
Bits: TypeAlias = dict[tuple[str, str], int]
"""By policy and word, the places of a block that have it: bit n is its n-th place."""
_DECIDED = (
    place.c.place,
    decision.c.id,
    decision.c.policy,
    decision.c.version,
    decision.c.outcome,
    decision.c.outcome_kind,
    decision.c.requester,
    decision.c.reasons,
    decision.c.rules,
)
_STILL_LEADS = "UPDATE tree_head SET id = id WHERE id = 1 AND epoch = {0}"
_BLOCK = "INSERT INTO decision_block (number, oldest, newest, policies) VALUES ({0}, {0}, {0}, {0})"
_BITS = "INSERT INTO decision_bits (policy, word, block, bits) VALUES ({0}, {0}, {0}, {0})"


class Span(NamedTuple):
    """A block's own row: the least and the greatest id of its decisions, None where there are none."""

    oldest: UUID | None
    newest: UUID | None
    policies: frozenset[str]


class Block:
    """A block as it is made from its decisions."""

    def __init__(self) -> None:
        self.bits: Bits = {}
        self._ids: list[UUID] = []

    def add(self, offset: int, id: UUID, policy: str, words: Iterable[str]) -> None:
        """Take a decision in, at its place counted from the first of the block."""
        self._ids.append(id)
        bit, bits = 1 << offset, self.bits
        for word in words:
            bits[policy, word] = bits.get((policy, word), 0) | bit

    @property
    def span(self) -> Span:
        """Its own row."""
        policies = frozenset(policy for policy, _ in self.bits)
        return Span(min(self._ids, default=None), max(self._ids, default=None), policies)


class Blocks:
    """Reads the index, and writes it through ``work``, which does something in the next transaction."""

    def __init__(self, reader: Reader, work: Callable[[Work], None]) -> None:
        self._reader = reader
        self._work = work
        self._mark = "?" if reader.on_sqlite else "%s"
        self._id: Callable[[UUID], bytes | str] = (lambda id: id.bytes) if reader.on_sqlite else str
        self._spans: tuple[Span, ...] = ()

    def spans(self) -> Sequence[Span]:
        """Every block in order. A row never changes, so those that were read are remembered."""
        known = self._spans
        statement = select(decision_block).where(decision_block.c.number >= len(known))
        rows = self._reader.all(statement.order_by(decision_block.c.number))
        if rows:
            known += tuple(Span(row.oldest, row.newest, frozenset(words_of(row.policies))) for row in rows)
            self._spans = known
        return known

    def count(self) -> int:
        """How many blocks are written."""
        row = self._reader.first(select(func.max(decision_block.c.number).label("last")))
        return 0 if row is None or row.last is None else int(row.last) + 1

    def bits(self, policies: Iterable[str], words: Iterable[str], first: int, end: int) -> Mapping[int, Bits]:
        """By block, from ``first`` up to ``end``, the rows of these policies and words."""
        table = decision_bits.c
        statement = select(decision_bits).where(
            table.policy.in_(sorted(policies)),
            table.word.in_(sorted(words)),
            table.block >= first,
            table.block < end,
        )
        found: dict[int, Bits] = {}
        for row in self._reader.all(statement):
            found.setdefault(row.block, {})[row.policy, row.word] = int.from_bytes(row.bits, "little")
        return found

    def fault(self, blocks: Mapping[int, Block]) -> str | None:
        """What is wrong with these blocks, side by side, as they are written; None where all is well.

        One that is not written is not wrong yet: its decisions are looked at themselves.
        """
        spans = self.spans()
        there = {number: block for number, block in blocks.items() if number < len(spans)}
        told = "the index over the decisions of entries {:,} to {:,} is not what they say"
        wanted: dict[str, set[str]] = {}
        for block in there.values():
            for policy, word in block.bits:
                wanted.setdefault(policy, set()).add(word)
        ends = (min(there, default=0), max(there, default=-1) + 1)
        found: dict[int, Bits] = {number: {} for number in there}
        for policy, some in wanted.items():
            for number, bits in self.bits([policy], some, *ends).items():
                found[number] |= bits
        for number, block in there.items():
            if block.bits != found[number] or block.span != spans[number]:
                return told.format(number * SIZE, (number + 1) * SIZE - 1)
        return None

    def gap(self, size: int) -> str | None:
        """What is wrong with the rows of blocks of a log of ``size`` entries; None where all is well."""
        counted = select(func.count().label("number"), func.max(decision_block.c.number).label("last"))
        row: Any = self._reader.all(counted)[0]
        if not row.number or row.number == row.last + 1 <= size // SIZE:
            return None
        return f"the index over decisions has {row.number:,} blocks, the last of them number {row.last:,}"

    def write(self, number: int, epoch: int) -> None:
        """Write a full block; raises ``AnotherLeads``, nothing written, when another sequencer took over."""
        block, first = Block(), number * SIZE
        statement = select(*_DECIDED).join_from(place, decision, place.c.id == decision.c.id)
        for row in self._reader.all(statement.where(place.c.place >= first, place.c.place < first + SIZE)):
            block.add(row.place - first, row.id, row.policy, _words_of(row))
        self._work(lambda cursor: self._write(cursor, number, block, epoch))

    def _write(self, cursor: DBAPICursor, number: int, block: Block, epoch: int) -> None:
        cursor.execute(_STILL_LEADS.format(self._mark), (epoch,))
        if cursor.rowcount != 1:
            raise AnotherLeads("Another sequencer took over.")
        span = block.span
        ids = [None if one is None else self._id(one) for one in span[:2]]
        cursor.execute(_BLOCK.format(self._mark), (number, *ids, words_text(sorted(span.policies))))
        rows = [(*key, number, bits.to_bytes(SIZE // 8, "little")) for key, bits in block.bits.items()]
        if rows:
            cursor.executemany(_BITS.format(self._mark), rows)


def _words_of(row: Row[Any]) -> Iterator[str]:
    return words(row.version, row.outcome, row.outcome_kind, row.requester, row.reasons, row.rules)


def words(
    version: str, outcome: str, outcome_kind: str, requester: bytes, reasons: str, rules: str
) -> Iterator[str]:
    """The words of a decision, from its columns; reasons and rules as they are kept, in one text each."""
    yield f"version {version}"
    yield f"outcome {outcome}"
    yield f"outcome_kind {outcome_kind}"
    yield f"requester {bytes(requester).hex()}"
    for reason in set(reasons.split()):
        yield f"reason {reason}"
    for rule in set(rules.split()):
        yield f"rule {rule}"
