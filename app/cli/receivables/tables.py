"""A table of documents from a file of any length: its columns, and its rows one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.batch.table import opened as text_of
from app.cli.faults import Unusable
from schemas.tabular import TabularRows, csv_table, table_of


@contextmanager
def opened(path: Path) -> Iterator[tuple[TabularRows, bytes]]:
    """A CSV file (plain or ``.gz``) or an Excel workbook, with the SHA-256 (32 bytes) of the file.

    Raises ``Unusable`` when it cannot be read, ``Invalid`` when it is no table.
    """
    try:
        with path.open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256").digest()
        if path.suffix.lower() == ".xlsx":
            yield table_of(path.read_bytes()), digest
            return
        with text_of(path) as file:
            yield csv_table(file), digest
    except EOFError as error:
        raise Unusable(f"{path} cannot be read: {error}") from None
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or error}") from None
