"""The files of a run: a worklist for each owner, the letters, what could not be decided, the report.

Each takes its name when it is whole, so that nobody works off half a list.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson

from app.domain.runs import Run, RunItem
from app.services.lettering import lettered
from app.services.runs.worklists import all_work
from app.services.services import Services
from schemas.run_documents import run_document, work_document
from schemas.spreadsheet import cell

COLUMNS = (
    *("customer", "leads", "reference", "stage", "action", "amount", "next", "outcome", "to_settle"),
    "decision",
)
LETTERS, PROBLEMS, REPORT = "letters.ndjson", "not-decided.csv", "report.json"


def write(services: Services, run: Run, out: Path, processes: int) -> list[str]:
    """Write everything into ``out``; the names of the files. Raises ``OSError``."""
    out.mkdir(parents=True, exist_ok=True)
    rules, stored = services.runs.rules(run.name), services.runs.stored
    names: list[str] = []
    decisions: dict[str, RunItem] = {}
    with ExitStack() as files:
        lists: dict[str, Any] = {}
        for one in all_work(stored, run, rules):
            told = work_document(one, rules)
            owner = str(told["owner"])
            if owner not in lists:
                names.append(f"worklist-{owner}.csv")
                lists[owner] = csv.writer(files.enter_context(_draft(out / names[-1])), lineterminator="\n")
                lists[owner].writerow((*COLUMNS, *rules.worklist.shows))
            lists[owner].writerow([cell(value) for value in _row(told)])
            if one.item.decision is not None:
                decisions[str(one.item.decision)] = one.item
    with _draft(out / LETTERS) as file:
        for letter in lettered(services.settings, map(UUID, decisions), processes):
            about = decisions[letter["decision"]]
            said = {"customer": about.customer, "reference": about.reference, "as_of": run.as_of.isoformat()}
            file.write(orjson.dumps({**said, **letter}).decode() + "\n")
    with _draft(out / PROBLEMS) as file:
        problems = csv.writer(file, lineterminator="\n")
        problems.writerow(("customer", "reference", "problem"))
        problems.writerows(
            map(cell, (one.customer, one.reference, one.problem)) for one in stored.problems(run)
        )
    with _draft(out / REPORT) as file:
        file.write(orjson.dumps(run_document(run, rules), option=orjson.OPT_INDENT_2).decode() + "\n")
    return [*sorted(names), LETTERS, PROBLEMS, REPORT]


def _row(told: dict[str, Any]) -> list[Any]:
    return [*(told[name] for name in COLUMNS), *told["shows"].values()]


@contextmanager
def _draft(path: Path) -> Iterator[IO[str]]:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
