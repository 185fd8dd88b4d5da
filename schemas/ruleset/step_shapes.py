"""The shape of the list of steps, of which each says by its first key what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.messages import told
from schemas.ruleset.checking import Keys, Shape
from schemas.ruleset.faults import Faults, under
from schemas.text import Block, Items

SAID_KINDS = "formula:, table:, rules: or scorecard:"


class Steps(Shape):
    """The steps; the key that names a step says which kind it is."""

    def __init__(self, kinds: Mapping[str, Keys]) -> None:
        self._kinds = kinds

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Items) or not part:
            faults.at(
                part,
                told(
                    "{key} takes a list of steps, each starting with {said_kinds}",
                    key=key,
                    said_kinds=SAID_KINDS,
                ),
                where,
            )
            return
        for number, item in enumerate(part, 1):
            kind = next((one for one in self._kinds if isinstance(item, Block) and one in item), None)
            if kind is None:
                faults.at(
                    item,
                    told("a step starts with {said_kinds}", said_kinds=SAID_KINDS),
                    told("step {number}", number=number),
                )
            else:
                keys = self._kinds[kind]
                keys.check(item, "this", under(where, keys.name_of(item, number)), faults)
