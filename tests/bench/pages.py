"""The pages of a portfolio: how long the server takes for each, and how much it sends.

Every page of ``make screenshots`` is asked for by its role, from a demonstration of 10,000 decisions; the
median of the times after a first one, the bytes of the page before compression, and how many files it names.
The aims are of the issue that asked for the pages: 50 ms, 100 KB, three requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep
from typing import NamedTuple

from flask.testing import FlaskClient

from app.domain.people import Role
from tests.bench.report import Report, progress
from tests.pages.company import Company, demonstration, opened
from tests.pages.screenshots import PAGES, names

DECISIONS = 10_000
LEAST = 11
"""How often a page is asked for at least."""
IDLE = 0.05
"""Seconds of the processor in a second, below which nothing goes on."""
AIM_MS, AIM_KB, AIM_REQUESTS = 50, 100, 3
_FILES = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def measure(command: str, seconds: float) -> None:
    """Measure each page for ``seconds`` (a page of the log's verification takes its time), and report."""
    report = Report("pages", command)
    with TemporaryDirectory() as folder:
        demonstration(Path(folder), DECISIONS)
        with opened(Path(folder)) as company:
            found = [_page(company, role, path, seconds) for role, path in _wanted(company)]
    report.table(
        f"Pages at {DECISIONS:,} decisions",
        ("page", "median ms", "slowest ms", "KB with style and script", "requests"),
        [
            (name, f"{middle:.0f}", f"{most:.0f}", f"{size / 1000:.0f}", str(files))
            for name, middle, most, size, files in found
        ],
    )
    report.target("slowest median, ms", max(one.median for one in found), AIM_MS, at_most=True)
    report.target("largest page, KB", max(one.size for one in found) / 1000, AIM_KB, at_most=True)
    report.target("most requests", max(one.requests for one in found), AIM_REQUESTS, at_most=True)
    report.keep("pages", [one._asdict() for one in found])
    report.save()


class Measured(NamedTuple):
    """A page of a role; times in milliseconds, ``size`` in bytes with style sheet and scripts."""

    name: str
    median: float
    slowest: float
    size: int
    requests: int


def _wanted(company: Company) -> Iterator[tuple[Role, str]]:
    places = names(company)
    _rest()
    for role, path in PAGES:
        if role is not None:
            yield role, path.format_map(places)


def _rest() -> None:
    """Wait, a minute at most, until what a service does beside its answers after a start is done."""
    for _ in range(60):
        before = process_time()
        sleep(1)
        if process_time() - before < IDLE:
            return


def _page(company: Company, role: Role, path: str, seconds: float) -> Measured:
    progress(path)
    client = company.client(role)
    page = _got(client, path)
    files = _FILES.findall(page.decode())
    size = len(page) + sum(len(_got(client, file)) for file in files)
    times: list[float] = []
    until = perf_counter() + seconds
    while len(times) < LEAST or perf_counter() < until:
        before = perf_counter()
        _got(client, path)
        times.append(1000 * (perf_counter() - before))
    return Measured(f"{role.value} {_NUMBER.sub('…', path)}", median(times), max(times), size, 1 + len(files))


def _got(client: FlaskClient, path: str) -> bytes:
    """All that is sent; an answer that is not read keeps its place in the service."""
    with client.get(path) as answer:
        if answer.status_code >= 500:
            raise RuntimeError(f"{path} is answered {answer.status}")
        return bytes(answer.data)
