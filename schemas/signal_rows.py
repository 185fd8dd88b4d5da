"""Rows of a table as signals: one row is one event of one customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.signals import Signal
from app.domain.values import Kind, Text, Value, ValueType
from schemas.constants import listed
from schemas.customer_items import EVIDENCE, SOURCE, SOURCES, Given, Refusal, Row, Skipped, check_day
from schemas.filings import NO_ORIGIN
from schemas.mapping import plain_mapping, read_mapping
from schemas.mapping.rows import CUSTOMER, LeftOut, RowMapping, Target
from schemas.requests import MAX_NAME, NAME_PATTERN, matches

KIND, DATE, MAGNITUDE, WITHDRAWN = "kind", "date", "magnitude", "withdrawn"
_TEXTS = (CUSTOMER, SOURCE, EVIDENCE)


class Happened(NamedTuple):
    """What one row says; the signal's origin is not known yet, and is the nil UUID."""

    place: int
    signal: Signal


ReadSignal: TypeAlias = Happened | Refusal | Skipped


def target(kinds: Mapping[str, Text]) -> Target:
    """What the rows of a file of signals become."""
    types = {
        KIND: ValueType(Kind.CHOICE, 0, tuple(kinds)),
        DATE: ValueType(Kind.DATE),
        MAGNITUDE: ValueType(Kind.NUMBER, 4),
        WITHDRAWN: ValueType(Kind.YES_NO),
    }
    facts = {
        name: FactSpec(name, type, Text(name, name), unknown_allowed=True) for name, type in types.items()
    }
    return Target("a signal", facts, _TEXTS, _TEXTS, (CUSTOMER,))


class SignalRows:
    """Reads rows, by ``mapping`` (its text) or by the names of columns. Raises ``Invalid``.

    ``given`` says day, source and evidence of rows that name none.
    """

    def __init__(
        self,
        mapping: bytes | None,
        header: Sequence[str],
        kinds: Mapping[str, Text],
        given: Given,
        today: date,
    ) -> None:
        wanted = target(kinds)
        self._mapping: RowMapping = (
            plain_mapping(wanted, header) if mapping is None else read_mapping(mapping, wanted, header)
        )
        self._header = header
        self._given = given
        self._today = today
        said = {*self._mapping.cells, *self._mapping.constants}
        said |= {one.fact for one in self._mapping.formulas}
        filled = {DATE: given.as_of, SOURCE: given.source, KIND: None}
        missing = [name for name, value in filled.items() if name not in said and value is None]
        if missing:
            problems = [
                Problem(told("`{name}` stands in no column and is not given", name=name)) for name in missing
            ]
            raise Invalid("The file cannot be read.", problems)

    def read(self, rows: Iterator[Row]) -> Iterator[ReadSignal]:
        """What each row says, or why it cannot be taken."""
        for place, cells in rows:
            if len(cells) != len(self._header):
                said = told(
                    "the row has {cells} cells, and the header {width}",
                    cells=len(cells),
                    width=len(self._header),
                )
                yield Refusal(place, None, (Problem(said),))
                continue
            yield self._read(place, dict(zip(self._header, cells, strict=True)))

    def _read(self, place: int, row: Mapping[str, str]) -> ReadSignal:
        customer: str | None = None
        try:
            values = self._mapping.values(row, self._today)
            if isinstance(values, LeftOut):
                return Skipped(place, values.unknown)
            customer = _line(values, CUSTOMER)
            return Happened(place, self._signal(customer, values))
        except Invalid as error:
            return Refusal(place, None, error.problems)
        except ValueError as error:
            return Refusal(place, customer, (Problem(str(error)),))

    def _signal(self, customer: str | None, values: Mapping[str, Value]) -> Signal:
        day: Any = values.get(DATE) or self._given.as_of
        source = _line(values, SOURCE)
        known = self._given.source if source is None else SOURCES.get(source)
        needed = {CUSTOMER: customer, KIND: values.get(KIND), DATE: day, SOURCE: source or known}
        for name, value in needed.items():
            if value is None:
                raise ValueError(told("`{name}` is empty, and must not be", name=name))
        if known is None:
            raise ValueError(
                told(
                    "`source` is one of {sources}, not `{source}`",
                    sources=listed(list(SOURCES)),
                    source=str(source)[:40],
                )
            )
        check_day(day, self._today)
        evidence = _line(values, EVIDENCE) or self._given.evidence or ""
        size: Any = values.get(MAGNITUDE)
        withdrawn = bool(values.get(WITHDRAWN))
        return Signal(
            str(customer), str(values[KIND]), day, known, NO_ORIGIN, evidence, size, withdrawn=withdrawn
        )


def _line(values: Mapping[str, Value], name: str) -> str | None:
    value = values.get(name)
    if value is not None and not matches(NAME_PATTERN, str(value)):
        raise ValueError(told("`{name}` takes one line of 1 to {most} characters", name=name, most=MAX_NAME))
    return None if value is None else str(value)
