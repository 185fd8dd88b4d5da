"""Whether each part of a text is the kind of thing that stands there: which keys, one value or a list.

A shape is declared once (``schemas.ruleset.shapes``) and walked here along with
the text, so that every fault knows its line and what it belongs to. Names,
types and meaning are checked after, on a text whose shape is right.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from app.domain.messages import joined, told
from schemas.constants import listed, nearest
from schemas.ruleset.faults import Faults, under
from schemas.text import Block, Items, Scalar


class Shape(ABC):
    """What may stand at a place."""

    @abstractmethod
    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        """Note what is wrong with ``part``, which stands under ``key`` (or is an item of a list)."""


# What a reader is told beside "is missing" or "is empty", for keys whose purpose may be in doubt.
BECAUSE: Mapping[str, str] = {
    "en": "everything a person reads exists in en and zh",
    "zh": "everything a person reads exists in en and zh",
    "label": "everything a person reads has a label: {en: ..., zh: ...}",
    "source": 'write where it comes from, such as source: "S4:L35"',
    "hit_policy": "write UNIQUE, FIRST or COLLECT",
    "when": "write what must hold, or {} where it always holds",
    "then": "write what follows, or {} where nothing does",
    "expect": "write what the decision must be, such as {outcome: offer}",
    "baseline": "write an ordinary request, from which cases and examples differ",
    "otherwise": "write the outcome when no rule sets one",
    "type": "write what kind of value it is, such as money or yes_no",
}


def _lacks(name: str, how: str) -> str:
    lack = told("`{name}` is {how}", name=name, how=told(how))
    return joined("; ", (lack, BECAUSE[name])) if name in BECAUSE else lack


class One(Shape):
    """One scalar, as written, and not an empty one."""

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Scalar):
            faults.at(part, told("{key} takes one value, not a list or keys", key=key), where)
        elif not part.strip():
            faults.at(part, _lacks(key.strip("`"), "empty"), where)


class Several(Shape):
    """A list of scalars; at least one of them where ``needs`` says of what."""

    def __init__(self, needs: str = "") -> None:
        self._needs = needs

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Items) or not all(isinstance(one, Scalar) for one in part):
            faults.at(part, told("{key} takes a list of values, such as [A, B]", key=key), where)
        elif self._needs and not part:
            faults.at(
                part,
                told("{key} is empty; it has at least one {needs}", key=key, needs=told(self._needs)),
                where,
            )


class Cells(Shape):
    """The cells of a row: each one value, a list of values, or a record."""

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Items) or not all(_is_value(one) for one in part):
            faults.at(part, told("{key} takes a list with one cell a column", key=key), where)


class Named(Shape):
    """Names, each with one value; ``deep``: also with a list of values or records."""

    def __init__(self, *, deep: bool = False) -> None:
        self._deep = deep

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Block):
            faults.at(part, told("{key} takes names with values, such as {{grade: A}}", key=key), where)
            return
        for name, value in part.items():
            if not (_is_value(value) if self._deep else isinstance(value, Scalar)):
                kinds = "a value, a list or a record" if self._deep else "one value"
                faults.at(
                    name, told("{key} takes {kinds} for `{name}`", key=key, kinds=kinds, name=name), where
                )
            elif isinstance(value, Scalar) and not value.strip():
                faults.at(name, told("{key} gives no value for `{name}`", key=key, name=name), where)


class Anything(Shape):
    """Whatever its declaration says; checked there."""

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        pass


class Either(Shape):
    """A plain list of scalars, or each of them with more to say."""

    def __init__(self, keyed: Shape, wanted: str) -> None:
        self._keyed = keyed
        self._wanted = wanted

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if isinstance(part, Block):
            self._keyed.check(part, key, where, faults)
        elif not isinstance(part, Items) or not all(isinstance(one, Scalar) for one in part):
            faults.at(part, told("{key} takes {wanted}", key=key, wanted=self._wanted), where)


class OneOr(Shape):
    """One scalar, such as a name, or keys that say more."""

    def __init__(self, keyed: Shape) -> None:
        self._keyed = keyed

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        (self._keyed if isinstance(part, Block) else One()).check(part, key, where, faults)


class Keys(Shape):
    """A mapping with these keys and no others. ``called`` says how faults name the thing."""

    def __init__(
        self, called: str, named_by: str, needed: Mapping[str, Shape], optional: Mapping[str, Shape]
    ) -> None:
        self.called = called
        self.named_by = named_by
        self._needed = needed
        self._shapes = {**needed, **optional}
        self.example = f"{next(iter(self._shapes))}: ..."

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Block):
            faults.at(
                part,
                told("{key} takes keys with values, such as {{{example}}}", key=key, example=self.example),
                where,
            )
            return
        for name in self._needed:
            if name not in part:
                faults.at(part, _lacks(name, "missing"), where)
        for name, value in part.items():
            shape = self._shapes.get(name)
            if shape is not None:
                shape.check(value, f"`{name}`", where, faults)
                continue
            others = list(self._shapes)
            near = nearest(name, others) or told("; the keys here are {others}", others=listed(others, 20))
            if isinstance(value, Scalar) and not value:  # what follows a comma within braces
                near = "; put a text that contains a comma in quotes"
            faults.at(name, told("`{name}` is not a key here{near}", name=name, near=near), where)

    def name_of(self, part: Any, number: int) -> str:
        """``row `middle```, or ``row 3`` where it does not say its name."""
        name = part.get(self.named_by) if isinstance(part, Block) else None
        if isinstance(name, Scalar) and name:
            return told("{called} `{name}`", called=told(self.called), name=name)
        return told("{called} {number}", called=told(self.called), number=number)


class Inside(Shape):
    """A mapping under its key: faults in it name the key."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        below = under(where, key) if isinstance(part, Block) else where
        self._keys.check(part, key, below, faults)


class ListOf(Shape):
    """A list of mappings; at least one of them unless ``may_be_empty``."""

    def __init__(self, keys: Keys, *, may_be_empty: bool = False) -> None:
        self._keys = keys
        self._may_be_empty = may_be_empty

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Items):
            faults.at(part, told("{key} takes a list, each item starting with a dash", key=key), where)
        elif not part and not self._may_be_empty:
            faults.at(
                part,
                told("{key} is empty; it has at least one {called}", key=key, called=told(self._keys.called)),
                where,
            )
        else:
            for number, item in enumerate(part, 1):
                self._keys.check(item, "this", under(where, self._keys.name_of(item, number)), faults)


class EachOf(Shape):
    """Names, each with a mapping."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def check(self, part: Any, key: str, where: str, faults: Faults) -> None:
        if not isinstance(part, Block):
            faults.at(part, told("{key} takes names, each with its keys", key=key), where)
            return
        for name, item in part.items():
            below = under(where, told("{called} `{name}`", called=told(self._keys.called), name=name))
            if isinstance(item, Block):
                self._keys.check(item, "this", below, faults)
            else:
                faults.at(
                    name,
                    told("this takes keys with values, such as {{{example}}}", example=self._keys.example),
                    below,
                )


def _is_value(part: Any) -> bool:
    """A scalar, a list of scalars or records, or a record of scalars."""
    if isinstance(part, Items):
        return all(isinstance(one, Scalar) or _is_record(one) for one in part)
    return isinstance(part, Scalar) or _is_record(part)


def _is_record(part: Any) -> bool:
    return isinstance(part, Block) and all(isinstance(one, Scalar) for one in part.values())
