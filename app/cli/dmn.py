"""``termwise dmn``: run DMN models of others against their test cases."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.cli.console import answers, as_json, table
from app.cli.faults import DONE, TO_LOOK_AT, Unusable
from app.services.dmn.comparing import Compared, Verdict, compared
from schemas.interchange.dmn.cases import read_cases
from schemas.interchange.dmn.xml import read_model
from schemas.interchange.forms import MOST_BYTES

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def dmn() -> None:
    """Run decision models (DMN) of others."""


@dmn.command()
@click.argument("model", type=FILE)
@click.argument("cases", type=FILE)
@click.option("--json", "for_program", is_flag=True, help="Print every result as JSON.")
def run(model: Path, cases: Path, for_program: bool) -> None:
    """Run MODEL on CASES, a test file of the DMN Technology Compatibility Kit.

    Decision tables are matched by both engines; hit policies and S-FEEL are as DMN says. What is not read
    is told. The exit code is 1 when a result is another than expected, or not read.
    """
    results = list(compared(read_model(_content(model)), read_cases(_content(cases))))
    counted = Counter(one.verdict for one in results)
    if for_program:
        as_json([_document(one) for one in results])
    else:
        head = ("case", "decision", "result", "expected", "found")
        answers().print(table(head, [_row(one) for one in results]))
        click.echo(", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict))
    sys.exit(DONE if counted[Verdict.PASSED] == len(results) else TO_LOOK_AT)


def _content(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise Unusable(f"{path} has more than {MOST_BYTES // 1024 // 1024} MiB")
    return path.read_bytes()


def _row(one: Compared) -> tuple[str, ...]:
    if one.verdict is Verdict.NOT_READ:
        return one.case, one.decision, str(one.verdict), "", one.why
    return one.case, one.decision, str(one.verdict), str(_plain(one.expected)), str(_plain(one.found))


def _document(one: Compared) -> dict[str, Any]:
    told = {"case": one.case, "decision": one.decision, "result": str(one.verdict)}
    if one.verdict is Verdict.NOT_READ:
        return {**told, "why": one.why}
    return {**told, "expected": _plain(one.expected), "found": _plain(one.found)}


def _plain(value: Any) -> Any:
    """A value of FEEL in its JSON form: numbers and days as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value
