"""``termwise alternatives``."""

from __future__ import annotations

from uuid import UUID

import click

from app.cli import opening
from app.cli.console import answers, as_json
from schemas.ways_forward import ways_document


@click.command()
@click.argument("decision", metavar="ID", type=click.UUID)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--as-decided", is_flag=True, help="By the rules that decided, not by those in force now.")
@click.option("--json", "for_program", is_flag=True, help="Print the ways forward as JSON.")
def alternatives(decision: UUID, lang: str, as_decided: bool, for_program: bool) -> None:
    """Find the smallest changes of decision ID that give a milder outcome; both engines are asked about each.

    Only what the ruleset declares changeable is changed: fewest facts first, then fewest of their steps.
    """
    with opening.reading() as services:
        found = services.alternatives.of(decision, as_decided=as_decided)
    document = ways_document(found, language=lang)
    if for_program:
        as_json(document)
        return
    console = answers()
    unchanged, ruleset = document["unchanged"], document["ruleset"]
    asked = f"{document['policy']} {ruleset['version']}"
    console.print(f"{unchanged['outcome_label']} [{unchanged['outcome']}], {asked}, {document['as_of']}")
    if found.not_carried is not None:
        console.print(f"({found.not_carried})")
    for number, way in enumerate(document["ways"], 1):
        console.print(f"{number}. {way['said']}")
    for text in document["said"]:
        console.print(text)
