"""A run decides everything once a day: killed, given again, and after corrections."""

from __future__ import annotations

import csv
import json
import signal
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.customer_file import Filing, Source
from tests.cli.shell import Shell, end, eventually, lives

DAY = date(2026, 1, 15)
RUNS = """
reminding:
  label: {en: Reminding, zh: 提醒}
  policy: reminders
  each: invoice
  facts: {due_date: due_date, open_amount: open_amount, disputed: disputed}
  worklist: {outcomes: [act], owner: class, otherwise: desk, action: rung, amount: points, next: class,
     worst_by: rung, shows: [due_date, open_amount]}
"""
BY_CUSTOMER = RUNS.replace("each: invoice", "each: customer\n  needs: [open_amount]").replace(
    "  facts: {due_date: due_date, open_amount: open_amount, disputed: disputed}\n", ""
)
FIRST, SECOND, NOTHING = 3, 12, 0
"""Days late at which something is done."""


@pytest.fixture
def office(shell: Shell) -> Shell:
    """A shell with one kind of run."""
    return replace(
        shell, environment={**shell.environment, "TERMWISE_RUNS": str(shell.write("runs.yaml", RUNS))}
    )


def invoices(shell: Shell, rows: list[tuple[str, str, int, str]]) -> None:
    """Import invoices: number, customer, days late on DAY, amount."""
    text = "number,customer,issued_on,due_on,amount\n"
    for number, customer, late, amount in rows:
        text += f"{number},{customer},2025-12-01,{DAY - timedelta(late)},{amount}\n"
    told = shell.run("receivables", "import", shell.write("in.csv", text), "--kind", "invoice")
    assert told.code == 0, told.err


def payment(shell: Shell, number: str, customer: str, amount: str, paid_on: str) -> None:
    text = f"number,customer,invoice,paid_on,amount\nP-{number},{customer},{number},{paid_on},{amount}\n"
    assert shell.run("receivables", "import", shell.write("p.csv", text), "--kind", "payment").code == 0


def go(shell: Shell, *more: str, day: str = "2026-01-15"):
    return shell.run("run", "reminding", "--as-of", day, "--processes", "1", *more)


def asked(shell: Shell, sql: str) -> list[tuple]:
    with sqlite3.connect(f"file:{shell.folder}/termwise.db?mode=ro", uri=True) as database:
        return database.execute(sql).fetchall()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_killed_in_the_middle_and_given_again_nothing_is_decided_twice_and_nothing_is_missing(office) -> None:
    number = 900
    invoices(office, [(f"I-{n:04}", f"C-{n % 300:03}", n % 13, "100.00") for n in range(number)])
    process = office.start("run", "reminding", "--as-of", "2026-01-15", "--processes", "2")
    try:
        eventually(lambda: asked(office, "SELECT 1 FROM decision LIMIT 1") or process.poll() is not None)
        helpers = children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    finally:
        end(process)
    ((recorded,),) = asked(office, "SELECT count(*) FROM decision")
    assert 0 < recorded < number, office.printed()
    eventually(lambda: not any(map(lives, helpers)))

    again = office.run("run", "reminding", "--as-of", "2026-01-15", "--processes", "2", "--json")
    assert (again.code, again.json["counts"]["decided"]) == (0, number), again.err
    assert asked(office, "SELECT count(*), count(DISTINCT reference) FROM decision") == [(number, number)]
    assert asked(office, "SELECT count(*), count(DISTINCT decision) FROM run_item") == [(number, number)]
    assert not asked(office, "SELECT 1 FROM run_item WHERE decision NOT IN (SELECT id FROM decision)")

    once_more = go(office, "--json")
    assert (once_more.code, once_more.json["finished_at"]) == (0, again.json["finished_at"])
    assert asked(office, "SELECT count(*) FROM decision") == [(number,)]
    assert office.run("audit", "verify").code == 0


def test_what_was_corrected_afterwards_is_decided_anew_and_nothing_else(office) -> None:
    invoices(
        office, [("1", "C-1", FIRST, "10.00"), ("2", "C-1", SECOND, "20.00"), ("3", "C-2", FIRST, "30.00")]
    )
    assert go(office, "--json").json["counts"]["decided"] == 3
    invoices(office, [("1", "C-1", SECOND, "10.00")])
    payment(office, "3", "C-2", "30.00", "2026-01-10")
    again = go(office, "--again", "--json").json
    assert (again["round"], again["counts"]["decided"], again["counts"]["unchanged"]) == (2, 1, 1)
    assert go(office, "--out", "out").code == 0
    rows = [one for path in (office.folder / "out").glob("worklist-*.csv") for one in read(path)]
    assert {one["reference"]: one["action"] for one in rows} == {"1": "SECOND", "2": "SECOND"}


def test_each_rung_is_done_once_over_the_days(office) -> None:
    invoices(office, [("1", "C-1", 1, "10.00"), ("2", "C-2", NOTHING, "20.00")])
    found = {}
    for day in ("2026-01-15", "2026-01-16", "2026-01-17", "2026-01-25"):
        counts = go(office, "--json", day=day).json["counts"]
        found[day] = (counts.get("outcome act", 0), counts.get("outcome none", 0))
    assert found == {"2026-01-15": (1, 1), "2026-01-16": (1, 1), "2026-01-17": (0, 2), "2026-01-25": (2, 0)}


def test_the_files_name_the_worst_of_each_customer_and_what_could_not_be_decided(office) -> None:
    invoices(
        office,
        [
            ("1", "C-1", FIRST, "10.00"),
            ("2", "C-1", SECOND, "20.00"),
            ("3", "=C-2", FIRST, "30.00"),
            ("4", "C-3", FIRST, "2000000.00"),
            ("5", "C-3", NOTHING, "50.00"),
        ],
    )
    done = go(office, "--out", "out", "--lang", "zh")
    assert (done.code, "无法决定" in done.out) == (1, True), done.err
    out = office.folder / "out"
    rows = [one for name in ("worklist-A.csv", "worklist-B.csv") for one in read(out / name)]
    assert {one["reference"]: (one["leads"], one["action"], one["customer"]) for one in rows} == {
        "1": ("no", "FIRST", "C-1"),
        "2": ("yes", "SECOND", "C-1"),
        "3": ("yes", "FIRST", "'=C-2"),
    }
    assert {one["reference"]: (one["open_amount"], one["to_settle"]) for one in rows} == {
        "1": ("10.00", "no"),
        "2": ("20.00", "no"),
        "3": ("30.00", "no"),
    }
    (problem,) = read(out / "not-decided.csv")
    assert (problem["reference"], "open_amount" in problem["problem"]) == ("4", True)
    assert json.loads((out / "report.json").read_text())["counts"]["refused"] == 1
    assert not list(out.glob("*.part"))
    with office.services() as services:
        origins = services.auditing.decision(UUID(rows[0]["decision"]))["origins"]
    assert origins["due_date"] == {"from": "receivables", "measure": "due_date", "as_of": "2026-01-15"}


def test_a_dry_run_decides_nothing_and_what_cannot_be_meant_is_refused(office) -> None:
    invoices(office, [("1", "C-1", FIRST, "10.00")])
    assert go(office, "--dry-run").out.startswith("customers to look at: 1;")
    assert asked(office, "SELECT count(*) FROM decision") == [(0,)]
    assert "did you mean `reminding`" in office.run("run", "remindin").err
    assert "still to come" in go(office, day="2999-01-01").err
    office.write("runs.yaml", RUNS.replace("action: rung", "action: wrong"))
    told = go(office)
    assert (told.code, "`wrong` is no output of reminders 1.0.0" in told.err) == (2, True)
    office.write("runs.yaml", RUNS.replace("each: invoice", "each: month"))
    assert "each is one of" in go(office).err


def test_a_run_that_finds_nothing_says_why(office) -> None:
    assert "No invoice was open on 2026-01-15" in go(office).err
    office.write("runs.yaml", BY_CUSTOMER)
    assert "The customer file holds nobody" in go(office, day="2026-01-16").err
    filed = [Filing(name, DAY, Source.ERP, {"region": "NORTH"}, UUID(int=7)) for name in ("C-1", "C-2")]
    with office.services(writing=True) as services:
        services.store.customers.file(filed)
    told = go(office, "--lang", "zh", day="2026-01-17")
    assert ("档案中 2 个客户均无 `open_amount`" in told.err, "未检视" in told.out) == (True, True)
