"""What one file has said so far: the same again is nothing new, and a contradiction within it is refused.

A later file corrects an earlier one; of two rows of one file nobody knows which is right. What was said is
held as hashes of 64 bits, so that two million rows take a few hundred megabytes. That two of them are taken
for one another happens once in millions of files, and then refuses a row that could have been taken.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.domain.errors import Problem
from app.domain.messages import told
from schemas.customer_items import Filed, Part, Read, Refusal


class SaidOnce:
    """Remembers what was said about a thing, which must not become another within the file."""

    def __init__(self) -> None:
        self._said: dict[int, int] = {}

    def contradicts(self, about: Any, said: Any) -> bool:
        """Whether something else was said about it before; of what is new, remember it. Both are hashed."""
        found = hash(said)
        return self._said.setdefault(hash(about), found) != found


class FactsOnce:
    """The same for the facts of a customer on a day from a source, of which rows may say some each."""

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}
        self._said: dict[int, array[int]] = {}

    def contradicted(self, customer: str, part: Part) -> list[str]:
        """The facts of which a row before said something else; where there are none, they are remembered."""
        if not self._columns.keys() >= part.facts.keys():
            for name in part.facts:
                self._columns.setdefault(name, len(self._columns))
        about = hash((customer, part.as_of, part.source.value))
        before = self._said.get(about)
        if before is None:
            self._said[about] = self._marks(part.facts)
            return []
        before.extend([0] * (len(self._columns) - len(before)))
        now = self._marks(part.facts)
        found = [name for name, at in self._columns.items() if now[at] and before[at] not in (0, now[at])]
        if not found:
            self._said[about] = array("q", [new or old for new, old in zip(now, before, strict=True)])
        return found

    def _marks(self, facts: Mapping[str, Any]) -> array[int]:
        """A hash for each column, 0 for one that is not said."""
        return array("q", [hash(str(facts[one])) if one in facts else 0 for one in self._columns])


def facts_said_once(rows: Iterable[Read]) -> Iterator[Read]:
    """The same rows, but that one which contradicts another before it is refused."""
    once = FactsOnce()
    for row in rows:
        if isinstance(row, Filed):
            named = [name for part in row.parts for name in once.contradicted(row.customer, part)]
            if named:
                yield Refusal(row.place, row.customer, tuple(_contradiction(row, one) for one in named))
                continue
        yield row


def _contradiction(row: Filed, name: str) -> Problem:
    said = told(
        "{name} of {customer} was given another value before, for the same day and source; keep one",
        name=name,
        customer=row.customer,
    )
    return Problem(said, f"/facts/{name}")
