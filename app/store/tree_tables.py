"""The tables of the tree: what waits for its place, the places, complete subtrees, and the head.

An entry goes into ``pending`` in its own transaction and leaves it in the one that gives
it a place; leaves themselves are never touched. ``place`` and ``subtree`` are append-only,
held so by triggers like the log; ``tree_head`` is one row that every extension of the tree
compares and swaps.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from app.store.columns import Id, Instant
from app.store.tables import metadata

Count = BigInteger().with_variant(Integer, "sqlite")

pending = Table(
    "pending",
    metadata,
    Column("id", Id, primary_key=True),
    sqlite_with_rowid=False,
)

place = Table(
    "place",
    metadata,
    Column("place", Count, primary_key=True, autoincrement=False),  # the leaf's index in the tree
    Column("id", Id, ForeignKey("entry.id"), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("id"),
)

# Every eighth level only: the hashes between are made from 256 of the level below when a proof needs them.
subtree = Table(
    "subtree",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", Count, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

tree_head = Table(
    "tree_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("size", Count, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text),  # the signed checkpoint; NULL before the first
    Column("key", Text),  # the key in force, which must sign the next one; NULL before the first
    Column("epoch", Count, nullable=False),  # rises with every new holder, so that an old one is refused
    Column("holder", Text),
    Column("held_until", Instant),
)

GUARDED = (place, subtree)
"""Append-only, like the log."""
