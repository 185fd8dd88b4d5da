"""Importing: a table of customers, by a mapping, into the customer file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.errors import Invalid, Problem
from app.services.customers.filing import FACTS, CustomerFiling, Report, What
from app.services.people.managing import By
from schemas.customer_items import Given, Read, Refusal, check_day, target
from schemas.customer_rows import CustomerRows
from schemas.mapping import plain_mapping, read_mapping
from schemas.said_once import facts_said_once
from schemas.tabular import TabularRows


@dataclass(frozen=True, slots=True)
class Table:
    """A table that came: ``sha256`` (32 bytes) of the file; ``mapping`` is that file's text and name."""

    rows: TabularRows
    sha256: bytes
    given: Given
    mapping: bytes | None = None
    mapping_name: str | None = None


class Importing:
    """Imports tables."""

    def __init__(self, filing: CustomerFiling) -> None:
        self._filing = filing

    def check(self, table: Table, refused: Callable[[Refusal], object]) -> Report:
        """A dry run; raises ``Invalid`` for a table or mapping that cannot be used."""
        return self._filing.check(self._read(table), refused)

    def run(self, table: Table, *, by: By, refused: Callable[[Refusal], object]) -> Report:
        """File every row that can be; raises ``Invalid``, and ``Unavailable``: then the same goes on."""
        rows = self._read(table)
        what = What(FACTS, table.sha256, table.mapping_name)
        return self._filing.file(rows, what, by=by, refused=refused)

    def _read(self, table: Table) -> Iterator[Read]:
        facts, today = self._filing.facts(), self._filing.today()
        header, wanted = table.rows.header, target(facts)
        if table.mapping is None:
            mapping = plain_mapping(wanted, header)
        else:
            mapping = read_mapping(table.mapping, wanted, header)
        if table.given.as_of is not None:
            try:
                check_day(table.given.as_of, today)
            except ValueError as error:
                raise Invalid("The file cannot be filed so.", [Problem(str(error))]) from None
        read = CustomerRows(mapping, header, facts, table.given, today).read(table.rows.rows)
        return facts_said_once(read)
