"""Reads the tables of a model that Termwise wrote and somebody edited, as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from app.domain.ruleset import Ruleset
from schemas.constants import listed, nearest
from schemas.interchange.dmn import EN, SOURCE, ZH
from schemas.interchange.dmn.columns import Column, given, tested
from schemas.interchange.dmn.model import DecisionTable, TableRule
from schemas.interchange.dmn.xml import read_model
from schemas.interchange.sheets import Line, Returned, Sheet
from schemas.unreadable import Unreadable


def read_tables(content: bytes, ruleset: Ruleset, sheets: Sequence[Sheet]) -> Returned:
    """The tables of a model; a cell whose FEEL is what ``sheets`` give stays as it is written there.

    Raises ``Invalid`` with a problem for each cell that cannot be said in a ruleset.
    """
    model = read_model(content)
    known = {one.table: one for one in sheets}
    problems: list[Problem] = []
    found = []
    for decision in model.decisions.values():
        if isinstance(decision.expression, DecisionTable):
            standing = known.get(decision.name)
            if standing is None:
                hint = nearest(decision.name, list(known)) or told(
                    "; the tables are {known}", known=listed(list(known))
                )
                problems.append(
                    Problem(
                        told("the ruleset has no table `{decision}`{hint}", decision=decision.name, hint=hint)
                    )
                )
            else:
                found.append(_Reading(ruleset, standing, decision.expression, problems).sheet())
    if problems:
        raise Invalid("The model cannot be merged into the ruleset.", problems)
    digests = {one.name: one.digest for one in model.decisions.values() if one.digest}
    return Returned(model.policy, tuple(found), digests)


class _Reading:
    def __init__(
        self, ruleset: Ruleset, standing: Sheet, table: DecisionTable, problems: list[Problem]
    ) -> None:
        self._standing, self._table, self._problems = standing, table, problems
        self._columns = (
            *(tested(ruleset, name) for name in standing.inputs),
            *(given(ruleset, name) for name in standing.outputs),
        )
        self._lines = {line.id: line for line in standing.lines}

    def sheet(self) -> Sheet:
        """The table as a sheet; what cannot be read is noted."""
        return Sheet(
            self._standing.table,
            self._standing.hit_policy,
            tuple(one.expression for one in self._table.inputs),
            tuple(one.name or name for one, name in zip(self._table.outputs, self._names(), strict=True)),
            tuple(self._rows()),
        )

    def _names(self) -> Sequence[str]:
        """A single output has no name in DMN: it is the table's own."""
        return self._standing.outputs if len(self._table.outputs) == 1 else [""] * len(self._table.outputs)

    def _rows(self) -> Iterator[Line]:
        wide = len(self._columns)
        for rule in self._table.rules:
            cells = (*rule.tests, *rule.results)
            if len(cells) != wide or len(rule.tests) != len(self._standing.inputs):
                self._note(
                    rule.id,
                    "",
                    told(
                        "the row has {cells} cells, and the table {wide} columns", cells=len(cells), wide=wide
                    ),
                )
                continue
            yield self._line(rule, cells)

    def _line(self, rule: TableRule, cells: Sequence[str]) -> Line:
        before = self._lines.get(rule.id)
        standing = (None,) * len(cells) if before is None else (*before.when, *before.then)
        said = [
            self._cell(rule.id, column, cell, now)
            for column, cell, now in zip(self._columns, cells, standing, strict=True)
        ]
        notes = dict(zip(self._table.annotations, rule.annotations, strict=False))
        label = (notes.get(EN, ""), notes.get(ZH, ""))
        inputs = len(rule.tests)
        if bool(label[0]) is not bool(label[1]):
            self._note(
                rule.id, "", told("a label stands in both languages, {en} and {zh}, or in none", en=EN, zh=ZH)
            )
        if not notes.get(SOURCE):
            self._note(rule.id, "", told("a row needs its annotation `{source}`", source=SOURCE))
        return Line(
            rule.id,
            tuple(said[:inputs]),
            tuple(said[inputs:]),
            notes.get(SOURCE, ""),
            label if all(label) else None,
        )

    def _cell(self, row: str, column: Column, text: str, now: str | None) -> str:
        if now is not None and _bare(column.to_feel(now)) == _bare(text):
            return now
        try:
            return column.from_feel(text)
        except Unreadable as error:
            self._note(row, column.name, str(error))
            return ""

    def _note(self, row: str, column: str, message: str) -> None:
        place = told("table `{table}`, row `{row}`", table=self._standing.table, row=row)
        where = joined(", ", (place, f"`{column}`")) if column else place
        self._problems.append(Problem(told("{where}: {said}", where=where, said=message)))


def _bare(text: str) -> str:
    """A cell without the blanks that an editor adds or drops."""
    return "".join(text.split())
