"""DMN XML to a model; raises ``Invalid`` for what is no model, with what it is instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.interchange.dmn.model import (
    Decision,
    DecisionTable,
    Expression,
    InputClause,
    InputData,
    ItemType,
    Literal,
    Model,
    OutputClause,
    TableRule,
    Unsupported,
)

OURS = "https://termwise.dev/dmn"
"""The namespace of what Termwise notes in a model; it is never fetched."""
MOST_DEPTH = 50
_BOXED = ("decisionTable", "literalExpression", "context", "invocation", "list", "relation",
          "functionDefinition", "conditional", "for", "every", "some", "filter")  # fmt: skip


def parsed(content: bytes, what: str) -> Element:
    """The root of an XML document; raises ``Invalid`` where there is a document type, or no XML."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _unreadable(what, "write it in UTF-8 and without a document type")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _unreadable(what, told("it is not XML: {error}", error=error)) from None
    if _depth(root) > MOST_DEPTH:
        raise _unreadable(what, told("it is nested deeper than {most} levels", most=MOST_DEPTH))
    return root


def read_model(content: bytes) -> Model:
    """The model that ``content`` writes."""
    root = parsed(content, "model")
    if local(root) != "definitions":
        raise _unreadable(
            "model", told("it begins with `{local}`, and a DMN model with `definitions`", local=local(root))
        )
    items = (_item(one, one.get("name", "")) for one in children(root, "itemDefinition"))
    inputs = (
        InputData(one.get("id", ""), one.get("name", ""), _variable_type(one))
        for one in children(root, "inputData")
    )
    names = {one.get("id", ""): one.get("name", "") for one in root}
    decisions = (_decision(one, names) for one in children(root, "decision"))
    policy = next((one.get("policy", "") for one in root.iter(f"{{{OURS}}}ruleset")), "")
    return Model(
        root.get("name", ""),
        {one.name: one for one in inputs},
        {one.name: one for one in decisions},
        {one.name: one for one in items},
        policy,
    )


def local(element: Element) -> str:
    """The name of an element without its namespace: DMN's differs from version to version."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The direct children of that name."""
    return (one for one in element if local(one) == name)


def text_of(element: Element, *path: str) -> str:
    """The text at the end of a path of direct children, without blanks around it; or an empty one."""
    at: Element | None = element
    for name in path:
        at = None if at is None else next(children(at, name), None)
    return "" if at is None else "".join(at.itertext()).strip()


def _decision(element: Element, names: Mapping[str, str]) -> Decision:
    required = [
        href
        for one in children(element, "informationRequirement")
        for kind in ("requiredInput", "requiredDecision")
        if (href := _href(one, kind))
    ]
    knowledge = [
        names.get(href, href)
        for one in children(element, "knowledgeRequirement")
        if (href := _href(one, "requiredKnowledge"))
    ]
    boxed = next((one for one in element if local(one) in _BOXED), None)
    noted = next(iter(element.iter(f"{{{OURS}}}table")), None)
    return Decision(
        element.get("id", ""),
        element.get("name", ""),
        _variable_type(element),
        tuple(required),
        tuple(knowledge),
        None if boxed is None else _expression(boxed),
        "" if noted is None else noted.get("digest", ""),
    )


def _expression(element: Element) -> Expression:
    kind = local(element)
    if kind == "decisionTable":
        return _table(element)
    return Literal(text_of(element, "text")) if kind == "literalExpression" else Unsupported(kind)


def _table(element: Element) -> DecisionTable:
    return DecisionTable(
        element.get("hitPolicy", "UNIQUE"),
        element.get("aggregation", ""),
        tuple(
            InputClause(
                text_of(one, "inputExpression", "text"),
                next((each.get("typeRef", "") for each in children(one, "inputExpression")), ""),
                text_of(one, "inputValues", "text"),
                one.get("label", ""),
            )
            for one in children(element, "input")
        ),
        tuple(
            OutputClause(
                one.get("name", ""),
                one.get("typeRef", ""),
                text_of(one, "outputValues", "text"),
                text_of(one, "defaultOutputEntry", "text"),
                one.get("label", ""),
            )
            for one in children(element, "output")
        ),
        tuple(
            TableRule(
                one.get("id", ""),
                tuple(text_of(each, "text") for each in children(one, "inputEntry")),
                tuple(text_of(each, "text") for each in children(one, "outputEntry")),
                tuple(text_of(each, "text") for each in children(one, "annotationEntry")),
            )
            for one in children(element, "rule")
        ),
        tuple(one.get("name", "") for one in children(element, "annotation")),
    )


def _item(element: Element, name: str) -> ItemType:
    return ItemType(
        name,
        text_of(element, "typeRef"),
        text_of(element, "allowedValues", "text"),
        element.get("isCollection") == "true",
        {
            part.get("name", ""): _item(part, part.get("name", ""))
            for part in children(element, "itemComponent")
        },
    )


def _variable_type(element: Element) -> str:
    return next((one.get("typeRef", "") for one in children(element, "variable")), "")


def _href(element: Element, kind: str) -> str:
    found = next(children(element, kind), None)
    return "" if found is None else found.get("href", "").removeprefix("#")


def _depth(root: Element) -> int:
    deepest, level = 0, [root]
    while level and deepest <= MOST_DEPTH:
        deepest += 1
        level = [child for one in level for child in one]
    return deepest


def _unreadable(what: str, why: str) -> Invalid:
    return Invalid(told("The {what} cannot be read.", what=told(what)), [Problem(why)])
