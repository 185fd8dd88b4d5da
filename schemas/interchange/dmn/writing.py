"""Writes the tables of a ruleset as a DMN model: a decision for each table, with inputs, types and a diagram.

Parameters go along as decisions of one constant, so that the model runs elsewhere.
Formulas, rule lists and scorecards do not: what a table reads of them is an input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from app.domain.ruleset import Ruleset
from app.domain.values import Kind, ValueType
from schemas.interchange.dmn import EN, SOURCE, ZH
from schemas.interchange.dmn.columns import Column, given, tested, type_ref
from schemas.interchange.dmn.diagram import Diagram
from schemas.interchange.dmn.feel import quoted, to_feel
from schemas.interchange.dmn.xml import OURS
from schemas.interchange.sheets import Sheet
from schemas.json_values import json_value

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(ruleset: Ruleset, sheets: Sequence[Sheet]) -> bytes:
    """The model (DMN 1.3, XML) of ``sheets``, which are the tables of ``ruleset``."""
    ElementTree.register_namespace("", MODEL)
    ElementTree.register_namespace("termwise", OURS)
    root = Element(f"{{{MODEL}}}definitions")
    root.attrib |= {
        "id": f"definitions_{ruleset.policy}",
        "name": ruleset.title.en,
        "namespace": f"{OURS}/{ruleset.policy}/{ruleset.version}",
    }
    _extension(
        root, "ruleset", {"policy": ruleset.policy, "version": ruleset.version, "digest": ruleset.digest}
    )
    writing = _Writing(ruleset, sheets, root)
    writing.types()
    writing.inputs()
    writing.parameters()
    for one in sheets:
        writing.table(one)
    Diagram(root, MODEL).draw()
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


class _Writing:
    def __init__(self, ruleset: Ruleset, sheets: Sequence[Sheet], root: Element) -> None:
        self._ruleset, self._sheets, self._root = ruleset, sheets, root
        self._read = {one.table: list(dict.fromkeys(self._names_read(one))) for one in sheets}
        self._all = dict.fromkeys(name for names in self._read.values() for name in names)

    def types(self) -> None:
        """A type for every choice that a column holds, with the values it allows."""
        outputs = {name: one for sheet in self._sheets for name in sheet.outputs
                   if (one := given(self._ruleset, name).type) is not None}  # fmt: skip
        columns: Mapping[str, ValueType] = {
            **{name: self._ruleset.types[name] for name in self._all},
            **outputs,
        }
        for name, value_type in columns.items():
            if value_type.kind in (Kind.CHOICE, Kind.CHOICES):
                item = self._element(self._root, "itemDefinition", name=f"t_{name}")
                if value_type.kind is Kind.CHOICES:
                    item.set("isCollection", "true")
                self._element(item, "typeRef").text = "string"
                allowed = self._element(item, "allowedValues")
                self._element(allowed, "text").text = ", ".join(map(quoted, value_type.choices))

    def inputs(self) -> None:
        """Everything that a table reads and that is no parameter."""
        for name in self._all:
            if name not in self._ruleset.parameters:
                data = self._element(self._root, "inputData", id=f"input_{name}", name=name)
                self._variable(data, name, self._ruleset.types[name])

    def parameters(self) -> None:
        """Each parameter that a table names, as a decision of one constant."""
        for name in self._all:
            parameter = self._ruleset.parameters.get(name)
            if parameter is not None:
                decision = self._element(self._root, "decision", id=f"parameter_{name}", name=name)
                self._variable(decision, name, parameter.type)
                constant = self._element(decision, "literalExpression", id=f"value_{name}")
                value = json_value(parameter.value)
                words = value if isinstance(value, list) else [value]
                told = [_constant(one, parameter.type) for one in words]
                self._element(constant, "text").text = (
                    f"[{', '.join(told)}]" if isinstance(value, list) else told[0]
                )

    def table(self, sheet: Sheet) -> None:
        """One table as a decision."""
        ruleset = self._ruleset
        columns = (
            [tested(ruleset, name) for name in sheet.inputs],
            [given(ruleset, name) for name in sheet.outputs],
        )
        decision = self._element(self._root, "decision", id=f"table_{sheet.table}", name=sheet.table)
        _extension(decision, "table", {"digest": sheet.digest})
        only = columns[1][0] if len(columns[1]) == 1 else None
        self._element(
            decision,
            "variable",
            name=sheet.table,
            typeRef="Any" if only is None else type_ref(only.name, only.type),
        )
        for name in self._read[sheet.table]:
            requirement = self._element(decision, "informationRequirement", id=f"{sheet.table}_reads_{name}")
            kind, prefix = (
                ("requiredDecision", "parameter")
                if name in ruleset.parameters
                else ("requiredInput", "input")
            )
            self._element(requirement, kind, href=f"#{prefix}_{name}")
        step = next(one for one in ruleset.match_steps if one.id == sheet.table)
        boxed = self._element(decision, "decisionTable", id=f"rows_{sheet.table}", hitPolicy=sheet.hit_policy)
        aggregate = getattr(step, "aggregate", None)
        if aggregate:
            boxed.set("aggregation", aggregate.upper())
        self._head(boxed, sheet.table, *columns)
        for line in sheet.lines:
            rule = self._element(boxed, "rule", id=line.id)
            for number, (column, cell) in enumerate(zip(columns[0], line.when, strict=True)):
                entry = self._element(rule, "inputEntry", id=f"{line.id}_when_{number}")
                self._element(entry, "text").text = column.to_feel(cell)
            for number, (column, cell) in enumerate(zip(columns[1], line.then, strict=True)):
                entry = self._element(rule, "outputEntry", id=f"{line.id}_then_{number}")
                self._element(entry, "text").text = column.to_feel(cell)
            for note in (line.source, *(line.label or ("", ""))):
                self._element(self._element(rule, "annotationEntry"), "text").text = note

    def _head(self, boxed: Element, table: str, tested: Sequence[Column], given: Sequence[Column]) -> None:
        for column in tested:
            clause = self._element(
                boxed, "input", id=f"{table}_input_{column.name}", label=self._label(column.name)
            )
            expression = self._element(clause, "inputExpression", id=f"{table}_tests_{column.name}")
            expression.set("typeRef", type_ref(column.name, column.type))
            self._element(expression, "text").text = column.name
        for column in given:
            clause = self._element(boxed, "output", id=f"{table}_output_{column.name}")
            clause.attrib |= {"label": self._label(column.name), "name": column.name}
            clause.set("typeRef", type_ref(column.name, column.type))
        for name in (SOURCE, EN, ZH):
            self._element(boxed, "annotation", name=name)

    def _label(self, name: str) -> str:
        declared = self._ruleset.facts.get(name) or self._ruleset.outputs.get(name)
        return name if declared is None else declared.label.en

    def _names_read(self, sheet: Sheet) -> Iterator[str]:
        yield from sheet.inputs
        step = next(one for one in self._ruleset.match_steps if one.id == sheet.table)
        for rule in step.rules:
            for condition in rule.when:
                yield from (one.parameter for one in condition.test.endpoints() if one.parameter)
        for line in sheet.lines:
            for name, cell in zip(sheet.outputs, line.then, strict=True):
                column = given(self._ruleset, name)
                if column.type is not None:
                    yield from (
                        one for one in _words(cell) if one in column.names and one not in column.type.choices
                    )

    def _variable(self, owner: Element, name: str, value_type: ValueType) -> None:
        self._element(owner, "variable", name=name, typeRef=type_ref(name, value_type))

    def _element(self, owner: Element, tag: str, /, **attributes: str) -> Element:
        return SubElement(owner, f"{{{MODEL}}}{tag}", attributes)


def _words(cell: str) -> Iterator[str]:
    """The words of a cell that may be names: itself, or those of a list or record."""
    yield from (part.split(":")[-1].strip() for part in cell.strip("[]{}").split(","))


def _constant(value: object, value_type: ValueType) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_feel(str(value), ValueType(Kind.DATE) if value_type.kind is Kind.DATES else value_type, ())


def _extension(owner: Element, name: str, attributes: Mapping[str, str]) -> None:
    extension = SubElement(owner, f"{{{MODEL}}}extensionElements")
    SubElement(extension, f"{{{OURS}}}{name}", dict(attributes))
