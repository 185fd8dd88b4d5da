"""A shell with the small ruleset in force, copied from one made once: making a store takes a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell, copied, new_shell


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shell")
    assert new_shell(folder).run("rulesets", "sync", "--bootstrap").code == 0
    return folder


@pytest.fixture
def shell(prepared: Path, tmp_path: Path) -> Shell:
    """A folder of its own with the small ruleset in force and no decision yet."""
    return copied(prepared, tmp_path / "shell")


@pytest.fixture
def empty_shell(tmp_path: Path) -> Shell:
    """A folder of its own with ruleset files and no store."""
    folder = tmp_path / "shell"
    folder.mkdir()
    return new_shell(folder)
