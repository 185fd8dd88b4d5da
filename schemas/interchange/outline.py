"""What an editor shows of a text that need not load yet: its parts by place, and what they are called.

Only the shape of the text must be right, so that half-finished work can be gone on with wherever it was left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from schemas.interchange.outline_parts import (
    CaseText,
    ExampleText,
    Named,
    ParameterText,
    RuleText,
    StepText,
    Value,
)
from schemas.interchange.places import pointer
from schemas.interchange.sheets import Sheet, cell_text, sheet, tables_of
from schemas.ruleset.faults import Faults
from schemas.ruleset.shapes import check_shape
from schemas.text import BYTE_ORDER_MARK, Block, Items, Scalar, read

_WORDS: Mapping[str, Mapping[str, str]] = {
    "outcome": {"en": "Outcome", "zh": "结论"},
    "reason": {"en": "Reason", "zh": "理由"},
    "as_of": {"en": "Day of the decision", "zh": "决策日期"},
    "reasons": {"en": "Reasons", "zh": "理由"},
    "fired": {"en": "Rules that hold", "zh": "成立的规则"},
    "not_fired": {"en": "Rules that do not hold", "zh": "不成立的规则"},
}
_YES_NO = {"yes": {"en": "yes", "zh": "是"}, "no": {"en": "no", "zh": "否"}}
_BAND = ("when", "points")


class Outline:
    """The parts of one text. Raises ``Invalid`` where its shape is not right."""

    def __init__(self, text: bytes) -> None:
        self._written = text.decode().removeprefix(BYTE_ORDER_MARK)
        self._block = read(text)
        faults = Faults()
        check_shape(self._block, faults)
        faults.raise_any()
        self._names = dict(self._declared())

    @property
    def title(self) -> Mapping[str, str]:
        """What the policy is called."""
        return _text(self._block["title"])

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return str(self._block["currency"])

    def table(self, name: str) -> Sheet | None:
        """The table of that name."""
        found = next((one for one in tables_of(self._block) if one["table"] == name), None)
        return None if found is None else sheet(found, self._written)

    def tables(self) -> list[tuple[Named, int]]:
        """Every table, with how many rows it has."""
        return [
            (Named(str(one["table"]), _label(one, one["table"])), len(one["rows"]))
            for one in tables_of(self._block)
        ]

    def label(self, table: str) -> Mapping[str, str]:
        """What a table is called."""
        return next(one.label for one, _size in self.tables() if one.name == table)

    def named(self, name: str) -> Named:
        """What the text declares under a name; the bare name where it declares nothing."""
        return self._names.get(name) or Named(name, _WORDS.get(name, _spoken(name)))

    def label_of(self, name: str) -> Mapping[str, str] | None:
        """What a declared name is called; None for another word."""
        found = self._names.get(name)
        return None if found is None else found.label

    def facts(self) -> list[Named]:
        """The facts, in order."""
        return [self.named(str(name)) for name in self._block["facts"]]

    def parameters(self) -> list[ParameterText]:
        """The parameters, in order."""
        return [
            ParameterText(
                self.named(name),
                self._value(item["value"], name, "parameters", name, "value"),
                self._value(item["source"], name, "parameters", name, "source"),
            )
            for name, item in self._block.get("parameters", Block()).items()
        ]

    @cached_property
    def steps(self) -> list[StepText]:
        """The steps that are no tables, in order."""
        return [
            self._step(item, number)
            for number, item in enumerate(self._block["steps"])
            if "table" not in item
        ]

    @cached_property
    def cases(self) -> list[CaseText]:
        """The cases, in order."""
        return [
            CaseText(
                str(item["name"]),
                pointer("cases", number),
                self._values(item["given"], "cases", number, "given"),
                self._values(item["expect"], "cases", number, "expect"),
                item.line,
            )
            for number, item in enumerate(self._block.get("cases", Items()))
        ]

    @cached_property
    def examples(self) -> Mapping[tuple[str, bool], ExampleText]:
        """The examples of all rules and rows, by the id of the rule and what they show."""
        found: dict[tuple[str, bool], ExampleText] = {}
        for step, item in enumerate(self._block["steps"]):
            for kind, key in (("rules", "list"), ("table", "rows")):
                for number, rule in enumerate(item[key] if kind in item else ()):
                    several = self._examples(str(item[kind]), rule, "steps", step, key, number)
                    found.update(((one.rule, one.fires), one) for one in several)
        return found

    @cached_property
    def _values_by_place(self) -> Mapping[str, Value]:
        found = [one.value for one in self.parameters()]
        found += [one.source for one in self.parameters()]
        found += [one for case in self.cases for one in (*case.given, *case.expect)]
        found += [one for example in self.examples.values() for one in example.values]
        for step in self.steps:
            found += [one for _name, several in step.values for one in several]
            found += [one for rule in step.rules for one in (*rule.when, *rule.then)]
        return {one.place: one for one in found}

    def value(self, place: str) -> Value | None:
        """The value at a place, None where there is none yet."""
        return self._values_by_place.get(place)

    def _declared(self) -> Iterator[tuple[str, Named]]:
        outcomes = {str(one["id"]): _text(one["label"]) for one in self._block["outcomes"]}
        yield "outcome", Named("outcome", _WORDS["outcome"], "choice", outcomes)
        for key in ("facts", "parameters", "outputs"):
            for name, item in self._block.get(key, Block()).items():
                yield str(name), _named(name, item)
        for item in self._block["steps"]:
            for key in ("formula", "scorecard"):
                if key in item:
                    yield str(item[key]), _named(item[key], item)

    def _step(self, item: Block, number: int) -> StepText:
        kind = next(key for key in ("rules", "formula", "scorecard") if key in item)
        rules: tuple[RuleText, ...] = ()
        values: list[tuple[str, tuple[Value, ...]]] = []
        if kind == "rules":
            rules = tuple(self._rule(one, number, place) for place, one in enumerate(item["list"]))
        elif kind == "formula":
            expression = self._value(item["expression"], item[kind], "steps", number, "expression")
            values.append((str(item[kind]), (expression,)))
        else:
            values += self._bands(item, number)
        return StepText(str(item[kind]), kind, _label(item, item[kind]), rules, tuple(values))

    def _rule(self, rule: Block, step: int, number: int) -> RuleText:
        here: tuple[str | int, ...] = ("steps", step, "list", number)
        return RuleText(
            str(rule["id"]),
            {key: self._value(words, "label", *here, "label", key) for key, words in rule["label"].items()},
            self._values(rule["when"], *here, "when"),
            self._values(rule["then"], *here, "then"),
            self._value(rule["source"], "source", *here, "source"),
            tuple(self._examples(str(self._block["steps"][step]["rules"]), rule, *here)),
            rule.line,
        )

    def _examples(self, step: str, rule: Block, *here: str | int) -> Iterator[ExampleText]:
        for key, fires in (("fires_on", True), ("not_on", False)):
            if key in rule:
                values = self._values(rule[key], *here, key)
                yield ExampleText(step, str(rule["id"]), fires, pointer(*here, key), values)

    def _bands(self, card: Block, step: int) -> Iterator[tuple[str, tuple[Value, ...]]]:
        for number, one in enumerate(card["characteristics"]):
            here: tuple[str | int, ...] = ("steps", step, "characteristics", number)
            for place, band in enumerate(one["bands"]):
                below = (*here, "bands", place)
                yield str(one["fact"]), tuple(self._value(band[key], key, *below, key) for key in _BAND)
            if "unknown" in one:
                points = self._value(one["unknown"]["points"], "points", *here, "unknown", "points")
                yield str(one["fact"]), (points,)

    def _values(self, block: Block, *here: str | int) -> tuple[Value, ...]:
        return tuple(self._value(part, name, *here, name) for name, part in block.items())

    def _value(self, part: Any, of: str, *here: str | int) -> Value:
        return Value(pointer(*here), self.named(str(of)), cell_text(part, self._written), part.line)


def _named(name: str, item: Block) -> Named:
    kind, values = str(item.get("type", "")), item.get("values", Items())
    words = values.items() if isinstance(values, Block) else ((one, None) for one in values)
    choices = {str(one): _alike(one) if label is None else _text(label) for one, label in words}
    if kind == "yes_no":
        choices = dict(_YES_NO)
    return Named(str(name), _label(item, name), kind, choices, item.get("unknown") == "allowed")


def _label(item: Block, name: str) -> Mapping[str, str]:
    label = item.get("label")
    return _spoken(name) if label is None or isinstance(label, Scalar) else _text(label)


def _text(label: Mapping[str, Any]) -> Mapping[str, str]:
    return {"en": str(label["en"]), "zh": str(label["zh"])}


def _spoken(name: str) -> Mapping[str, str]:
    return _alike(str(name).replace("-", " ").replace("_", " "))


def _alike(word: str) -> Mapping[str, str]:
    return dict.fromkeys(("en", "zh"), str(word))
