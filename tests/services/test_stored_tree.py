"""The stored tree is held against the entries: a changed node is named as one, and makes no proof."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.domain.audit import EntryKind
from app.ledger import signing
from app.ledger.checkpoint import unchecked
from app.ledger.leaf import leaf_hash
from app.ledger.outside import Outside
from app.ledger.tree import Frontier, check_inclusion
from app.ledger.verifying import Fault
from app.services.log import stored_tree
from app.services.log.attesting import Attesting
from app.services.log.sequencing import Sequencer
from app.services.log.tree import Damaged
from app.services.log.verifying import Evidence, Read, evidence_at, verify_database
from app.store.store import Store
from tests.recordings import NOON, ORIGIN, recorder, recording

SIZE, EARLIER = 700, 300
ANOTHER = "UPDATE subtree SET hash = (SELECT hash FROM place WHERE place = 1) WHERE position = 1"
Judge = Callable[[int], Read]


@pytest.fixture
def log(tmp_path: Path, database_url: str, keys_url: str) -> Iterator[tuple[Store, Attesting, Judge]]:
    """A log of some blocks of 256 entries, who proves from it, and who verifies it, from a checkpoint on."""
    signing.make(tmp_path / "signing.key", ORIGIN)
    key, outside = partial(signing.load, tmp_path / "signing.key", ORIGIN), Outside(tmp_path / "checkpoints")
    with Store.open(database_url, keys_url, writing=True) as store:
        record_many = recorder(store).record_many
        sequencer = Sequencer(store.tree, outside, key, holder="one", now=lambda: NOON)
        for count in (EARLIER, SIZE - EARLIER):
            some = [recording(kind=EntryKind.REHEARSAL, decision=None, clear={}) for _ in range(count)]
            assert len(record_many(some)) == count
            assert sequencer.drain() == count
        line, files = evidence_at(outside.folder)
        evidence = Evidence.of(line or "", files)

        def judged(start: int) -> Read:
            return verify_database(store, database_url, ORIGIN, evidence, lambda share: None, start)

        yield store, Attesting(store, key), judged


def change(url: str, statement: str) -> None:
    """What somebody does who has the database and none of our code."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    sqlite = [f"DROP TRIGGER subtree_no_{event}" for event in ("update", "delete", "replace")]
    with engine.connect() as connection:
        guards = sqlite if url.startswith("sqlite") else ["ALTER TABLE subtree DISABLE TRIGGER USER"]
        for one in (*guards, statement):
            connection.execute(text(one))
    engine.dispose()


def test_the_tree_as_it_was_stored_is_that_of_the_entries(log) -> None:
    _, attesting, judged = log
    for start in (0, EARLIER):
        assert judged(start).size == SIZE
    assert attesting.consistency(256, SIZE).path
    assert attesting.consistency(1, 2).path


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (ANOTHER, "another"),
        ("DELETE FROM subtree WHERE position = 1", "missing"),
    ],
)
def test_a_changed_node_is_named_and_no_entry_is_blamed(log, database_url, statement, told) -> None:
    store, attesting, judged = log
    change(database_url, statement)
    for start in (0, EARLIER):
        with pytest.raises(Fault, match="the stored tree is damaged, and the entries") as fault:
            judged(start)
        assert f"level 8, position 1, over the entries 256 to 511, is {told}" in str(fault.value)
        assert (fault.value.index, fault.value.end) == (None, None)
    (first,) = store.tree.placed(0, 1)
    with pytest.raises(Damaged):
        attesting.proof(first.id)
    with pytest.raises(Damaged):
        attesting.consistency(256, SIZE)


def test_what_stands_under_a_good_path_is_proven_all_the_same(log, database_url) -> None:
    store, attesting, _ = log
    change(database_url, ANOTHER)
    (inside,) = store.tree.placed(300, 301)  # its own block's node is not on its path
    assert attesting.proof(inside.id).index == 300


def test_before_the_checkpoint_it_begins_with_the_tree_is_named(log, database_url) -> None:
    *_, judged = log
    change(database_url, ANOTHER.replace("position = 1", "position = 0"))
    with pytest.raises(Fault, match="the stored tree of the first 300 entries is not the one") as fault:
        judged(EARLIER)
    assert fault.value.index is None


def test_a_node_that_no_tree_has_is_found(log, database_url) -> None:
    *_, judged = log
    change(database_url, "INSERT INTO subtree SELECT 8, 2, hash FROM place WHERE place = 1")
    with pytest.raises(Fault, match="the stored tree has 1 nodes that no tree of its size has"):
        judged(0)


def test_higher_levels_are_made_from_lower_ones() -> None:
    """As a log of more than 65,536 entries has them."""
    hashes = [number.to_bytes(32, "big") for number in range(70_000)]
    tree, kept = Frontier(), dict[tuple[int, int], bytes]()
    for hash in hashes:
        kept |= {(one.level, one.position): one.hash for one in tree.append(hash)}
    for start in (0, 65_000, 66_000):
        found = _Kept(kept, hashes)
        grown = stored_tree.StoredTree(found, start)  # type: ignore[arg-type]
        for at in range(start, len(hashes), 999):
            grown.add(hashes[at : at + 999])
        grown.check()
        assert found.asked == ({8, 16} if start < 65_536 else {8})
        found.nodes_[16, 0] = bytes(32)
        if start < 65_536:
            with pytest.raises(Fault, match="level 16, position 0, over the entries 0 to 65535, is another"):
                grown.check()


class _Kept:
    """The two things that are asked of a tree, from memory."""

    def __init__(self, nodes: dict[tuple[int, int], bytes], leaves: list[bytes]) -> None:
        self.nodes_, self._leaves, self.asked = dict(nodes), leaves, set[int]()
        self.every_row = self

    def hashes(self, level: int, first: int, end: int) -> list[bytes]:
        return [self.nodes_[level, one] if level else self._leaves[one] for one in range(first, end)]

    def nodes(self, level: int, first: int, end: int) -> dict[int, bytes]:
        self.asked.add(level)
        return {one: self.nodes_[level, one] for one in range(first, end)}


def test_a_proof_that_is_given_leads_to_the_signed_head(log) -> None:
    store, attesting, _ = log
    head = unchecked(store.tree.head().note)
    for place in (0, 255, 256, 511, 512, SIZE - 1):
        (one,) = store.tree.placed(place, place + 1)
        proof = attesting.proof(one.id)
        assert (proof.index, proof.size) == (place, SIZE)
        check_inclusion(place, SIZE, leaf_hash(proof.leaf), [*map(b64decode, proof.path)], head.root)
