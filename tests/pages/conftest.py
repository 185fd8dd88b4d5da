"""The pages in a real browser: one service with the demonstration for each file, one Chromium for all."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.domain.people import Role
from tests.pages.company import Company, demonstration, opened
from tests.pages.driving import Visit, chromium

Visits = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; an error, and no skipped test, where there is none."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the databases of the demonstration, to be copied; made once for all workers."""
    alone = worker_id == "master"
    base = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    folder = base / "demonstration"
    with (base / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            demonstration(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="module")
def company(demonstrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A service of the file's own on a loopback port, with the demonstration's people and decisions."""
    folder = tmp_path_factory.mktemp("company")
    shutil.copytree(demonstrated, folder, dirs_exist_ok=True)
    with opened(folder) as found:
        yield found


@pytest.fixture
def visit(company: Company, browser: Browser) -> Iterator[Visits]:
    """``visit(role, language="en", width=1280, script=True, dark=False)``: a page of a signed-in browser.

    Without a role nobody is signed in. A test fails when the browser met an error of its own: in a script,
    on the console, of the Content-Security-Policy, or of a file that is not there.
    """
    visits: list[Visit] = []

    def begin(role: Role | str | None = None, **options: object) -> Page:
        made = Visit(company, browser, role, **options)  # type: ignore[arg-type]
        visits.append(made)
        return made.page

    yield begin
    faults = [fault for one in visits for fault in one.faults]
    for one in visits:
        one.close()
    assert faults == []
