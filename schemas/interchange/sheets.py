"""The tables of a ruleset's text as sheets: every cell as it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.text import BYTE_ORDER_MARK, Block, Scalar, read

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its id, a text for each input and each output, its source, and a label where it has one."""

    id: str
    when: tuple[str, ...]
    then: tuple[str, ...]
    source: str
    label: tuple[str, str] | None = None  # en, zh


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Cells that hold a list or a record are the YAML they are written in."""

    table: str
    hit_policy: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of all that a merge can change, in hexadecimal: whether a table is as it was."""
        lines = [[one.id, one.when, one.then, one.source, one.label] for one in self.lines]
        return hashlib.sha256(json.dumps([self.inputs, self.outputs, lines]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back from another program: tables, and the digest of each as it was given out."""

    policy: str
    sheets: tuple[Sheet, ...]
    made_from: Mapping[str, str]


def sheets_of(text: bytes) -> tuple[Sheet, ...]:
    """The tables of a text that loads, in order."""
    written = text.decode().removeprefix(BYTE_ORDER_MARK)
    return tuple(sheet(item, written) for item in tables_of(read(text)))


def tables_of(ruleset: Block) -> Iterator[Block]:
    """The steps that are tables."""
    return (step for step in ruleset["steps"] if "table" in step)


def sheet(item: Block, written: str) -> Sheet:
    """One table as a sheet; ``written`` is the text that it was read from."""
    return Sheet(
        str(item["table"]),
        str(item["hit_policy"]),
        tuple(str(one) for one in item["inputs"]),
        tuple(str(one) for one in item["outputs"]),
        tuple(_line(row, written) for row in item["rows"]),
    )


def cell_text(cell: Any, written: str) -> str:
    """A cell as a person reads it: a word as it is meant, a list or a record as it is written."""
    return str(cell) if isinstance(cell, Scalar) else written[cell.begin : cell.end]


def label_of(row: Block) -> tuple[str, str] | None:
    """The label of a row in both languages, None where it has none of its own."""
    label = row.get("label")
    return None if label is None else (str(label["en"]), str(label["zh"]))


def _line(row: Block, written: str) -> Line:
    return Line(
        str(row["id"]),
        tuple(cell_text(cell, written) for cell in row["when"]),
        tuple(cell_text(cell, written) for cell in row["then"]),
        str(row["source"]),
        label_of(row),
    )
