"""The two engines ..."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "app" / "engine"
DIRECT = {"direct"}
DURABLE = {"durable", "flags", "handles", "patterns", "ranks"}
OF_BOTH = {"__init__", "agreement", "compiled"}


def tree(module: str) -> ast.Module:
    return ast.parse((ENGINE / f"{module}.py").read_text(encoding="utf-8"))


def own_imports(module: str) -> set[str]:
    """The modules of ``app.engine`` that a module of it imports."""
    names = {node.module or "" for node in ast.walk(tree(module)) if isinstance(node, ast.ImportFrom)}
    return {name.removeprefix("app.engine.") for name in names if name.startswith("app.engine")}


def attributes_read(module: str) -> Iterator[str]:
    yield from (node.attr for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute))
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def test_are_made_of_these_modules_and_no_others() -> None:
    assert {path.stem for path in ENGINE.glob("*.py")} == DIRECT | DURABLE | OF_BOTH


def test_import_nothing_of_each_other() -> None:
    assert own_imports("direct") == set()
    for module in DURABLE:
        assert own_imports(module) <= DURABLE, module


@pytest.mark.parametrize("module", sorted(DIRECT | DURABLE))
def test_read_the_meaning_of_a_test_from_its_parts_alone(module: str) -> None:
    """What the domain works out about a test would be one mistake made twice."""
    worked_out = {"holds", "endpoints", "irrelevant", "COMPARISONS", "text"}
    assert not worked_out & set(attributes_read(module))
