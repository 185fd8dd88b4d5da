"""The house: what the layout promises and import-linter cannot see."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path for package in ("app", "schemas") for path in (ROOT / package).rglob("*.py"))
DOMAIN = [path for path in MODULES if path.is_relative_to(ROOT / "app" / "domain")]
# Standard, but a door to files, clocks, chance or other processes: not for the hall.
OUTSIDE_WORLD = {
    "asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3",
    "subprocess", "tempfile", "time", "urllib",
}  # fmt: skip


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """The absolute names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if node.module and not node.level else "app.domain"


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_the_hall_imports_the_standard_library_and_itself_only(path: Path) -> None:
    for module in imports(path):
        top = module.partition(".")[0]
        assert module.startswith("app.domain") or top in sys.stdlib_module_names, module
        assert top not in OUTSIDE_WORLD, f"{module}: the domain does no I/O and knows no clock"


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_the_hall_asks_no_clock_and_makes_no_floats(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "today", "utcnow", "fromtimestamp", "uuid1", "uuid4"}, (
                f"line {node.lineno}"
            )
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"line {node.lineno}: use Decimal"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"float", "open", "print"}, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_read_in_one_sitting_and_says_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 250, "split it by what it does"
    assert ast.get_docstring(ast.parse(source)), "begin with what it is for"


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [named(path) for path in MODULES if path.stem in drawers or path.parent.name in drawers] == []


def test_no_policy_is_named_in_the_code() -> None:
    slugs = [folder.name for folder in (ROOT / "rulesets").glob("*/")]
    mentions = [
        f"{named(path)}: {slug}"
        for path in MODULES
        for slug in slugs
        if slug in path.read_text(encoding="utf-8")
    ]
    assert mentions == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_locked_by_version_and_hash(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = list(project["project"]["dependencies"])
    if lock == "requirements-dev.lock":
        declared += project["dependency-groups"]["dev"]
    entries = re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==\S+ .*\\\n    --hash=", _lock(lock), re.MULTILINE)
    locked = set(entries)
    for requirement in declared:
        name = re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")
        assert name in locked, f"{name}: run make lock"


def test_both_lock_files_agree() -> None:
    versions = [
        dict(re.findall(r"^([a-z0-9.-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE))
        for text in (_lock("requirements.lock"), _lock("requirements-dev.lock"))
    ]
    assert versions[0].items() <= versions[1].items()


def test_a_lock_file_names_no_address() -> None:
    assert "://" not in _lock("requirements.lock") + _lock("requirements-dev.lock")


def _lock(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
