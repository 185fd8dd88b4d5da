"""A CSV file (plain or ``.gz``), read row by row, twice: once to look at it, once to decide on it."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from app.cli.faults import Unusable

FIRST_ROW = 2
"""Rows are counted as a spreadsheet shows them: the header is row 1."""


class Row(NamedTuple):
    """One row: its number and its cells by column, None when it has more or fewer cells than the header."""

    number: int
    cells: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was looked at: its columns, number of rows, and the SHA-256 of its bytes in hexadecimal."""

    path: Path
    header: tuple[str, ...]
    rows: int
    digest: str

    def __iter__(self) -> Iterator[Row]:
        with opened(self.path) as file:
            reader = csv.reader(file, strict=True)
            next(reader)
            number = FIRST_ROW
            for cells in reader:
                if cells:
                    fits = len(cells) == len(self.header)
                    yield Row(number, dict(zip(self.header, cells, strict=True)) if fits else None)
                number += 1


def look_at(path: Path) -> Table:
    """Read the whole file once; raises ``Unusable`` when it cannot be read, or columns share a name."""
    if path.exists() and not path.is_file():
        raise Unusable(f"{path} is no ordinary file, and it is read twice; write it to one first")
    try:
        with path.open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256").hexdigest()
        with opened(path) as file:
            reader = csv.reader(file, strict=True)
            header = tuple(name.strip() for name in next(reader, []))
            rows = sum(1 for cells in reader if cells)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error, EOFError) as error:
        said = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Unusable(f"{path} cannot be read as CSV: {said}") from None
    if not any(header):
        raise Unusable(f"{path} has no header; its first row names the columns")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Unusable(f"{path}: several columns are named {', '.join(map(repr, twice))}; names must differ")
    return Table(path, header, rows, digest)


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """The text of a CSV file, plain or ``.gz``."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield file
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
