"""``termwise sequencer``: on PostgreSQL, the one process that gives places and signs."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from app.cli import opening
from app.cli.faults import Unusable
from app.services.log.sequencing import Sequencing


@click.command()
def sequencer() -> None:
    """Extend and sign the log until Ctrl-C or SIGTERM. On SQLite the server does this itself.

    Several may run, on several machines: one holds the lease, the others wait for it.
    """
    settings = opening.settings()
    if settings.database_url.startswith("sqlite:"):
        raise Unusable("On SQLite the server signs the log itself; `termwise sequencer` is for PostgreSQL.")
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with opening.writing(settings, sequencing=False) as services:
        sequencing = Sequencing(services.sequencer)
        click.echo("Signing the log.")
        told: str | None = None
        while not ended.wait(0.5):
            if sequencing.failed != told:
                told = sequencing.failed
                click.echo(told or "Signing the log.", err=told is not None)
        sequencing.close()
