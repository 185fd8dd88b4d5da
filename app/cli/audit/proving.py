"""``termwise audit checkpoint`` and ``proof``: the signed head, and what is proven to stand under it."""

from __future__ import annotations

import sys
from uuid import UUID

import click

from app.cli import opening
from app.cli.console import as_json
from app.cli.faults import TO_LOOK_AT, Unusable
from app.services.log.tree import Damaged
from schemas.proofs import consistency_document, proof_document


@click.command()
def checkpoint() -> None:
    """Print the signed head of the log, as it stands (C2SP tlog-checkpoint)."""
    with opening.reading() as services:
        click.echo(services.attesting.head().note, nl=False)


@click.command()
@click.argument("entry", metavar="[ID]", type=click.UUID, required=False)
@click.option("--from", "first", type=int, help="Instead: from the checkpoint of that size to --to.")
@click.option("--to", "second", type=int, help="A later size.  [the signed head's]")
def proof(entry: UUID | None, first: int | None, second: int | None) -> None:
    """Prove that the entry or decision ID stands in the log, or that a later head continues an earlier."""
    if (entry is None) == (first is None):
        raise Unusable("name an entry, or give --from with the size of an earlier checkpoint")
    with opening.reading() as services:
        try:
            if entry is not None:
                as_json(proof_document(services.attesting.proof(entry)))
            elif first is not None:
                size = services.attesting.head().size if second is None else second
                as_json(consistency_document(services.attesting.consistency(first, size)))
        except Damaged as damaged:
            click.echo(damaged.message, err=True)
            sys.exit(TO_LOOK_AT)
