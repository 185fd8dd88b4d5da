"""The two streams: answers on standard output, progress and complaints on standard error.

Texts come from rulesets and files, so nothing in them is taken for markup. Where
the output is not a terminal, lines are wide enough not to be broken for one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDE = 160


def answers() -> Console:
    """Where answers are printed."""
    return _console(stderr=False)


def notes() -> Console:
    """Where is printed what no program would read."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        width=None if terminal else WIDE,
    )


def progress(what: str, total: int | None) -> Progress:
    """A progress bar with one task, on standard error; it leaves no trace where that is no terminal."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=notes(),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    bar.add_task(what, total=total)
    return bar


def table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, numbers: int = 0, header: bool = True
) -> Table:
    """A table for people; the last ``numbers`` columns stand to the right."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=header)
    for place, column in enumerate(columns):
        justify: Any = "right" if place >= len(columns) - numbers else "left"
        made.add_column(column, justify=justify, overflow="fold")
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    return made


def as_json(document: Any) -> None:
    """Print one JSON document, for a program or for ``jq``."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
