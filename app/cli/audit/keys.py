"""``termwise audit init`` and ``rotate``: the key that signs checkpoints and receipts, and the next one."""

from __future__ import annotations

import click

from app.cli import opening
from app.cli.console import notes
from app.cli.faults import Unusable
from app.ledger.outside import Outside
from app.ledger.signing import NoSigningKey, load, make


@click.command()
def init() -> None:
    """Make the log's signing key, once, and print the line by which others check what it signs.

    Give that line to your auditors by another way than the export. A key that is there stays.
    """
    settings = opening.settings()
    path, name = settings.signing_key_file, settings.log_origin
    try:
        there = path.exists()
        key = load(path, name) if there else make(path, name)
    except NoSigningKey as error:
        raise Unusable(str(error)) from None
    outside = Outside(settings.checkpoints)
    if not outside.key():
        outside.write_key(str(key.verifying))
    click.echo(str(key.verifying))
    state = "was there already" if there else "was made; keep a copy apart from the database"
    notes().print(f"{opening.shown(path)} {state}. Checkpoints go to {opening.shown(settings.checkpoints)}.")


@click.command()
def rotate() -> None:
    """Let a new key sign from now on; the log says so itself, in an entry that the old key signs.

    Give the command again when it was interrupted: it goes on where it stopped. On PostgreSQL give the new
    file to every machine; the sequencer reads it by itself, servers when they start.
    """
    from app.services.rotating import rotate as rotated

    with opening.writing(sequencing=False) as services:
        key = rotated(services, opening.OPERATOR.name)
        if services.settings.database_url.startswith("sqlite:"):
            services.sequencer.drain()
    click.echo(str(key))
