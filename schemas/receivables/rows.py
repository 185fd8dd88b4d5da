"""Rows of a table as documents: a row is one document of a kind, or several by a mapping.

Where a mapping merely copies columns, cells are read without going through typed values: of very many rows
that is most of the time. With formulas or a condition the mapping does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem
from app.domain.receivables.documents import FORMS, Document, DocumentKind
from app.domain.values import Kind, Text, ValueType
from schemas.constants import one_of
from schemas.customer_items import Refusal, Row, Skipped
from schemas.mapping.rows import LeftOut, RowMapping, Target
from schemas.requests import MAX_NAME, NAME_PATTERN, matches

MOST = 10**15
"""Hundredths: more than that is no amount of an invoice."""
ROW_NUMBER = "row_number"
_TYPES = {"date": ValueType(Kind.DATE), "money": ValueType(Kind.MONEY, 2)}


class Documents(NamedTuple):
    """What one row holds."""

    place: int
    documents: Sequence[Document]


_COLUMNS = {name: place for place, name in enumerate(Document._fields)}
ReadRow: TypeAlias = Documents | Refusal | Skipped
_Read: TypeAlias = Callable[[str], Any]


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
    return Target(f"a document of the kind {kind}", facts, tuple(texts), tuple(texts), tuple(needed))


class DocumentRows:
    """Reads rows. ``made_of`` are the columns of which a number is made for rows that have none.

    Such a number is those cells joined by ``/``; the second row with the same cells gets ``/2`` at its end,
    the third ``/3``, so that two invoices alike stay two and the same file gives the same numbers again.
    """

    def __init__(
        self, mappings: Mapping[DocumentKind, RowMapping], header: Sequence[str], made_of: Sequence[str] = ()
    ) -> None:
        self._header = [*header, *([ROW_NUMBER] if made_of else [])]
        places = {name: place for place, name in enumerate(self._header)}
        self._made_of = [places[name] for name in made_of]
        self._made: dict[str, int] = {}
        self._readers = [
            (_Copied if not mapping.formulas and mapping.keep_if is None else _WorkedOut)(
                kind, mapping, self._header
            )
            for kind, mapping in mappings.items()
        ]

    def read(self, rows: Iterator[Row]) -> Iterator[ReadRow]:
        """What each row holds, or why it cannot be taken; of a row of several documents all or none."""
        width = len(self._header) - bool(self._made_of)
        for place, cells in rows:
            if len(cells) != width:
                said = f"the row has {len(cells)} cells, and the header {width}"
                yield Refusal(place, None, (Problem(said),))
                continue
            if self._made_of:
                cells = [*cells, self._number(cells)]
            found: list[Document] = []
            problems: list[Problem] = []
            for reader in self._readers:
                reader.read(cells, found, problems)
            if problems:
                yield Refusal(place, None, tuple(dict.fromkeys(problems)))
            elif found:
                yield Documents(place, found)
            else:
                yield Skipped(place, unknown=False)

    def _number(self, cells: Sequence[str]) -> str:
        made = "/".join(cells[place].strip() for place in self._made_of)
        times = self._made[made] = self._made.get(made, 0) + 1
        return made if times == 1 else f"{made}/{times}"


class _Copied:
    """A document whose cells are all copied."""

    def __init__(self, kind: DocumentKind, mapping: RowMapping, header: Sequence[str]) -> None:
        form = FORMS[kind]
        places = {name: place for place, name in enumerate(header)}
        self._cells: list[tuple[int, int, _Read]] = []
        self._empty: list[Any] = [None] * len(Document._fields)
        self._empty[0] = kind
        for name, cell in mapping.cells.items():
            read = _needed(_reader(mapping, name)) if form[name].needed else _reader(mapping, name)
            self._cells.append((_COLUMNS[form[name].column], places[cell.column], read))
        for name, value in mapping.constants.items():
            self._empty[_COLUMNS[form[name].column]] = _plain(name, form[name].type, value)
        self._header = header

    def read(self, cells: Sequence[str], found: list[Document], problems: list[Problem]) -> None:
        """Put the document of a row among ``found``, or what is wrong with it among ``problems``."""
        values = self._empty.copy()
        try:
            for column, place, read in self._cells:
                values[column] = read(cells[place])
            found.append(Document._make(values))
        except ValueError:
            for _, place, read in self._cells:
                try:
                    read(cells[place])
                except ValueError as error:
                    problems.append(Problem(f"column {self._header[place][:64]}: {error}"))


class _WorkedOut:
    """A document of which a mapping works something out, or which only some rows hold."""

    def __init__(self, kind: DocumentKind, mapping: RowMapping, header: Sequence[str]) -> None:
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
            form = FORMS[self._kind]
            given = {form[name].column: _plain(name, form[name].type, values.get(name)) for name in form}
            for name, field in form.items():
                if field.needed and given[field.column] is None:
                    raise ValueError(f"`{name}` is not known, and must be")
            found.append(Document(self._kind, **given))
        except Invalid as error:
            problems.extend(Problem(one.message) for one in error.problems)
        except ValueError as error:
            problems.append(Problem(str(error)))


def _reader(mapping: RowMapping, name: str) -> _Read:
    cell = mapping.cells[name]
    if cell.type is None:
        read: _Read = _text
    elif cell.type.kind is Kind.DATE:
        read = _Remembering(mapping.dates)
    elif cell.type.kind is Kind.MONEY:
        read = hundredths
    else:
        choices = cell.type.choices

        def read(written: str) -> Any:
            return one_of(written.strip(), choices) if written.strip() else None

    if not cell.words:
        return read.__getitem__ if isinstance(read, _Remembering) else read
    words, plain = cell.words, read
    return lambda written: words[written.strip()] if written.strip() in words else plain(written)


def _needed(read: _Read) -> _Read:
    def found(written: str) -> Any:
        value = read(written)
        if value is None:
            raise ValueError("it is empty, and must not be")
        return value

    return found


class _Remembering(dict[str, Any]):
    """Dates by how they are written: a file has few of them, many times."""

    def __init__(self, dates: Callable[[str], date]) -> None:
        super().__init__()
        self._dates = dates

    def __call__(self, written: str) -> Any:
        return self[written]

    def __missing__(self, written: str) -> date | None:
        found = self._dates(written.strip()) if written.strip() else None
        self[written] = found
        return found


def _text(written: str) -> str | None:
    text = written.strip()
    if not text:
        return None
    if not (len(text) <= MAX_NAME and text.isprintable()) and not matches(NAME_PATTERN, text):
        raise ValueError(f"takes one line of at most {MAX_NAME} characters")
    return text


def hundredths(written: str) -> int | None:
    """An amount such as ``80000.00`` in hundredths; raises ``ValueError`` for any other or a negative one."""
    text = written.strip()
    if not text:
        return None
    whole, dot, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not (part.isascii() and part.isdigit())):
        raise ValueError(f"`{text[:40]}` is not an amount; write digits, such as 80000.00, and never below 0")
    if len(part.rstrip("0")) > 2:
        raise ValueError(f"`{text[:40]}` has too many digits; the smallest step is 0.01")
    amount = int(whole) * 100 + int(part[:2].ljust(2, "0"))
    if amount > MOST:
        raise ValueError(f"`{text[:40]}` is more than an invoice can amount to")
    return amount


def _plain(name: str, type: str, value: Any) -> Any:
    """A typed value as documents have it."""
    if isinstance(value, Decimal):
        if value < 0:
            raise ValueError(f"`{name}` is {value}, and must not be below 0")
        return int(value.scaleb(2))
    return value if type != "text" or value is None else str(value)
