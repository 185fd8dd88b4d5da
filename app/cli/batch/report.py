"""Writes what a batch decided, and what it refused: whole files or none, so that nobody reads half a run."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import orjson

from app.cli.batch.running import Result
from app.cli.faults import Unusable, lines
from app.domain.errors import TermwiseError
from app.services.decisions.deciding import Answer

NDJSON = (".ndjson", ".jsonl")
FIRST_COLUMNS = ("row", "as_of", "customer", "reference", "decision", "outcome", "reasons")
REFUSED_COLUMNS = ("row", "as_of", "customer", "reference", "problem")


def refused_beside(out: Path) -> Path:
    """Where the refused rows are listed: ``decisions.csv`` has ``decisions.refused.csv`` beside it."""
    return out.with_name(f"{out.stem}.refused.csv")


class Report:
    """Both files of one run, in a ``with`` block: they appear when it ends well, and not otherwise.

    ``out`` holds a CSV row or, for ``.ndjson``, the whole decision for each row decided; ``outputs`` are the
    ruleset's. A list of refused rows that an earlier run left beside it goes when nothing is refused now.
    """

    def __init__(self, out: Path, outputs: Sequence[str]) -> None:
        self._out = _Draft(out)
        self._refused = _Draft(refused_beside(out))
        self._outputs = outputs
        self._whole = out.suffix in NDJSON
        self._decided = csv.writer(self._out.file, lineterminator="\n")
        self._problems = csv.writer(self._refused.file, lineterminator="\n")
        self._refusals = 0
        if not self._whole:
            self._decided.writerow([*FIRST_COLUMNS, *(name for name in outputs if name not in FIRST_COLUMNS)])
        self._problems.writerow(REFUSED_COLUMNS)

    def add(self, result: Result) -> None:
        """Write one result; rows that were left out are not listed."""
        if isinstance(result.answer, TermwiseError):
            self._refusals += 1
            told = " | ".join(line.strip() for line in lines(result.answer))
            request = result.request
            customer, reference = (request.customer, request.reference) if request else (None, None)
            self._problems.writerow([result.row.number, result.day, customer, reference, told])
        elif isinstance(result.answer, Answer):
            self._decide(result.row.number, result.answer.body)

    def _decide(self, number: int, body: Mapping[str, Any]) -> None:
        if self._whole:
            self._out.file.write(orjson.dumps({"row": number, "decision": body}).decode() + "\n")
            return
        codes = ";".join(reason["code"] for reason in body["reasons"])
        about = (body["as_of"], body["customer"], body["reference"], body["id"], body["outcome"], codes)
        values = (body["outputs"].get(name) for name in self._outputs if name not in FIRST_COLUMNS)
        self._decided.writerow([number, *about, *map(_cell, values)])

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._refused.end(keep=error is None and self._refusals > 0)
        self._out.end(keep=error is None)
        if error is None and not self._refusals:
            with suppress(FileNotFoundError):
                self._refused.path.unlink()


class _Draft:
    """A file that is written under another name, and takes its own only when it is whole and on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(path.name + ".part")
        try:
            self.file: IO[str] = self._part.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise Unusable(f"{path} cannot be written: {error.strerror or error}") from None

    def end(self, *, keep: bool) -> None:
        """Close it, and let it take the place of what is there, or vanish."""
        self.file.flush()
        if keep:
            os.fsync(self.file.fileno())
        self.file.close()
        if keep:
            self._part.replace(self.path)
        else:
            self._part.unlink()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ";".join(value)
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return "" if value is None else str(value)
