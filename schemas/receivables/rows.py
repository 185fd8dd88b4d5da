"""Rows of a table as documents: a row is one document of a kind, or several by a mapping.

Where a mapping merely copies columns, cells are read without going through typed values: of very many rows
that is most of the time. With formulas or a condition the mapping does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.receivables.documents import FORMS, Document, DocumentKind, implausible
from app.domain.values import Kind, Text, ValueType
from schemas.customer_items import Refusal, Row, Skipped
from schemas.mapping.rows import CURRENCY, LeftOut, RowMapping, Target
from schemas.receivables.cells import Reading, in_currency, needed, plain_value, reader
from schemas.said_once import SaidOnce

ROW_NUMBER = "row_number"
_TYPES = {"date": ValueType(Kind.DATE), "money": ValueType(Kind.MONEY, 2)}


class Documents(NamedTuple):
    """What one row holds."""

    place: int
    documents: Sequence[Document]


_COLUMNS = {name: place for place, name in enumerate(Document._fields)}
_NOWHERE = len(_COLUMNS)
"""Where a cell goes that is only looked at."""
ReadRow: TypeAlias = Documents | Refusal | Skipped


def target(kind: DocumentKind) -> Target:
    """What the rows of a file of one kind become."""
    facts, texts, needed = {}, [], []
    for name, field in FORMS[kind].items():
        if field.type == "text":
            texts.append(name)
            needed += [name] * field.needed
            continue
        value = _TYPES.get(field.type) or ValueType(Kind.CHOICE, 0, field.choices)
        facts[name] = FactSpec(name, value, Text(name, name), unknown_allowed=not field.needed)
    texts.append(CURRENCY)
    return Target(
        told("a document of the kind {kind}", kind=kind), facts, tuple(texts), tuple(texts), tuple(needed)
    )


class DocumentRows:
    """Reads rows. ``made_of`` are the columns of which a number is made for rows that have none.

    Such a number is those cells joined by ``/``; the second row with the same cells gets ``/2`` at its end,
    the third ``/3``, so that two invoices alike stay two and the same file gives the same numbers again.
    ``currency`` is that of the books: rows that name one must name it.
    """

    def __init__(
        self,
        mappings: Mapping[DocumentKind, RowMapping],
        header: Sequence[str],
        currency: str,
        made_of: Sequence[str] = (),
    ) -> None:
        self._header = [*header, *([ROW_NUMBER] if made_of else [])]
        places = {name: place for place, name in enumerate(self._header)}
        self._made_of = [places[name] for name in made_of]
        self._made: dict[str, int] = {}
        self._once = SaidOnce()
        self._readers = [
            (_Copied if not mapping.formulas and mapping.keep_if is None else _WorkedOut)(
                kind, mapping, self._header, currency
            )
            for kind, mapping in mappings.items()
        ]

    def read(self, rows: Iterator[Row]) -> Iterator[ReadRow]:
        """What each row holds, or why it cannot be taken; of a row of several documents all or none."""
        width = len(self._header) - bool(self._made_of)
        for place, cells in rows:
            if len(cells) != width:
                said = told(
                    "the row has {cells} cells, and the header {width}", cells=len(cells), width=width
                )
                yield Refusal(place, None, (Problem(said),))
                continue
            if self._made_of:
                cells = [*cells, self._number(cells)]
            found: list[Document] = []
            problems: list[Problem] = []
            for one in self._readers:
                one.read(cells, found, problems)
            if not problems:
                problems = [Problem(why) for one in found if (why := self._refused(one)) is not None]
            if problems:
                yield Refusal(place, None, tuple(dict.fromkeys(problems)))
            elif found:
                yield Documents(place, found)
            else:
                yield Skipped(place, unknown=False)

    def _refused(self, one: Document) -> str | None:
        """Why a document that can be read cannot be taken."""
        if (said := implausible(one)) is not None:
            return said
        if self._once.contradicts((one.kind, one.number), one):
            return told(
                "{kind} {number} has other content in a row before; a number is one document",
                kind=one.kind,
                number=one.number,
            )
        return None

    def _number(self, cells: Sequence[str]) -> str:
        made = "/".join(cells[place].strip() for place in self._made_of)
        times = self._made[made] = self._made.get(made, 0) + 1
        return made if times == 1 else f"{made}/{times}"


class _Copied:
    """A document whose cells are all copied."""

    def __init__(self, kind: DocumentKind, mapping: RowMapping, header: Sequence[str], currency: str) -> None:
        form = FORMS[kind]
        places = {name: place for place, name in enumerate(header)}
        self._cells: list[tuple[int, int, Reading]] = []
        self._empty: list[Any] = [None] * (_NOWHERE + 1)
        self._empty[0] = kind
        for name, cell in mapping.cells.items():
            if name == CURRENCY:
                self._cells.append((_NOWHERE, places[cell.column], in_currency(currency, cell.words)))
                continue
            read = needed(reader(mapping, name)) if form[name].needed else reader(mapping, name)
            self._cells.append((_COLUMNS[form[name].column], places[cell.column], read))
        for name, value in mapping.constants.items():
            if name != CURRENCY:
                self._empty[_COLUMNS[form[name].column]] = plain_value(name, form[name].type, value)
        self._header = header

    def read(self, cells: Sequence[str], found: list[Document], problems: list[Problem]) -> None:
        """Put the document of a row among ``found``, or what is wrong with it among ``problems``."""
        values = self._empty.copy()
        try:
            for column, place, read in self._cells:
                values[column] = read(cells[place])
            found.append(Document._make(values[:_NOWHERE]))
        except ValueError:
            for _, place, read in self._cells:
                try:
                    read(cells[place])
                except ValueError as error:
                    problems.append(
                        Problem(
                            told("column {column}: {error}", column=self._header[place][:64], error=error)
                        )
                    )


class _WorkedOut:
    """A document of which a mapping works something out, or which only some rows hold."""

    def __init__(self, kind: DocumentKind, mapping: RowMapping, header: Sequence[str], currency: str) -> None:
        self._currency = in_currency(currency)
        self._kind = kind
        self._mapping = mapping
        self._header = header

    def read(self, cells: Sequence[str], found: list[Document], problems: list[Problem]) -> None:
        """Put the document of a row among ``found``, or what is wrong with it among ``problems``."""
        row = dict(zip(self._header, cells, strict=True))
        try:
            values = self._mapping.values(row, date.max)
            if isinstance(values, LeftOut):
                return
            self._currency(str(values.get(CURRENCY) or ""))
            form = FORMS[self._kind]
            given = {form[name].column: plain_value(name, form[name].type, values.get(name)) for name in form}
            for name, field in form.items():
                if field.needed and given[field.column] is None:
                    raise ValueError(told("`{name}` is not known, and must be", name=name))
            found.append(Document(self._kind, **given))
        except Invalid as error:
            problems.extend(Problem(one.message) for one in error.problems)
        except ValueError as error:
            problems.append(Problem(str(error)))
