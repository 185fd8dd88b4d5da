"""``termwise audit export``: the log in lines of JSON, to be verified by anyone, anywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from app.cli import opening
from app.cli.console import notes, progress
from app.cli.faults import Unusable


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the keys that open the sealed parts: needed to replay, and to read everything.",
)
def export(out: Path, keys: Path | None) -> None:
    """Write the log up to its signed head to the file OUT.

    Sealed parts stay sealed. A file of keys opens them, for good: what a customer's erasure destroys here
    lives on in it.
    """
    with opening.reading() as services:
        exporting = services.exporting
        size = exporting.size()
        _write(out, exporting.lines(), size)
        if keys is not None:
            _write(keys, exporting.keys(), size)
    notes().print(f"{size:,} entries written to {opening.shown(out)}.")


def _write(path: Path, lines: Iterable[bytes], total: int) -> None:
    """Write a new file that only its owner may read; one that is there already is not touched."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Unusable(f"{path} is there already: name another file") from None
    with os.fdopen(descriptor, "wb") as file, progress("Exporting", total) as bar:
        for number, line in enumerate(lines):
            file.write(line)
            if number % 1000 == 0:
                bar.update(bar.task_ids[0], completed=number)
        file.flush()
        os.fsync(file.fileno())
