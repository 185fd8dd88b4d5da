"""``termwise explain``."""

from __future__ import annotations

from uuid import UUID

import click

from app.cli import opening
from app.cli.console import answers, as_json
from app.cli.showing import show_explanation
from schemas.explanations import explanation_document


@click.command()
@click.argument("decision", metavar="ID", type=click.UUID)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "for_program", is_flag=True, help="Print the explanation as JSON.")
def explain(decision: UUID, lang: str, for_program: bool) -> None:
    """Say of every rule why it did or did not fire in decision ID, and how each formula came to its value."""
    with opening.reading() as services:
        document = explanation_document(services.auditing.explanation(decision), lang)
    if for_program:
        as_json(document)
    else:
        show_explanation(answers(), document, lang)
