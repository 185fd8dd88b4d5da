"""Rows of a table as what is to be filed: one row is one customer with several facts.

Where a mapping merely copies columns, cells are read without going through typed values: of very
many rows that is most of the time. With formulas or a condition the mapping does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.customer_file import Source
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.rules import AS_OF
from app.domain.values import Kind
from schemas.constants import day, listed
from schemas.customer_facts import FileFacts
from schemas.customer_items import (
    ENVELOPE,
    EVIDENCE,
    SOURCE,
    SOURCES,
    Filed,
    Given,
    Part,
    Read,
    Refusal,
    Row,
    Skipped,
    check_day,
)
from schemas.json_values import json_value
from schemas.mapping.rows import CURRENCY, CUSTOMER, LeftOut, RowMapping
from schemas.requests import MAX_NAME, NAME_PATTERN, matches


class CustomerRows:
    """Reads rows by a mapping; raises ``Invalid`` where day or source stand nowhere."""

    def __init__(
        self, mapping: RowMapping, header: Sequence[str], facts: FileFacts, given: Given, today: date
    ) -> None:
        self._mapping = mapping
        self._header = header
        self._facts = facts
        self._given = given
        self._today = today
        self._plain = not mapping.formulas and mapping.keep_if is None
        places = {name: place for place, name in enumerate(header)}
        self._cells = [
            (name, places[cell.column], self._reader(name))
            for name, cell in mapping.cells.items()
            if name in mapping.facts
        ]
        self._about = {name: places[cell.column] for name, cell in mapping.cells.items() if name in ENVELOPE}
        self._constants = {
            name: json_value(value) for name, value in mapping.constants.items() if name in mapping.facts
        }
        self._money = {name: facts.currency(name) for name in mapping.facts if facts.currency(name)}
        self._days: dict[str, date] = {}
        missing = [
            told("`{name}` stands in no column and is not given", name=name)
            for name, value in ((AS_OF, given.as_of), (SOURCE, given.source))
            if value is None and name not in self._about and name not in mapping.constants
        ]
        if missing:
            raise Invalid("The file cannot be read.", [Problem(one) for one in missing])
        varying = {*self._about, *mapping.constants} & {AS_OF, SOURCE, EVIDENCE, CURRENCY}
        self._same = None if varying else (given.as_of, given.source, given.evidence)
        self._customer_at = self._about.get(CUSTOMER) if not mapping.cells[CUSTOMER].words else None

    def read(self, rows: Iterator[Row]) -> Iterator[Read]:
        """What each row files, or why it cannot be."""
        for place, cells in rows:
            if len(cells) != len(self._header):
                said = told(
                    "the row has {cells} cells, and the header {width}",
                    cells=len(cells),
                    width=len(self._header),
                )
                yield Refusal(place, None, (Problem(said),))
                continue
            yield self._copied(place, cells) if self._plain else self._worked_out(place, cells)

    def _copied(self, place: int, cells: Sequence[str]) -> Read:
        problems: list[Problem] = []
        facts: dict[str, Any] = dict(self._constants)
        for name, column, read in self._cells:
            cell = cells[column].strip()
            if cell:
                try:
                    if (value := read(cell)) is not None:
                        facts[name] = value
                except ValueError as error:
                    said = told("column {column}: {error}", column=self._header[column][:64], error=error)
                    problems.append(Problem(said, f"/facts/{name}"))
        return self._filed(place, cells, facts, problems)

    def _worked_out(self, place: int, cells: Sequence[str]) -> Read:
        row = dict(zip(self._header, cells, strict=True))
        try:
            values = self._mapping.values(row, self._given.as_of or self._today)
        except Invalid as error:
            return Refusal(place, self._customer(cells), error.problems)
        if isinstance(values, LeftOut):
            return Skipped(place, values.unknown)
        facts: dict[str, Any] = {}
        problems: list[Problem] = []
        for name in self._mapping.facts:
            if values.get(name) is not None:
                try:
                    facts[name] = self._facts.value(name, json_value(values[name]))
                except ValueError as error:
                    problems.append(
                        Problem(told("{name}: {error}", name=name, error=error), f"/facts/{name}")
                    )
        return self._filed(place, cells, facts, problems)

    def _filed(
        self, place: int, cells: Sequence[str], facts: dict[str, Any], problems: list[Problem]
    ) -> Read:
        customer = self._customer(cells)
        part: Part | None = None
        try:
            if customer is None:
                said = told(
                    "`customer` takes a line of 1 to {most} characters without space around it", most=MAX_NAME
                )
                raise ValueError(said)
            if not facts and not problems:
                raise ValueError("the row holds no fact")
            part = self._part(cells, facts)
        except ValueError as error:
            problems.append(Problem(str(error)))
        if problems or part is None or customer is None:
            return Refusal(place, customer, tuple(problems))
        return Filed(place, customer, (part,))

    def _part(self, cells: Sequence[str], facts: dict[str, Any]) -> Part:
        currency = next((self._money[name] for name in facts if name in self._money), None)
        if self._same is not None:
            as_of, source, evidence = self._same
            assert as_of is not None
            assert source is not None
            return Part(as_of, source, evidence, currency, facts)
        evidence = self._text(EVIDENCE, cells) or self._given.evidence
        said = self._text(CURRENCY, cells)
        if said and currency not in (None, said):
            raise ValueError(
                told(
                    "amounts are filed in {currency}, not in {said}; convert them first",
                    currency=currency,
                    said=said,
                )
            )
        if evidence and not matches(NAME_PATTERN, evidence):
            raise ValueError(told("`evidence` takes one line of at most {most} characters", most=MAX_NAME))
        return Part(self._day(cells), self._source(cells), evidence, currency, facts)

    def _day(self, cells: Sequence[str]) -> date:
        written = self._text(AS_OF, cells)
        if not written:
            if self._given.as_of is None:
                raise ValueError("`as_of` is empty; it takes the day of which the facts are")
            return self._given.as_of
        if written not in self._days:
            found = self._mapping.dates(written)
            check_day(found, self._today)
            self._days[written] = found
        return self._days[written]

    def _source(self, cells: Sequence[str]) -> Source:
        written = self._text(SOURCE, cells)
        if not written and self._given.source is not None:
            return self._given.source
        if written not in SOURCES:
            raise ValueError(
                told(
                    "`source` is one of {sources}, not `{written}`",
                    sources=listed(list(SOURCES)),
                    written=written[:40],
                )
            )
        return SOURCES[written]

    def _text(self, name: str, cells: Sequence[str]) -> str:
        place = self._about.get(name)
        if place is None:
            return str(self._mapping.constants.get(name) or "")
        written = cells[place].strip()
        words = self._mapping.cells[name].words
        return str(words[written] or "") if written in words else written

    def _customer(self, cells: Sequence[str]) -> str | None:
        at = self._customer_at
        written = self._text(CUSTOMER, cells) if at is None else cells[at].strip()
        return written if written and matches(NAME_PATTERN, written) else None

    def _reader(self, name: str) -> Callable[[str], Any]:
        cell = self._mapping.cells[name]
        words: Mapping[str, Any] = cell.words
        read = self._facts.cell_reader(name)
        kind = self._mapping.facts[name].type.kind
        if kind is Kind.DATE and self._mapping.dates is not day:
            of_day, read_day = self._mapping.dates, read

            def read(written: str) -> Any:
                return read_day(of_day(written).isoformat())

        if not words:
            return read
        known = {word: None if value is None else json_value(value) for word, value in words.items()}
        if kind is Kind.CHOICES:
            return lambda written: read(";".join(_known(known, written)))
        return lambda written: known[written] if written in known else read(written)


def _known(words: Mapping[str, Any], written: str) -> Iterator[str]:
    for one in map(str.strip, written.split(";")):
        if (meant := words.get(one, one)) is not None:
            yield str(meant)
