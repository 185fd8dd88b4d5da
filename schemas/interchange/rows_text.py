"""The lines of a table's rows: taken apart by row, with cells replaced, and written for a new row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.domain.errors import Invalid
from schemas.interchange.sheets import LANGUAGES, Line
from schemas.text import Block, Scalar, read

_PLAIN = re.compile(r"[\w.%+/][\w.%+/ -]*")
_OPENS_YAML = ("[", "{")

Replaced = tuple[int, int, str]
"""Where in the whole text something begins and ends, and what stands there instead."""


def spans(table: Block, text: str) -> list[tuple[int, int]]:
    """Where each row's own lines begin and end: a comment right above a row goes with it."""
    begins: list[int] = []
    floor = _line_end(text, next(key for key in table if key == "rows").end)
    for row in table["rows"]:
        begins.append(_with_comments(text, _line_start(text, text.rfind("-", 0, row.begin)), floor))
        floor = _line_end(text, row.end)
    return list(zip(begins, [*begins[1:], floor], strict=True))


def replaced(text: str, begin: int, end: int, several: Sequence[Replaced]) -> str:
    """``text[begin:end]`` with the replacements that lie in it; none overlaps another."""
    parts, at = [], begin
    for first, last, new in sorted(several):
        parts += [text[at:first], new]
        at = last
    return "".join([*parts, text[at:end]])


def row_text(line: Line, indent: str) -> str:
    """A new row on a line of its own."""
    when = ", ".join(condition(one, len(line.when)) for one in line.when)
    then = ", ".join(contribution(one) for one in line.then)
    parts = [f"id: {scalar(line.id)}", f"when: [{when}]", f"then: [{then}]", f"source: {scalar(line.source)}"]
    if line.label is not None:
        parts.append(f"label: {label_text(line.label)}")
    return f"{indent}- {{{', '.join(parts)}}}\n"


def label_edits(row: Block, text: str, wanted: tuple[str, str] | None) -> Iterator[Replaced]:
    """What to replace for a row to have another label, a first one, or none."""
    now = row.get("label")
    if now is not None and wanted is not None:
        for language, word in zip(LANGUAGES, wanted, strict=True):
            if now[language] != word:
                yield now[language].begin, now[language].end, scalar(word)
        return
    last = row["source"].end
    if wanted is not None:
        between = ", " if text[row.begin] == "{" else "\n" + " " * (row.begin - _line_start(text, row.begin))
        yield last, last, f"{between}label: {label_text(wanted)}"
    elif now is not None:
        keys = list(row)
        key = keys[(place := keys.index("label"))]
        if place:
            yield row[keys[place - 1]].end, now.end, ""
        else:
            yield key.begin, keys[1].begin, ""


def label_text(label: tuple[str, str]) -> str:
    """A label in both languages."""
    words = (f"{language}: {scalar(one)}" for language, one in zip(LANGUAGES, label, strict=True))
    return f"{{{', '.join(words)}}}"


def condition(written: str, columns: int) -> str:
    """A cell of ``when``; a dash alone between brackets would be read as the beginning of a list."""
    return f'"{written}"' if written == "-" and columns == 1 else scalar(written)


def contribution(written: str) -> str:
    """A cell of ``then``; a list or a record is kept as it is written."""
    return written if written.startswith(_OPENS_YAML) and _is_yaml(written) else scalar(written)


def scalar(word: str) -> str:
    """One word or sentence, in quotes where it needs them between brackets."""
    if word == "-" or (_PLAIN.fullmatch(word) and not word.endswith(" ")):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def indent_of(table: Block, text: str) -> str:
    """What stands before the dash of the first row."""
    dash = text.rfind("-", 0, table["rows"][0].begin)
    return text[_line_start(text, dash) : dash]


def _is_yaml(written: str) -> bool:
    try:
        return not isinstance(read(f"cell: {written}\n")["cell"], Scalar)
    except Invalid:
        return False


def _with_comments(text: str, start: int, floor: int) -> int:
    while start > floor:
        above = _line_start(text, start - 1)
        if above < floor or not text[above:start].lstrip().startswith("#"):
            return start
        start = above
    return start


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, max(at, 0)) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
