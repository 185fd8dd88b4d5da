"""The group ``termwise audit``; each command stands in a module of its own."""

from __future__ import annotations

import click

from app.cli.audit.checking import check
from app.cli.audit.exporting import export
from app.cli.audit.keys import init, rotate
from app.cli.audit.proving import checkpoint, proof
from app.cli.audit.searching import search
from app.cli.audit.verifying import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def audit() -> None:
    """The log that proves itself: sign it, hand it out, and see that nothing was changed."""


for _command in (init, rotate, checkpoint, proof, check, search, export, verify):
    audit.add_command(_command)
