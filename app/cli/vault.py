"""``termwise vault``: the keys that seal: the master key, and the data keys under it."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from app.cli import opening
from app.cli.console import notes, progress
from app.cli.faults import TO_LOOK_AT


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def vault() -> None:
    """Replace the keys that seal: the master key, and old data keys. What was sealed stays readable."""


@vault.command("rotate")
@click.option("--only-here", is_flag=True, help="No other machine has the master key: do all at once.")
def rotate(only_here: bool) -> None:
    """Let a new master key take the place of the present one.

    The next key is made beside the present one, as .next, and every data key is wrapped anew. Interrupted,
    give the command again. On SQLite it refuses while a server runs. On PostgreSQL servers go on: it makes
    the next key and stops, so that you copy it beside the present one on every machine; given again, it does
    the rest, and no server needs a restart. Never delete a .next that a rotation has begun to use.
    """
    chosen = opening.settings()
    following = opening.shown(chosen.next_master_key_file)
    with opening.writing() as services, progress("Wrapping", None) as bar:
        mastering = services.keeping.mastering
        if not (mastering.is_prepared or only_here or services.store.alone):
            mastering.prepare()
            notes().print(
                f"{following} was made. Copy it beside the master key on every machine, in mode 0600, and"
                " give the command again; with one machine, add --only-here."
            )
            sys.exit(TO_LOOK_AT)
        done = mastering.rotate(by=None, tell=lambda count: bar.update(bar.task_ids[0], completed=count))
    click.echo(f"{done.before} -> {done.after}: {done.rewrapped:,} data keys wrapped anew")
    where = opening.shown(chosen.master_key_file)
    notes().print(f"{where} holds the new master key. Older backups of the key database need the old one.")
    if not services.store.alone:
        notes().print(f"On every other machine let its {following} take the place of its master key.")


@vault.command("renew")
@click.option("--older-than", type=click.IntRange(1), required=True, metavar="DAYS", help="Made so long ago.")
def renew(older_than: int) -> None:
    """Retire data keys: each subject takes a new one when something is sealed for it next.

    What the old ones sealed still opens, and an erasure destroys old and new.
    """
    with opening.writing() as services:
        count = services.keeping.renewing.renew(timedelta(days=older_than), by=None)
    click.echo(f"{count:,} data keys retired")


@vault.command("sweep")
def sweep() -> None:
    """Destroy what was erased and is there again: after the key database was restored from a backup."""
    with opening.writing() as services:
        count = services.keeping.erasing.sweep()
    click.echo(f"{count:,} data keys destroyed again")
