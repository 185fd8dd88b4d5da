"""The forms in which the tables of a ruleset leave and come back. Their libraries are loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.ruleset import Ruleset
from schemas.interchange.sheets import Returned, Sheet


@dataclass(frozen=True, slots=True)
class Form:
    """One form: ``write`` makes its bytes; ``read`` raises ``Invalid`` for what cannot be read.

    Both are given the ruleset and its tables: a form that writes cells in its own way knows by them which
    are as they were.
    """

    name: str
    media_type: str
    write: Callable[[Ruleset, Sequence[Sheet]], bytes]
    read: Callable[[bytes, Ruleset, Sequence[Sheet]], Returned]


def _write_xlsx(ruleset: Ruleset, sheets: Sequence[Sheet]) -> bytes:
    from schemas.interchange.excel.writing import workbook

    return workbook(ruleset, sheets)


def _read_xlsx(content: bytes, ruleset: Ruleset, sheets: Sequence[Sheet]) -> Returned:  # noqa: ARG001
    from schemas.interchange.excel.reading import read_workbook

    return read_workbook(content)


def _write_dmn(ruleset: Ruleset, sheets: Sequence[Sheet]) -> bytes:
    from schemas.interchange.dmn.writing import model

    return model(ruleset, sheets)


def _read_dmn(content: bytes, ruleset: Ruleset, sheets: Sequence[Sheet]) -> Returned:
    from schemas.interchange.dmn.reading import read_tables

    return read_tables(content, ruleset, sheets)


XLSX = Form(
    "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx, _read_xlsx
)
DMN = Form("dmn", "application/dmn+xml", _write_dmn, _read_dmn)

FORMS: Mapping[str, Form] = {one.name: one for one in (XLSX, DMN)}
"""By name, which is also how their files end."""
MOST_BYTES = 5 * 1024 * 1024
"""The largest file that is read."""
