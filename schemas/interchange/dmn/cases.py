"""Test files of the DMN Technology Compatibility Kit: what is given, and what each decision should yield."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element

from app.domain.errors import Invalid, Problem
from schemas.interchange.dmn.feel import FEEL_NUMBER
from schemas.interchange.dmn.xml import children, local, parsed

_TYPE, _NIL = (f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}" for name in ("type", "nil"))
_NUMBERS = ("decimal", "double", "float", "integer", "int", "long", "short")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a decision should yield; with ``error`` it should fail, which is null here."""

    decision: str
    value: Any
    error: bool = False


@dataclass(frozen=True, slots=True)
class DmnCase:
    """One test case; values may be ``Untyped`` or ``Unread``."""

    id: str
    given: Mapping[str, Any]
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Untyped:
    """A value whose type the file does not say: the model does, or the value that it is compared with."""

    text: str

    def guessed(self) -> Any:
        """The value as it looks, where nothing says its type."""
        if FEEL_NUMBER.fullmatch(self.text):
            return Decimal(self.text)
        return {"true": True, "false": False}.get(self.text, self.text)

    def of(self, kind: str) -> Any:
        """The value as one of a kind of FEEL; as it looks where it is none."""
        if kind == "string":
            return self.text
        if kind == "date":
            try:
                return date.fromisoformat(self.text)
            except ValueError:
                return self.text
        return self.guessed()


@dataclass(frozen=True, slots=True)
class Unread:
    """A value of a kind that is not read here, such as a duration: what needs it is not read either."""

    why: str


def read_cases(content: bytes) -> tuple[DmnCase, ...]:
    """The cases of a test file; raises ``Invalid`` for what is none."""
    root = parsed(content, "test file")
    if local(root) != "testCases":
        problem = Problem(f"it begins with `{local(root)}`, and a test file with `testCases`")
        raise Invalid("The test file cannot be read.", [problem])
    return tuple(_case(one) for one in children(root, "testCase"))


def _case(element: Element) -> DmnCase:
    given = {one.get("name", ""): _content(one) for one in children(element, "inputNode")}
    expected = tuple(_expected(one) for one in children(element, "resultNode"))
    return DmnCase(element.get("id", ""), given, expected)


def _expected(element: Element) -> Expected:
    inside = next((one for one in element if local(one) in ("expected", "computed")), None)
    value = None if inside is None else _content(inside)
    return Expected(element.get("name", ""), value, element.get("errorResult") == "true")


def _content(element: Element) -> Any:
    """The value that stands in an element: one value, components by name, or a list."""
    parts = {one.get("name", ""): _content(one) for one in children(element, "component")}
    if parts:
        return parts
    for listed in children(element, "list"):
        return None if listed.get(_NIL) == "true" else [_content(one) for one in children(listed, "item")]
    for value in children(element, "value"):
        return _value(value)
    return None


def _value(element: Element) -> Any:
    if element.get(_NIL) == "true":
        return None
    kind, text = element.get(_TYPE, "").rpartition(":")[2], element.text or ""
    try:
        if not kind:
            return Untyped(text.strip())
        if kind in _NUMBERS:
            return Decimal(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text.strip()]
        if kind == "date":
            return date.fromisoformat(text.strip())
    except (ValueError, KeyError, InvalidOperation):
        return Unread(f"`{text}` is no {kind}")
    return text if kind == "string" else Unread(f"a value of type {kind} is not read")
