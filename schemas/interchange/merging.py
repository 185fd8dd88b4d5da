"""Merges sheets into the text they came from, by row id: nothing but what is another is written anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.constants import listed, nearest
from schemas.interchange.changes import Change
from schemas.interchange.rows_text import Replaced, replaced
from schemas.interchange.sheets import Sheet, sheet, tables_of
from schemas.interchange.table_merge import TableMerge
from schemas.ruleset.words import IDENTIFIER
from schemas.text import BYTE_ORDER_MARK, Block, read


@dataclass(frozen=True, slots=True)
class Merged:
    """The text after the merge, to the byte the same where nothing changed, and what changed in it."""

    text: bytes
    changes: tuple[Change, ...]


def merge(text: bytes, sheets: Sequence[Sheet], made_from: Mapping[str, str] | None = None) -> Merged:
    """Write what ``sheets`` say into ``text``, a text that loads; tables that have no sheet stay.

    ``made_from`` has, for each table, the digest of the sheet that was once given out: where the text's own
    table is another by now, and not what the sheet says, the merge would undo somebody's work. Raises
    ``Invalid`` with a problem for each sheet that does not fit.
    """
    whole = text.decode()
    written = whole.removeprefix(BYTE_ORDER_MARK)
    tables = {str(item["table"]): item for item in tables_of(read(text))}
    problems = [one for each in sheets for one in _misfits(each, tables, written, made_from or {})]
    if problems:
        raise Invalid("The tables cannot be merged into the text.", problems)
    changes: list[Change] = []
    pieces: list[Replaced] = []
    for each in sheets:
        merge = TableMerge(tables[each.table], written, each)
        pieces += merge.pieces
        changes += merge.changes
    merged = replaced(written, 0, len(written), pieces)
    return Merged((whole[: len(whole) - len(written)] + merged).encode(), tuple(changes))


def _misfits(
    given: Sheet, tables: Mapping[str, Block], written: str, made_from: Mapping[str, str]
) -> Iterator[Problem]:
    item = tables.get(given.table)
    if item is None:
        hint = nearest(given.table, list(tables)) or told(
            "; the tables are {tables}", tables=listed(list(tables))
        )
        yield Problem(told("the text has no table `{table}`{hint}", table=given.table, hint=hint))
        return
    now = sheet(item, written)
    for called, before, after in (
        ("inputs", now.inputs, given.inputs),
        ("outputs", now.outputs, given.outputs),
    ):
        if before != after:
            yield Problem(
                told(
                    "the {called} of `{table}` are {before}, and the sheet has {after}: columns are changed "
                    "in the text",
                    called=told(called),
                    table=given.table,
                    before=listed(before),
                    after=listed(after),
                )
            )
    if made_from.get(given.table, now.digest) != now.digest and given.digest != now.digest:
        yield Problem(
            told(
                "`{table}` was changed since the sheet was made: export it again and edit that, or say "
                "that the sheet is to win",
                table=given.table,
            )
        )
    for id, times in Counter(one.id for one in given.lines).items():
        if not IDENTIFIER.fullmatch(id):
            yield Problem(
                told(
                    "`{table}`: `{id}` cannot name a row; write lower-case words joined by -",
                    table=given.table,
                    id=id,
                )
            )
        elif times > 1:
            yield Problem(
                told(
                    "`{table}`: the row `{id}` stands {times} times; each row has an id of its own",
                    table=given.table,
                    id=id,
                    times=times,
                )
            )
    if item["rows"].in_brackets and [one.id for one in now.lines] != [one.id for one in given.lines]:
        yield Problem(
            told(
                "the rows of `{table}` stand in one list; write each on a line of its own before rows "
                "are added, removed or moved",
                table=given.table,
            ),
            line=item["rows"].line,
        )
    if not given.lines:
        yield Problem(told("`{table}` has no rows in the sheet; a table has at least one", table=given.table))
