"""``termwise sequencer``: on PostgreSQL, the one process that gives places and signs."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

import click

from app.cli import opening
from app.cli.faults import Unusable
from app.services.log.sequencing import Sequencing

SIGNING, WAITING = "Signing the log.", "Waiting: another sequencer signs the log."
_STATES = {True: SIGNING, False: WAITING, None: None}
SECONDS_BETWEEN = 0.2
SECONDS_BETWEEN_COMPLAINTS = 60.0


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
        told, told_at = None, 0.0
        while not ended.wait(SECONDS_BETWEEN):
            failed, now = sequencing.failed, time.monotonic()
            words = failed or _STATES[sequencing.leads]
            again = failed is not None and now - told_at > SECONDS_BETWEEN_COMPLAINTS
            if words is not None and (words != told or again):
                click.echo(words, err=failed is not None)
                told, told_at = words, now
        sequencing.close()
        click.echo("Stopped.")
