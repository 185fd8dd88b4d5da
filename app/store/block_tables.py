"""The tables of the bitmap index over decisions (``app.store.blocks``): working data, made from the log.

A row is written once, when its block is full. No trigger keeps it: ``termwise audit verify`` makes every row
again from the decisions and compares.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from app.store.columns import Id
from app.store.tables import metadata

decision_block = Table(
    "decision_block",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("oldest", Id),  # the least and the greatest id of its decisions; NULL where there are none
    Column("newest", Id),
    Column("policies", Text, nullable=False),  # words_text: those of its decisions
)

decision_bits = Table(
    "decision_bits",
    metadata,
    Column("policy", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("bits", LargeBinary, nullable=False),  # bit n, from the least: the n-th place of the block
    sqlite_with_rowid=False,
)

BLOCKS = (decision_block, decision_bits)
"""Rows are added, and never changed."""
