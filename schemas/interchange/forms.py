"""The forms in which the tables of a ruleset leave and come back. Their libraries are loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.ruleset import Ruleset
from schemas.interchange.sheets import Returned, Sheet


@dataclass(frozen=True, slots=True)
class Form:
    """One form: ``write`` makes its bytes, ``read`` raises ``Invalid`` for what cannot be read."""

    name: str
    media_type: str
    write: Callable[[Ruleset, Sequence[Sheet]], bytes]
    read: Callable[[bytes], Returned]


def _write_xlsx(ruleset: Ruleset, sheets: Sequence[Sheet]) -> bytes:
    from schemas.interchange.excel.writing import workbook

    return workbook(ruleset, sheets)


def _read_xlsx(content: bytes) -> Returned:
    from schemas.interchange.excel.reading import read_workbook

    return read_workbook(content)


XLSX = Form(
    "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx, _read_xlsx
)

FORMS: Mapping[str, Form] = {one.name: one for one in (XLSX,)}
"""By name, which is also how their files end."""
MOST_BYTES = 5 * 1024 * 1024
"""The largest file that is read."""
