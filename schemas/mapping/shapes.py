"""The keys of a mapping's text, and what kind of thing each holds."""

from __future__ import annotations

from typing import Any

from app.domain.messages import told
from schemas.ruleset.checking import Inside, Keys, Named, One, Shape
from schemas.ruleset.faults import Faults
from schemas.text import Block


class _Columns(Shape):
    """Our names, each with a column, or with a column and its type."""

    _own = Inside(Keys("name", "", {"column": One(), "type": One()}, {}))

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Block):
            faults.at(
                part,
                told("{key} takes our names with the file's, such as {{due_date: DueDate}}", key=key),
                where,
            )
            return
        for name, value in part.items():
            shape: Shape = self._own if isinstance(value, Block) else One()
            shape.check(value, f"`{name}`", "columns", faults)


class _Words(Shape):
    """Our names, each with the file's words and ours for them."""

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Block):
            example = "{disputed: {Yes: yes, No: no}}"
            faults.at(
                part,
                told(
                    "{key} takes names with the words of their cells, such as {example}",
                    key=key,
                    example=example,
                ),
                where,
            )
            return
        for name, words in part.items():
            Named().check(words, f"`{name}`", "values", faults)


_MAPPING = Keys(
    "mapping",
    "",
    {"columns": _Columns()},
    {"constants": Named(), "values": _Words(), "date_format": One(), "formulas": Named(), "keep_if": One()},
)


def check_shape(text: Block, faults: Faults) -> None:
    """Note every key that is missing, strange or holds the wrong kind of thing."""
    _MAPPING.check(text, "a mapping", "", faults)
